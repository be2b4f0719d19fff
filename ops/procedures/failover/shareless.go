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
func (f *failover) planWithoutShare(facts status.Facts, s *survey) *engine.Plan {
	if v := f.Recall(shareGivenUp); v != "" {
		return &engine.Plan{Already: "the operator went on without the share: " + v}
	}
	return &engine.Plan{
		Gates: []engine.Gate{{
			Name: "backup share readable", Seen: s.listing.ShareErr.Error(), Want: f.Site.BackupShare + " can be listed from " + s.listing.Host,
			Override: withoutShare,
			Do:       "repair the share and plan again; or go on with what is in the copy folder by typing: " + withoutShare,
		}},
		Notes:   append([]string{fmt.Sprintf("copy folder: %s", plural(len(s.listing.Copied), "log backup"))}, f.knownElsewhere(facts)...),
		Loss:    "how much chat is lost is unknown: nobody can see what is on the share beyond what is in " + f.Site.CopyFolder,
		Lost:    []string{"what only " + f.Site.BackupShare + " holds"},
		Actions: []engine.Action{f.giveUpShare(s)},
		Total:   1,
	}
}

// proofWithoutShare proves F2 by the operator's decision alone.
func (f *failover) proofWithoutShare(s *survey) *engine.Proof {
	p := &engine.Proof{Unread: unseen(inventory.Take(s.seen))}
	if v := f.Recall(shareGivenUp); v != "" {
		p.Holds, p.Says = true, "the operator went on without the share: "+v
	} else {
		p.Says = "the backup share cannot be read: " + s.listing.ShareErr.Error()
	}
	return p
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
