package failover

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"pchatops/ops/engine"
	"pchatops/ops/inventory"
	"pchatops/ops/procedures"
)

// because says what a backup is and why.
func because(b inventory.Backup) string {
	switch {
	case b.Refused != "":
		return "could not be copied: " + b.Refused
	case b.Why == "":
		return string(b.Kind)
	}
	return string(b.Kind) + ": " + b.Why
}

// left names backups that are left behind.
func left(bs []inventory.Backup) []engine.Left {
	var out []engine.Left
	for _, b := range inventory.Whole(bs) {
		if l := (engine.Left{File: b.Name, Why: because(b)}); !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	return out
}

// saying lists a few backups that are left behind.
func saying(ls []engine.Left) string {
	var out []string
	for _, l := range ls {
		out = append(out, l.File+" ("+l.Why+")")
	}
	return strings.Join(some(out, 3), ", ")
}

// unfinished names what a dying server left *** INCOMPLETE ***, behind a sentence.
// It is no loss: nothing of it had shipped.
func unfinished(inv *inventory.Inventory) string {
	var names []string
	for _, b := range inv.Backups {
		if b.Incomplete() && !slices.Contains(names, b.Name) {
			names = append(names, b.Name)
		}
	}
	if names == nil {
		return ""
	}
	return "; *** INCOMPLETE ***, and of no use: " + strings.Join(some(names, 3), ", ") + ", the last backup of a server that died while it wrote it"
}

// some bounds a list for reading.
func some(list []string, n int) []string {
	if len(list) <= n {
		return list
	}
	return append(slices.Clone(list[:n]), fmt.Sprintf("%d more", len(list)-n))
}

// digestOf names a set of backups, in whatever order.
func digestOf(bs []inventory.Backup) string {
	var files []procedures.Backup
	for _, b := range bs {
		switch {
		case b.Folder != nil:
			files = append(files, *b.Folder)
		case b.Share != nil:
			files = append(files, *b.Share)
		default: // missed: its name is all there is
			files = append(files, procedures.Backup{Name: b.Name})
		}
	}
	return digest(files)
}

// recoveredAt is the name under which the console's own recovery is remembered,
// with the redo position.
const recoveredAt = "recovered at LSN"

// unchecked stands for that where nobody could see the backups.
const unchecked = "a position that was not checked"

// recoveredFork is the name under which the recovery fork of the database that
// was recovered is remembered, by which it is known again.
const recoveredFork = "recovered on fork"

// The names under which it is remembered what F4b left behind, counted from 0.
const (
	leftBehindFact = "left behind "
	unreadFact     = "unread at recovery "
	maxRemembered  = 25
	noRoom         = "the record has no room for their names"
)

// facts are to be remembered.
type facts []engine.Fact

func (f *facts) add(name, value string) { *f = append(*f, engine.Fact{Name: name, Value: value}) }

// remembering gives the facts about what a recovery leaves behind: whatever turns up
// later was not known by then, and is a returned primary's.
func remembering(at string, ls []engine.Left, us []engine.Unread) (out facts) {
	out.add(recoveredAt, at)
	out.add(recoveredFork, "") // which no longer is what an earlier recovery of this incident began
	if more := len(ls) - maxRemembered + 1; more > 1 {
		ls = append(ls[:maxRemembered-1:maxRemembered-1], engine.Left{File: fmt.Sprintf("%d others", more), Why: noRoom})
	}
	out.add(leftBehindFact+"in all", strconv.Itoa(len(ls)))
	for i, l := range ls {
		out.add(leftBehindFact+strconv.Itoa(i), l.File+"\t"+l.Why)
	}
	if more := len(us) - maxRemembered + 1; more > 1 {
		us = append(us[:maxRemembered-1:maxRemembered-1], engine.Unread{Place: fmt.Sprintf("%d others", more), Why: noRoom})
	}
	out.add(unreadFact+"in all", strconv.Itoa(len(us)))
	for i, u := range us {
		out.add(unreadFact+strconv.Itoa(i), u.Place+"\t"+u.Why)
	}
	return out
}

// counted gives facts that are numbered under one name.
func (f *failover) counted(name string) (out [][2]string) {
	n, _ := strconv.Atoi(f.Recall(name + "in all"))
	for i := range n {
		a, b, _ := strings.Cut(f.Recall(name+strconv.Itoa(i)), "\t")
		out = append(out, [2]string{a, b})
	}
	return out
}

// onlineNow says that no backup can be applied any more.
func (f *failover) onlineNow() string {
	return fmt.Sprintf("%s is online on %s: no log backup can be applied any more", f.db, f.secondary.Address())
}
