package failover

import (
	"context"
	"sync"

	"pchatops/ops/chain"
	"pchatops/ops/inventory"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// toldByHistory are the log backups that primary and mirror have taken by their
// own history, of those that answered the last look. One that does not answer
// now holds nothing up and tells nothing.
func (f *failover) toldByHistory(ctx context.Context, facts status.Facts) []inventory.Told {
	if facts.Database.Online() || facts.Database.RedoLSN.IsZero() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, f.answer())
	defer cancel()
	var mu sync.Mutex
	var out []inventory.Told
	var wg sync.WaitGroup
	for _, r := range []site.Role{site.Primary, site.Mirror} {
		n, ok := f.lastLook(r)
		if !ok || !n.Reachable || f.Shipping[r] == nil {
			continue
		}
		wg.Go(func() {
			log, err := f.Shipping[r].LogTaken(ctx, f.db, facts.Database.RedoLSN)
			if err != nil {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			for _, h := range log.Backups {
				out = append(out, inventory.Told{Name: chain.Base(h.File), By: "the backup history of " + n.Address, Header: &h, Shipped: true})
			}
		})
	}
	wg.Wait()
	return out
}
