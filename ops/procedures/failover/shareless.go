package failover

import (
	"context"
	"fmt"
	"time"

	"pchatops/ops/chain"
	"pchatops/ops/engine"
	"pchatops/ops/procedures"
	"pchatops/ops/status"
)

// withoutShare is what an operator types to go on with the backups that are in
// the copy folder, and the name under which that decision is remembered.
const (
	withoutShare = "go on without the share"
	shareGivenUp = "backup share given up"
	// givenUp is the fact of a proof that holds only by such a decision.
	givenUp = "given up by the operator"
)

// planWithoutShare says what is known of the backups that cannot be reached,
// and lets the operator decide to go on without them.
func (f *failover) planWithoutShare(facts status.Facts, l procedures.Listing) *engine.Plan {
	if f.Recall(shareGivenUp) != "" {
		return &engine.Plan{Already: "the operator went on without the share: " + f.Recall(shareGivenUp)}
	}
	have := newestOf(l.Copied)
	known := f.knownElsewhere(facts)
	p := &engine.Plan{
		Gates: []engine.Gate{{
			Name: "backup share readable", Seen: l.ShareErr.Error(), Want: f.Site.BackupShare + " can be listed from " + l.Host,
			Override: withoutShare,
			Do:       "repair the share and plan again; or go on with what is in the copy folder by typing: " + withoutShare,
		}},
		Notes:   append([]string{fmt.Sprintf("copy folder: %s, the newest %s", plural(len(l.Copied), "log backup"), describe(have))}, known...),
		Loss:    lossSince(have, f.clockOf(facts)),
		Actions: []engine.Action{f.giveUpShare(l, have)},
		Total:   1,
	}
	return p
}

// knownElsewhere tells of backups from the configuration that F1 removed and
// from what the probe last saw of the primaries.
func (f *failover) knownElsewhere(facts status.Facts) []string {
	var out []string
	if facts.Secondary != nil {
		out = append(out, "monitor tables: last copied "+chain.Base(facts.Secondary.LastCopiedFile))
	} else if v := f.Recall("last copied file"); v != "" {
		out = append(out, "before log shipping was removed: last copied "+chain.Base(v))
	}
	for _, in := range f.Site.Instances {
		if f.Seen == nil {
			break
		}
		if n, ok := f.Seen(in.Role); ok && n.Facts.Primary != nil && n.Facts.Primary.LastBackupFile != "" {
			out = append(out, fmt.Sprintf("%s, %s ago: last backup %s", in.Address(), between(n.Answered, f.Now()), chain.Base(n.Facts.Primary.LastBackupFile)))
		}
	}
	return out
}

func (f *failover) giveUpShare(l procedures.Listing, have procedures.Backup) engine.Action {
	return engine.Action{
		ID: "give up the share", Kind: engine.File, Target: l.Host,
		Text: fmt.Sprintf("# go on with the %s in %s; nothing is sent", plural(len(l.Copied), "log backup"), f.Site.CopyFolder),
		Do: func(_ context.Context, r engine.Reporter) error {
			r.Observe(shareGivenUp, "newest backup in the copy folder "+describe(have))
			return nil
		},
	}
}

// lossSince says how much chat is lost if nothing newer than b is applied.
func lossSince(b procedures.Backup, now time.Time) string {
	t := rank(b)
	if t.IsZero() {
		return "how much chat is lost is not known: the copy folder holds no backup with a readable time"
	}
	return fmt.Sprintf("all chat since %s is lost (%s)", clock(t), between(t, now))
}
