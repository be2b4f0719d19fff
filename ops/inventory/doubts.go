package inventory

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pchatops/ops/chain"
)

// doubts says which files bear a name such as log shipping gives and hold what it was
// not given to. Whoever wrote over a file before anybody looked leaves no other trace. A
// name decides nothing, so that is only said; and not where the backup that the name
// stands for lies somewhere, is missed already, or would be of log that is there.
func (t *taking) doubts() (out []string) {
	met, named := map[string]bool{}, t.naming()
	for _, in := range []struct {
		place Place
		files []File
	}{{Share, t.Share.Files}, {Folder, t.Folder.Files}} {
		for _, f := range in.files {
			key := strings.ToLower(f.Name)
			if met[key] || !given(t.Database, f.Name) {
				continue
			}
			if says := t.holds(in.place, f, named); says != "" {
				if met[key] = true; !t.settled(f.Name) && t.behind(f.Name, named) {
					out = append(out, f.Name+" holds "+says)
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

// naming is how the known log backups are named: looked at once for all files.
type naming struct {
	log    []chain.Header
	shared map[string]bool // sets that are known under several names
	zones  map[string]zoned
}

// zoned is the time zone of a server as the names of its backups tell it.
type zoned struct {
	zone  time.Duration
	known bool
}

func (t *taking) naming() *naming {
	n, names := &naming{log: t.log(), shared: map[string]bool{}, zones: map[string]zoned{}}, map[string]string{}
	for _, h := range n.log {
		name := strings.ToLower(unalias(chain.Base(h.File)))
		if first, there := names[h.SetGUID]; there && first != name {
			n.shared[h.SetGUID] = true
		}
		names[h.SetGUID] = name
	}
	return n
}

func (n *naming) zone(server string) zoned {
	z, looked := n.zones[server]
	if !looked {
		z.zone, z.known = zoneOf(n.log, server)
		n.zones[server] = z
	}
	return z
}

// own reports what is plain without a look at all others: a backup was begun at the
// moment in its name; or where no clock tells, it is known under no other.
func (n *naming) own(name string, h chain.Header) bool {
	at, _ := chain.Stamp(name)
	z := n.zone(h.Server)
	return z.known && (h.Started.Sub(at)-z.zone).Abs() < prompt || !z.known && !n.shared[h.SetGUID]
}

// given reports whether a name is one that log shipping itself gives to a log backup
// of a database.
func given(database, name string) bool {
	_, stamped := chain.Stamp(name)
	return stamped && Own(database, name) && Listed(name) && strings.LastIndexByte(name, '_') == len(database)
}

// holds says what a file holds instead of the backup that its name stands for; "": it
// holds that, or nobody can read it.
func (t *taking) holds(p Place, f File, named *naming) (says string) {
	r, _ := t.Read(p, f)
	for _, h := range r.Sets {
		switch none := t.noLog(h); {
		case none != "":
			says = none
		case named.own(f.Name, h):
			return ""
		default:
			besides, not := t.misnamed(f.Name, h)
			if !not {
				return ""
			}
			if says = "another backup"; besides != "" {
				says = "the same backup as " + besides
			}
		}
	}
	return says
}

// settled reports whether the backup that a name stands for is there, or is missed, or
// may be what lies under the name in another place and cannot be read.
func (t *taking) settled(name string) bool {
	return t.bears(Told{Name: name}) || slices.ContainsFunc(t.all, func(b *Backup) bool {
		return strings.EqualFold(b.Name, name) && (b.Header == nil || b.File() == nil)
	})
}

// behind reports whether the backup that a name stands for was begun after the last one
// to which the log leads without a hole: before that no log is missing.
func (t *taking) behind(name string, named *naming) bool {
	log := t.Restore
	if len(log) == 0 {
		log = t.Applied
	}
	if len(log) == 0 {
		return true
	}
	at, _ := chain.Stamp(name)
	last := log[len(log)-1]
	z := named.zone(last.Server)
	return !z.known || at.Add(z.zone).After(last.Started)
}

// Doubted are sentences about the first of these files, and how many more there are.
func (i *Inventory) Doubted(n int) (out []string) {
	for _, says := range i.Doubts[:min(n, len(i.Doubts))] {
		out = append(out, says+": if it ever held one of its own, that is in no place that can be read, and lost")
	}
	if more := len(i.Doubts) - n; more > 0 {
		out = append(out, fmt.Sprintf("%d more such files", more))
	}
	return out
}
