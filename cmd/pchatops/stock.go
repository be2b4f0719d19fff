package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"pchatops/ops/chain"
	"pchatops/ops/fault"
	"pchatops/ops/inventory"
	"pchatops/ops/procedures"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// stock finds out how far the secondary's database can be brought with what lies
// on the share and in the copy folder, which backup continues it, and whether log is
// missing. The inventory is the failover's own.
func (e *shareSource) stock(ctx context.Context, s *status.Share, l procedures.Listing, d status.Database) {
	switch {
	case !d.Restoring():
		return
	case d.RedoLSN.IsZero():
		s.Stock.Why = "the secondary does not tell how far its database was restored"
		return
	}
	history, err := e.sql[site.Secondary].Applied(ctx, e.site.Database)
	if err != nil {
		s.Stock.Why = "the restore history cannot be read: " + err.Error()
		return
	}
	applied, before := history.Of(d)
	seen := inventory.Observed{
		Database: e.site.Database, At: chain.Position{Database: e.site.Database, LSN: d.RedoLSN, Fork: d.RedoFork, Family: d.Family},
		Share:  inventory.Listing{Path: e.site.BackupShare, Files: l.Share, Err: l.ShareErr},
		Folder: inventory.Listing{Path: e.site.CopyFolder, Files: l.Copied, Err: l.CopyErr},
		Read:   e.reading, Applied: applied, Before: before, Kin: status.Kin(e.node), Vouched: e.vouched(),
	}
	inv := e.readAll(ctx, seen)
	s.Stock.Another = inv.Another
	if left := len(inv.ToRead[inventory.Share]) + len(inv.ToRead[inventory.Folder]); left > 0 {
		s.Stock.Why = fmt.Sprintf("the headers of %d log backups are not read yet", left)
		return
	}
	_, whole := inv.Known()
	s.Stock.Known, s.Stock.Doubts, s.Stock.Whole = true, e.doubts(inv), whole && len(stranded(inv)) == 0
	s.Stock.Log = slices.Concat(applied[max(0, len(applied)-recent):], inv.Restore)
	s.Stock.Log = s.Stock.Log[max(0, len(s.Stock.Log)-recent):]
	switch {
	case len(inv.Restore) > 0:
		s.Next = chain.Base(inv.Restore[0].File)
	case inv.Fork == nil && len(inv.Places) == 0 && len(inv.Lost(inventory.Unread)) == 0 && s.Unread == 0:
		s.Gap = inv.Gap
	}
}

// vouched reports whether a server tells which share log shipping uses, or the
// secondary has not been asked yet.
func (e *shareSource) vouched() bool {
	if n, _ := e.node(site.Secondary); n.Answered.IsZero() {
		return true
	}
	return slices.ContainsFunc([]site.Role{site.Primary, site.Mirror, site.Secondary}, func(r site.Role) bool {
		n, _ := e.node(r)
		return n.Facts.Primary != nil && n.Facts.Primary.BackupShare != "" || n.Facts.Secondary != nil && n.Facts.Secondary.Source != ""
	})
}

// readAll reads the headers that the inventory wants, and where log is missing
// also a few under other names: one of them may hold it.
func (e *shareSource) readAll(ctx context.Context, seen inventory.Observed) *inventory.Inventory {
	inv := inventory.Take(seen)
	for range atOneLook { // each round reads what the one before has shown to be wanted
		want := inv.ToRead
		if len(want[inventory.Share])+len(want[inventory.Folder]) == 0 && inv.Gap != nil && len(inv.Strangers) <= atOneLook/3 {
			want = map[inventory.Place][]inventory.File{inventory.Share: inv.Strangers}
		}
		asked := 0
		for _, p := range []inventory.Place{inventory.Folder, inventory.Share} {
			if files := slices.DeleteFunc(slices.Clone(want[p]), func(b inventory.File) bool { return b.Strange != "" }); len(files) > 0 {
				asked += e.ask(ctx, p, files)
			}
		}
		if asked == 0 {
			break
		}
		inv = inventory.Take(seen)
	}
	return inv
}

// reading is what is known of a file's headers after this look.
func (e *shareSource) reading(p inventory.Place, b procedures.Backup) (inventory.Reading, bool) {
	if sets, ok := e.sets[p][b]; ok {
		return inventory.Reading{Sets: slices.Clone(sets)}, true
	}
	err, ok := e.vain[p][b]
	return inventory.Reading{Err: err}, ok
}

// stranded are the backups before which log is missing.
func stranded(inv *inventory.Inventory) []inventory.Backup {
	return slices.DeleteFunc(inv.Lost(), func(b inventory.Backup) bool { return !b.Stranded })
}

// doubts are the backups that may hold more log, or do, and are of no use as they
// lie there.
func (e *shareSource) doubts(inv *inventory.Inventory) []status.Doubt {
	var out []status.Doubt
	for _, u := range inv.Places {
		if u.Place != e.site.BackupShare || inv.Stray != "" { // one that cannot be listed has a finding of its own
			out = append(out, status.Doubt{What: u.Place, Why: u.Why, Passing: u.Why == inv.Stray})
		}
	}
	if behind := stranded(inv); len(behind) > 0 {
		out = append(out, status.Doubt{What: behind[0].Name, Why: fmt.Sprintf("the log before it is missing, and nothing from there on can be applied (%d in all)", len(inventory.Whole(behind)))})
	}
	if gone := inv.Missed(); len(gone) > 0 {
		out = append(out, status.Doubt{What: gone[0].Name, Why: fmt.Sprintf("%s: %s (%d in all)", gone[0].Kind, gone[0].Why, len(gone))})
	}
	for _, b := range inv.Backups {
		p, f := inventory.Folder, b.Folder
		if f == nil {
			p, f = inventory.Share, b.Share
		}
		if f == nil || !b.Own || b.Stranded {
			continue
		}
		err := e.vain[p][*f]
		lost := b.Lost && slices.Contains([]inventory.Kind{inventory.Unread, inventory.Unusable, inventory.OtherFork, inventory.Rival}, b.Kind)
		denied := p == inventory.Folder && b.Kind == inventory.Unread && (fault.Is(err, fault.Access) || fault.Is(err, fault.Permission))
		if lost || denied || b.Incomplete() {
			folder := map[inventory.Place]string{inventory.Share: e.site.BackupShare, inventory.Folder: e.site.CopyFolder}[p]
			out = append(out, status.Doubt{What: strings.TrimRight(folder, `\`) + `\` + b.Name, Why: string(b.Kind) + ": " + b.Why, Passing: fault.Is(err, fault.InUse) || b.Incomplete() || b.Kind == inventory.Rival})
		}
	}
	return out
}
