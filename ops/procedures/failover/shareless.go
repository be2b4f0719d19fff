package failover

import (
	"context"
	"fmt"
	"slices"

	"pchatops/ops/chain"
	"pchatops/ops/engine"
	"pchatops/ops/inventory"
	"pchatops/ops/status"
)

// withoutShare is what an operator types to go on with the backups that are in
// the copy folder, and the name under which that decision is remembered.
const (
	withoutShare = "go on without the share"
	shareGivenUp = "backup share given up"
)

// planWithoutShare says what is known of the backups that cannot be reached,
// and lets the operator decide to go on without them.
func (f *failover) planWithoutShare(facts status.Facts, s *survey, g engine.Gate) *engine.Plan {
	if v := f.Recall(shareGivenUp); v != "" {
		return &engine.Plan{Already: "the operator went on without the share: " + v}
	}
	g.Override = withoutShare
	g.Do += " and plan again; or go on with what is in the copy folder by typing: " + withoutShare
	return &engine.Plan{
		Gates:   []engine.Gate{g},
		Notes:   append([]string{fmt.Sprintf("copy folder: %s", plural(len(s.listing.Copied), "log backup"))}, f.knownElsewhere(facts)...),
		Loss:    "how much chat is lost is unknown: nobody can see what is on the share beyond what is in " + f.Site.CopyFolder,
		Lost:    []string{"what only " + f.Site.BackupShare + " holds"},
		Actions: []engine.Action{f.giveUpShare(s)},
		Total:   1,
	}
}

// unreachable is the gate of a share that nobody can list.
func (f *failover) unreachable(s *survey) engine.Gate {
	return engine.Gate{
		Name: "backup share readable", Seen: s.listing.ShareErr.Error(), Want: f.Site.BackupShare + " can be listed from " + s.listing.Host, Do: "repair the share",
	}
}

// strayed is the gate of a share that may not be that of log shipping.
func (f *failover) strayed(inv *inventory.Inventory) engine.Gate {
	return engine.Gate{
		Name: "the share of log shipping", Seen: inv.Stray, Want: "a share that has the backups which were restored or copied last, or what follows them",
		Do: "find out which share log shipping used (who set it up, the log_shipping tables of a monitor server or in a backup of msdb), correct backup_share in the site file",
	}
}

// asStray holds a proof of F2 to a share that may not be that of log shipping.
func (f *failover) asStray(p *engine.Proof, inv *inventory.Inventory) {
	if inv.Stray == "" {
		return
	}
	p.Unread = append(p.Unread, engine.Unread{Place: f.Site.BackupShare, Why: inv.Stray})
	switch v := f.Recall(shareGivenUp); {
	case !p.Holds:
	case v != "":
		p.Says = "the operator went on without the share: " + v
	default:
		p.Holds, p.Decide, p.Says = false, true, inv.Stray
	}
}

// proofWithoutShare proves F2 by the operator's decision alone. Without that nobody
// knows whether all is copied: the share took nothing of it back.
func (f *failover) proofWithoutShare(s *survey) (*engine.Proof, error) {
	v := f.Recall(shareGivenUp)
	if v == "" {
		return &engine.Proof{Decide: true, Says: "the backup share cannot be read: " + s.listing.ShareErr.Error()}, s.listing.ShareErr
	}
	return &engine.Proof{Holds: true, Says: "the operator went on without the share: " + v, Unread: unseen(inventory.Take(s.seen))}, nil
}

// knownElsewhere tells of backups from the configuration that F1 removed and
// from what the probe last saw of the primaries.
func (f *failover) knownElsewhere(facts status.Facts) []string {
	var out []string
	if facts.Secondary != nil {
		out = append(out, "monitor tables: last copied "+chain.Base(facts.Secondary.LastCopiedFile))
	} else if v := f.Recall(lastCopied); v != "" {
		out = append(out, "before log shipping was removed: last copied "+chain.Base(v))
	}
	for _, in := range f.Site.Instances {
		if n, ok := f.lastLook(in.Role); ok && n.Facts.Primary != nil && n.Facts.Primary.LastBackupFile != "" {
			out = append(out, fmt.Sprintf("%s, %s ago: last backup %s", in.Address(), between(n.Answered, f.Now()), chain.Base(n.Facts.Primary.LastBackupFile)))
		}
	}
	return out
}

func (f *failover) giveUpShare(s *survey) engine.Action {
	n := plural(len(s.listing.Copied), "log backup")
	return engine.Action{
		ID: "give up the share", Kind: engine.File, Target: s.listing.Host,
		Text: fmt.Sprintf("# go on with the %s in %s; nothing is sent", n, f.Site.CopyFolder),
		Do: func(_ context.Context, r engine.Reporter) error {
			r.Observe(shareGivenUp, n+" in the copy folder; what is beyond them is unknown")
			return nil
		},
	}
}

// unseen are the places of an inventory that could not be read.
func unseen(inv *inventory.Inventory) []engine.Unread {
	var out []engine.Unread
	for _, u := range inv.Places {
		out = append(out, engine.Unread{Place: u.Place, Why: u.Why})
	}
	slices.Reverse(out) // the share first
	return out
}
