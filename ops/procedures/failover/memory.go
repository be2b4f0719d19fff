package failover

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"pchatops/ops/chain"
	"pchatops/ops/engine"
	"pchatops/ops/inventory"
)

const (
	// pendingSeen is the name under which it is remembered which backups waited of
	// which nothing but the name is known.
	pendingSeen = "backups that wait"
	// givenSeen are those of them that log shipping itself has named: whatever lies
	// under such a name later, it stands for a backup of its own.
	givenSeen = "backups that wait by their given names"
	// setsSeen, counted from 0, are the backup sets that waited: a file may be
	// written over, and what it held is lost all the same.
	setsSeen     = "backup sets that wait "
	maxSetsFacts = 20
	// familySeen is whose log those backups hold: the family of the database that
	// waited for them.
	familySeen = "backups that wait are of"
)

// Carried are the facts about backups that an incident leaves to the next one of
// its site, as long as it has not recovered the database: what was once seen is
// missed, whoever closes the record of it. What was decided is not among them.
func Carried(h *engine.History) (out []engine.Fact) {
	if Recovered(h) {
		return nil
	}
	names := []string{pendingSeen, givenSeen, familySeen, lastCopied, lastRestored, sharesNamed, foldersNamed}
	for n := range maxSetsFacts {
		names = append(names, setsSeen+strconv.Itoa(n))
	}
	for _, name := range names {
		if value := h.Facts[name]; value != "" {
			out = append(out, engine.Fact{Name: name, Value: value})
		}
	}
	return out
}

// Recovered reports whether an incident has brought the database online. That it was
// about to is on record before.
func Recovered(h *engine.History) bool {
	return h.Facts[recoveredFork] != "" || h.Step("F4b").Outcome == engine.Done
}

// earlierRecovery stands before the facts about a recovery that an earlier incident
// of the site has made.
const earlierRecovery = "earlier: "

// Kept are the facts about a recovery that an incident leaves to all later ones of its
// site: what it has left behind, as far as anything was known of it then, and by what that very
// database is known again. One that has recovered none passes
// on what it was left itself.
func Kept(h *engine.History) (out []engine.Fact) {
	from := ""
	if h.Facts[recoveredFork] == "" {
		from = earlierRecovery
	}
	names := []string{recoveredAt, recoveredFork, recoveredMade, recoveredBy, recoveredFamily, leftBehindFact + "in all", unreadFact + "in all"}
	for n := range maxRemembered {
		names = append(names, leftBehindFact+strconv.Itoa(n), unreadFact+strconv.Itoa(n))
	}
	for _, name := range names {
		if value := h.Facts[from+name]; value != "" {
			out = append(out, engine.Fact{Name: earlierRecovery + name, Value: value})
		}
	}
	return out
}

// waitingFacts remember which backups wait, by their sets as far as they are known.
func waitingFacts(inv *inventory.Inventory) []engine.Fact {
	wait := slices.DeleteFunc(pending(inv), func(b inventory.Backup) bool { // its name is none to know it by
		return b.Share != nil && b.Share.Strange != "" || b.Folder != nil && b.Folder.Strange != "" || b.Empty()
	})
	var entries []string
	var named, given []inventory.Backup
	for _, b := range wait {
		if h := b.Header; h != nil && h.SetGUID != "" {
			entries = append(entries, strings.Join([]string{b.Name, h.SetGUID, h.First.String(), h.Last.String(), where(b), h.Finished.Format(time.RFC3339), h.Server}, "|"))
			continue
		}
		named = append(named, b)
		if b.Given {
			given = append(given, b)
		}
	}
	out := []engine.Fact{{Name: pendingSeen, Value: namesOf(named)}, {Name: givenSeen, Value: namesOf(given)}}
	if inv.At.Family != "" {
		out = append(out, engine.Fact{Name: familySeen, Value: inv.At.Family})
	}
	for n := 0; len(entries) > 0 && n < maxSetsFacts; n++ {
		value := entries[0]
		for entries = entries[1:]; len(entries) > 0 && len(value)+len(entries[0]) < 900; entries = entries[1:] {
			value += "\n" + entries[0]
		}
		out = append(out, engine.Fact{Name: setsSeen + strconv.Itoa(n), Value: value})
	}
	return out
}

// onlyShipped marks a set that was written, and of which nobody tells that it was
// ever copied.
const onlyShipped = "shipped"

func where(b inventory.Backup) string {
	if b.Folder == nil && (b.Share != nil || b.Shipped) {
		return onlyShipped
	}
	return ""
}

// recalled are the backup sets that an earlier look of this incident has seen.
func (f *failover) recalled() (out []inventory.Told) {
	for n := range maxSetsFacts {
		for _, entry := range strings.Split(f.Recall(setsSeen+strconv.Itoa(n)), "\n") {
			part := strings.Split(entry, "|")
			if len(part) != 7 {
				continue
			}
			first, err := chain.ParseLSN(part[2])
			last, failed := chain.ParseLSN(part[3])
			if err != nil || failed != nil || last.IsZero() {
				continue
			}
			finished, _ := time.Parse(time.RFC3339, part[5]) // zero: not known
			h := chain.Header{Finished: finished, Server: part[6], File: part[0], Position: 1, Type: logBackup, Database: f.db, SetGUID: part[1], First: first, Last: last}
			out = append(out, inventory.Told{Name: part[0], By: "an earlier look of this incident", Header: &h, Shipped: part[4] == onlyShipped})
		}
	}
	return out
}
