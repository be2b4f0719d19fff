package failover

import (
	"fmt"
	"slices"
	"time"

	"pchatops/ops/chain"
	"pchatops/ops/fault"
	"pchatops/ops/inventory"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// clocks compares the clocks of the primaries with the secondary's, by which all
// moments are told.
func (f *failover) clocks(facts status.Facts) inventory.Clocks {
	ours := status.Node{Address: f.secondary.Address(), Answered: f.Now(), Facts: facts}
	if n, ok := f.lastLook(site.Secondary); ok {
		ours.Unsteady, ours.Pace = n.Unsteady, n.Pace
	}
	var writers []status.Node
	for _, r := range []site.Role{site.Primary, site.Mirror} {
		if n, ok := f.lastLook(r); ok {
			writers = append(writers, n)
		}
	}
	return status.ClocksOf(ours, f.Now(), writers...)
}

// loss says what is lost by recovering now, how much that is at most, and what
// that rests on.
func (f *failover) loss(inv *inventory.Inventory, facts status.Facts) string {
	if inv.Another != "" {
		return "all chat of " + f.shipped() + ": " + inv.Another
	}
	says := "which backup was applied last is not known: how much chat is lost is unknown"
	if t := f.clocks(facts).Date(inv.History, inv.Restore...); !t.At.IsZero() {
		upTo := "applied up to " + clock(t.At)
		if t.Loose {
			upTo = "up to when is not known"
		}
		says = fmt.Sprintf("%s: all that was written after the last applied backup; %s (%s, by the restore history of %s)",
			f.bound(inv, facts), upTo, chain.Base(inv.History[len(inv.History)-1].File), f.secondary.Address())
		if t.Says != "" {
			says = fault.Said(says, t.Says)
		}
	}
	for _, u := range inv.Places {
		says += "; what " + u.Place + " holds beyond that is unknown"
	}
	if lost := left(inv.Lost()); len(lost) > 0 {
		says += fmt.Sprintf("; of this, %s %s known and not applied: %s", plural(len(lost), "backup"), status.Are(len(lost)), saying(lost))
	}
	return says + unfinished(inv)
}

// extent is how much chat some backups hold beyond what is applied, from when to
// when: "45m 00s of chat, written from … to …". What nobody can read, or date, has no
// known extent; what is known beside it is the least, and so is all of it where a place
// could not be read.
func (s *survey) extent(inv *inventory.Inventory, lost []inventory.Backup) string {
	c := s.clocks(s.facts)
	var log []chain.Header
	least := ""
	if len(inv.Places) > 0 { // what lies there is no part of it
		least = "at least "
	}
	for _, b := range lost {
		if b.Header == nil || b.Header.Finished.IsZero() {
			least = "at least "
			continue
		}
		log = append(log, *b.Header)
	}
	slices.SortFunc(log, func(a, b chain.Header) int { return a.Last.Compare(b.Last) })
	from, to := c.Date(inv.History, inv.Restore...), c.Date(log)
	const unknown = "an unknown amount of chat"
	dated := !to.At.IsZero() && !to.Loose
	switch {
	case (from.At.IsZero() || from.Loose) && dated:
		return unknown + ", written " + least + "up to " + clock(to.At) + ", as nobody knows when the last applied backup was taken"
	case from.At.IsZero() || from.Loose:
		return unknown + ", as nobody knows when the last applied backup was taken"
	case !dated || !to.At.After(from.At):
		return unknown + ", written after " + clock(from.At)
	}
	return least + inventory.Span(to.At.Sub(from.At)) + " of chat, written after " + clock(from.At) + " and " + least + "up to " + clock(to.At)
}

// bound is how much chat there can be behind the last applied backup. What is known
// and not applied tells for how long the primary lived on at least.
func (f *failover) bound(inv *inventory.Inventory, facts status.Facts) inventory.Bound {
	log, whole := inv.Known()
	t := f.clocks(facts).Date(log)
	b := inventory.Bound{After: t.At, Loose: t.Loose, Foreign: t.Foreign, Held: t.Held, Now: f.clockOf(facts), Every: f.every(inv), Blind: !whole}
	if applied := len(inv.History); applied > 0 {
		b.Beside = log[len(log)-1].Finished.Sub(log[applied-1].Finished)
		if !slices.IsSortedFunc(log[applied-1:], func(a, b chain.Header) int { return a.Finished.Compare(b.Finished) }) {
			b.After = time.Time{} // their clock was set back meanwhile: how long that was, it does not tell
		}
	}
	c := f.clocks(facts) // the looks are dated by the console's
	var pair []status.Node
	for _, r := range []site.Role{site.Primary, site.Mirror} {
		if _, there := f.Site.Instance(r); !there {
			continue
		}
		n, _ := f.lastLook(r)
		if at := c.Of(n.Answered); n.Facts.Database.Online() && at.After(b.Alive) {
			b.Alive, b.Who = at, n.Address
		}
		pair = append(pair, n)
	}
	b.Dead = status.Buried(c, pair...)
	return b
}

// every is how often the primary takes log backups; 0: not known.
func (f *failover) every(inv *inventory.Inventory) time.Duration {
	for _, r := range []site.Role{site.Primary, site.Mirror} {
		if n, ok := f.lastLook(r); ok && n.Facts.Primary != nil && n.Facts.Primary.BackupJob.Schedule.Every > 0 {
			return n.Facts.Primary.BackupJob.Schedule.Every
		}
	}
	if f.Site.Shipping.Declared {
		return f.Site.Shipping.BackupEvery
	}
	return inventory.Every(inv.History)
}
