package failover

import (
	"context"

	"pchatops/ops/engine"
)

// besideLiving adds to a proof that does not hold who serves the database in data
// centre 1: there may be something to copy and to apply because a primary that was
// taken for dead ships again.
func (f *failover) besideLiving(ctx context.Context, p *engine.Proof) *engine.Proof {
	if p.Holds {
		return p
	}
	for _, s := range f.lookAt(ctx) {
		if s.serves() {
			p.Says += ". " + s.says(f.db, f.Now()) + ", and may ship more"
		}
	}
	return p
}
