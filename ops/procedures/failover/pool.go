package failover

import (
	"cmp"
	"context"
	"fmt"

	"pchatops/ops/engine"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// failedOver is the pool state in which the backup databases are used.
const failedOver = "FailedOver"

// setPoolState is F5: the pool uses the backup database.
func (f *failover) setPoolState() engine.Step {
	return engine.Step{
		ID: "F5", Title: "Set pool state " + failedOver, Source: document + "5", Risk: engine.RoleChange,
		Why: "The chat servers take the database from the pool's state: Normal is the primary, FailedOver the backup database of the topology.",
		Plan: func(ctx context.Context) (*engine.Plan, error) {
			pool, err := f.pool(ctx)
			if err != nil {
				return nil, err
			}
			if pool.State == failedOver {
				return &engine.Plan{Already: fmt.Sprintf("the state of %s is %s", f.Site.Pool, failedOver)}, nil
			}
			a := f.changing(f.Shell.SetPoolState(pool, failedOver))
			return &engine.Plan{
				Actions: []engine.Action{observing(a, "pool state before", pool.State)}, Total: 1,
				Gates:   []engine.Gate{f.storeWritable(pool), f.databaseOnline(ctx), f.oneLive(ctx), f.Store(pool, site.Secondary)},
				Notes:   []string{mgccomp},
				Confirm: f.Confirm(f.secondary.Address()),
			}, nil
		},
		Verify: func(ctx context.Context) (*engine.Proof, error) {
			pool, err := f.Shell.Pool(ctx)
			if err != nil {
				return nil, err
			}
			return &engine.Proof{
				Holds: pool.State == failedOver, Says: fmt.Sprintf("Get-CsPersistentChatState on %s: %s is %s", pool.Host, cmp.Or(pool.Row, pool.Identity), pool.State) + local(pool),
			}, nil
		},
	}
}

// local says of a reading that it is the replica's.
func local(p status.Pool) string {
	if !p.Local {
		return ""
	}
	return ", in the host's replica: the Central Management Store does not answer"
}

// databaseOnline is the gate of everything that points at the new primary.
func (f *failover) databaseOnline(ctx context.Context) engine.Gate {
	g := engine.Gate{Name: f.db + " online in " + f.secondary.DataCentre, Want: "ONLINE on " + f.secondary.Address(), Do: "run F4b first"}
	facts, err := f.facts(ctx)
	if err != nil {
		g.Seen, g.Do = err.Error(), "make "+f.secondary.Address()+" reachable"
		return g
	}
	d := facts.Database
	switch g.Holds, g.Seen = d.Online(), d.Word(); {
	case !d.Exists:
		g.Do = f.find(d) + "; then run again"
	case d.Hidden():
		g.Do = f.reveal(d)
	case !g.Holds:
		if s := f.successor(ctx, facts); s.leads() {
			g.Holds, g.Seen = true, fmt.Sprintf("ONLINE on %s, which has taken over from it", s.address)
		} else if s != nil && (s.serves() || facts.Follows()) {
			g.Seen, g.Do = g.Seen+"; "+s.says(f.db, f.Now()), s.keep()
		}
	}
	return g
}

// observing records the state before an action.
func observing(a engine.Action, name, value string) engine.Action {
	do := a.Do
	a.Do = func(ctx context.Context, r engine.Reporter) error {
		r.Observe(name, value)
		return do(ctx, r)
	}
	return a
}
