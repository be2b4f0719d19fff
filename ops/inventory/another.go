package inventory

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"pchatops/ops/chain"
)

// Kin is a database that is known to be the site's.
type Kin struct{ Family, By string }

// Kindred tells log backups of one database from those of another that bears the
// same name.
type Kindred struct {
	database, family string
	until            map[string]time.Time // when servers last wrote log of the family, by their own clocks
}

// KindredOf takes what is known of the log of a database.
func KindredOf(database, family string, log ...[]chain.Header) Kindred {
	k := Kindred{database, family, map[string]time.Time{}}
	for _, some := range log {
		for _, h := range some {
			server := strings.ToLower(h.Server)
			if until, wrote := k.until[server]; strings.EqualFold(h.Family, family) && (!wrote || h.Finished.After(until)) {
				k.until[server] = h.Finished
			}
		}
	}
	return k
}

// other reports whether a log backup is of another database of the name. Where its
// server has written log of this one since, it is of a predecessor, or not of this site,
// and does not count.
func (k Kindred) other(h *chain.Header) bool {
	until, wrote := k.until[strings.ToLower(h.Server)]
	return k.differs(h) && h.Type == logBackup && !h.Incomplete && strings.EqualFold(h.Database, k.database) && (!wrote || h.Started.After(until))
}

// both reports whether the server of a log backup has written log of this database, too.
func (k Kindred) both(h *chain.Header) bool {
	_, wrote := k.until[strings.ToLower(h.Server)]
	return wrote
}

func (k Kindred) differs(h *chain.Header) bool {
	return h.Family != "" && k.family != "" && !strings.EqualFold(h.Family, k.family)
}

// Others says which of some log backups show that the database is not the one
// which was shipped; "": none does.
func (k Kindred) Others(log []chain.Header, where string) string {
	n := map[string]bool{}
	var last chain.Header
	for _, h := range log {
		if !k.other(&h) {
			continue
		}
		n[strings.ToLower(cmp.Or(h.SetGUID, h.File))] = true
		if h.Last.Compare(last.Last) >= 0 {
			last = h
		}
	}
	if len(n) == 0 {
		return ""
	}
	return fmt.Sprintf("the log backups of %s %s (%d, the last %s up to LSN %s) are of family %s, and the database that stands there is of family %s: it is another one",
		k.database, where, len(n), chain.Base(last.File), last.Last, short(last.Family), short(k.family))
}

// short is the beginning of a GUID.
func short(guid string) string { return strings.ToLower(guid[:min(8, len(guid))]) }

func (t *taking) heads() (out []chain.Header) {
	for _, b := range t.all {
		if b.Header != nil {
			out = append(out, *b.Header)
		}
	}
	return out
}

// another says why the database is not the one that the known backups are of. What
// a server of the site says of its own counts first. Once the database is online
// only the server's own history counts: a primary that is built anew writes other
// log, under the same name.
func (t *taking) another() string {
	family := t.Observed.At.Family
	for _, k := range t.Kin {
		if strings.EqualFold(k.Family, family) {
			return ""
		}
	}
	if says := t.kindred.Others(t.Before, "that the server's own history tells to be restored"); says != "" || t.Online || family == "" {
		return says
	}
	for _, kin := range t.Kin {
		return fmt.Sprintf("%s on %s is of family %s, and the database that stands here of family %s: it is another one", t.Database, kin.By, short(kin.Family), short(family))
	}
	if heads := t.heads(); !slices.ContainsFunc(heads, t.kindred.holds) { // else that of servers which wrote none of it is another site's
		return t.kindred.Others(slices.DeleteFunc(heads, func(h chain.Header) bool { return t.kindred.both(&h) }), "on the share and in the copy folder")
	}
	return ""
}

// holds reports whether a log backup is of this very database.
func (k Kindred) holds(h chain.Header) bool {
	return h.Type == logBackup && h.Family != "" && h.Server != "" && strings.EqualFold(h.Family, k.family)
}

// rival says why a log backup may hold chat of the site, though it is of another database:
// the server that shipped this one has written it since. "": it does not.
func (t *taking) rival(h *chain.Header) string {
	served := slices.ContainsFunc(t.Kin, func(k Kin) bool { return strings.EqualFold(k.Family, t.kindred.family) })
	if t.Online || served || !t.kindred.both(h) || !t.kindred.other(h) {
		return ""
	}
	return fmt.Sprintf("family %s; %s has written it since its last log backup of this one (family %s)", short(h.Family), h.Server, short(t.kindred.family))
}

// held are the log backups that a database of the same origin held which bore the
// name before, and that this one does not hold: it was put back.
func (t *taking) held() (out []Told) {
	for i := range t.Before {
		if h := &t.Before[i]; h.Last.Compare(t.Reached.LSN) > 0 && !t.kindred.differs(h) && !t.leftBefore(h) {
			out = append(out, Told{
				Name: chain.Base(h.File), Header: h,
				By: "the server's own restore history, which has it applied before the database was put back",
			})
		}
	}
	return out
}
