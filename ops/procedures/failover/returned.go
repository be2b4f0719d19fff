package failover

import (
	"context"
	"slices"
	"strings"
	"time"

	"pchatops/ops/chain"
	"pchatops/ops/inventory"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// withoutReturned takes out of the backups that an online database lacks those
// that a returned primary has shipped since: log of the path that the database
// left, beyond where it left it, written after its server came back. They are no
// loss of the recovery, and have a finding of their own. Where nobody can tell,
// a backup stays: it may have been there before.
func (f *failover) withoutReturned(ctx context.Context, lost []inventory.Backup, applied []chain.Header, d status.Database) []inventory.Backup {
	var since map[string]time.Time // when servers came back, by the names in headers
	return slices.DeleteFunc(lost, func(b inventory.Backup) bool {
		h := b.Header
		if h == nil || b.Folder != nil || d.ForkPoint.IsZero() || strings.EqualFold(h.Fork, d.Fork) || h.Last.Compare(d.ForkPoint) <= 0 {
			return false
		}
		if since == nil {
			since = f.cameBack(ctx, applied)
		}
		back, known := since[strings.ToLower(h.Server)]
		return known && h.Started.After(back)
	})
}

// cameBack tells when primary and mirror were started, of those that hold the
// database again and have written a backup that was applied before: their own
// clock dates both.
func (f *failover) cameBack(ctx context.Context, applied []chain.Header) map[string]time.Time {
	out := map[string]time.Time{}
	for _, r := range []site.Role{site.Primary, site.Mirror} {
		n, ok := f.lastLook(r)
		if !ok || !n.Reachable || !n.Facts.Database.Online() || f.SQL[r] == nil {
			continue
		}
		ctx, cancel := context.WithTimeout(ctx, f.answer())
		at, err := f.SQL[r].Started(ctx)
		cancel()
		name := strings.ToLower(n.Facts.ServerName)
		before := func(h chain.Header) bool { return strings.EqualFold(h.Server, name) && h.Finished.Before(at) }
		if err == nil && slices.ContainsFunc(applied, before) && !slices.ContainsFunc(applied, func(h chain.Header) bool {
			return strings.EqualFold(h.Server, name) && !before(h)
		}) {
			out[name] = at
		}
	}
	return out
}
