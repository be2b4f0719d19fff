package failover

import (
	"context"
	"fmt"
	"slices"

	"pchatops/ops/chain"
	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/inventory"
)

// verifyApply proves F3: no backup in the copy folder continues the chain, every
// file in it is known, or the operator goes on without what is not.
func (f *failover) verifyApply(ctx context.Context) (*engine.Proof, error) {
	facts, err := f.facts(ctx)
	if err != nil {
		return nil, err
	}
	if facts.Database.Online() {
		return f.proofTooLate(ctx, facts)
	}
	if p, shown, err := f.unshown(ctx, facts); !shown {
		return p, err
	}
	fd, s, err := f.openFeed(ctx, facts)
	if err != nil {
		return nil, err
	}
	if s.listing.CopyErr != nil {
		return s.appliedWithoutFolder(ctx)
	}
	h, fork, err := fd.pick(ctx)
	if err != nil {
		return nil, err
	}
	inv, err := s.stock(ctx, 0)
	if err != nil {
		return nil, err
	}
	p := &engine.Proof{Facts: []engine.Fact{{Name: "redo LSN", Value: facts.Database.RedoLSN.String()}}}
	lost := f.stuck(s, inv)
	open := f.undecided(openGap(inv), lost)
	switch {
	case fork != nil:
		p.Says = f.forked(fork).Error()
	case h != nil:
		p.Open, p.Says = true, "not applied yet: "+chain.Base(h.File)
	case fd.unsearched() > 0:
		p.Open, p.Says = true, "not looked at yet: "+plural(fd.unsearched(), "older file")+" in "+f.Site.CopyFolder
	case uncopiedYet(inv) != nil:
		p.Says = f.says(uncopiedYet(inv))
	case open != "":
		p.Decide, p.Says = true, open
	case f.astray(inv):
		p.Decide, p.Says = true, inv.Another
	default:
		p.Holds, p.Says = true, "every backup in the copy folder that continues the chain is applied"
		p.LeftBehind = append(f.leftShipped(inv), left(slices.Concat(lost, stranded(inv), f.gone(s, inv)))...)
		if len(p.LeftBehind) > 0 {
			p.Says += ", but for " + saying(p.LeftBehind)
		}
		p.Says = fault.Said(append([]string{p.Says + unfinished(inv)}, inv.Doubted(1)...)...)
		p.Unread = s.unopened(inv)
		for _, u := range p.Unread {
			p.Says = fault.Said(p.Says, u.Why)
		}
	}
	return f.besideLiving(ctx, p), nil
}

// undecided says what the operator has not decided yet; "": nothing is left.
func (f *failover) undecided(g *chain.Gap, lost []inventory.Backup) string {
	var open []string
	if len(lost) > 0 && f.Recall(leftOut) != digestOf(lost) {
		open = append(open, fmt.Sprintf("not applied, and not to be ruled out: %s: %s", lost[0].Name, because(lost[0])))
	}
	if g != nil && f.Recall(gapAccepted) != interval(g) {
		open = append(open, "a log backup is missing: "+interval(g))
	}
	return fault.Said(open...)
}

// stuck are the backups whose log would be lost and that F3 cannot apply, wherever
// they lie: unread, unusable, a part of a striped one that is missing, of another
// recovery fork, in no place that anybody can read, or such as F2 could not copy
// and nobody has decided about yet.
func (f *failover) stuck(s *survey, inv *inventory.Inventory) []inventory.Backup {
	var out []inventory.Backup
	decided := f.givenUp(refused(inv))
	for _, b := range inv.Lost(inventory.Unread, inventory.Unusable, inventory.OtherFork, inventory.Rival, inventory.ToCopy) {
		if !b.Stranded && b.File() != nil && (b.Kind != inventory.ToCopy || b.Refused != "" && !decided) {
			out = append(out, b)
		}
	}
	for _, b := range inv.Missed() {
		if !f.withTheShare(s, b) {
			out = append(out, b)
		}
	}
	return out
}

// gone are the backups that are in no place that anybody can read, and that were
// given up with the share.
func (f *failover) gone(s *survey, inv *inventory.Inventory) []inventory.Backup {
	return slices.DeleteFunc(inv.Missed(), func(b inventory.Backup) bool { return !f.withTheShare(s, b) })
}

// withTheShare reports whether a backup was given up with the share that it was
// written to: nobody knows that it was ever copied from there.
func (f *failover) withTheShare(s *survey, b inventory.Backup) bool {
	return b.Shipped && s.listing.ShareErr != nil && f.Recall(shareGivenUp) != ""
}

// uncopiedYet gives the first backup that F2 can copy; nil: there is none.
func uncopiedYet(inv *inventory.Inventory) *inventory.Backup {
	for _, b := range inv.Lost(inventory.ToCopy) {
		if b.Refused == "" {
			return &b
		}
	}
	return nil
}

// says tells what F2 has left to do with a backup.
func (f *failover) says(b *inventory.Backup) string {
	if b.As == "" {
		return fmt.Sprintf("%s is on %s and not in %s", b.Name, f.Site.BackupShare, f.Site.CopyFolder)
	}
	switch {
	case b.Header == nil:
		return fmt.Sprintf("%s on %s cannot be read there, and is not what %s holds under this name", b.Name, f.Site.BackupShare, f.Site.CopyFolder)
	case b.Anew:
		return fmt.Sprintf("%s in %s cannot be used, and %s has it intact", b.Name, f.Site.CopyFolder, f.Site.BackupShare)
	}
	return fmt.Sprintf("%s in %s is not, or not whole, what %s holds under this name", b.Name, f.Site.CopyFolder, f.Site.BackupShare)
}

// stranded are the backups that cannot be applied because the log before them
// is missing.
func stranded(inv *inventory.Inventory) []inventory.Backup {
	var out []inventory.Backup
	for _, b := range inv.Lost() {
		if b.Stranded && b.Folder != nil {
			out = append(out, b)
		}
	}
	return out
}

// openGap is a hole in the chain that no backup explains which is unusable or
// missed.
func openGap(inv *inventory.Inventory) *chain.Gap {
	if inv.Gap == nil {
		return nil
	}
	for _, b := range slices.Concat(inv.Lost(inventory.Unusable), inv.Missed(), refused(inv)) {
		if h := b.Header; h != nil && !b.Stranded && h.First.Compare(inv.Gap.From) <= 0 && h.Last.Compare(inv.Gap.From) > 0 {
			return nil
		}
	}
	return inv.Gap
}
