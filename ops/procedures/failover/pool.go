package failover

import (
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
			pool, err := f.Shell.Pool(ctx)
			if err != nil {
				return nil, err
			}
			if pool.State == failedOver {
				return &engine.Plan{Already: fmt.Sprintf("the state of %s is %s", f.Site.Pool, failedOver)}, nil
			}
			a := f.Shell.SetPoolState(pool.Identity, failedOver)
			return &engine.Plan{
				Actions: []engine.Action{observing(a, "pool state before", pool.State)}, Total: 1,
				Gates:   []engine.Gate{f.databaseOnline(ctx), f.oneLive(ctx), f.store(pool, site.Secondary)},
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
				Holds: pool.State == failedOver, Says: fmt.Sprintf("Get-CsPersistentChatState on %s: %s is %s", pool.Host, pool.Identity, pool.State),
			}, nil
		},
	}
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
	}
	return g
}

// pointsAt reads the topology for the gate store.
func (f *failover) pointsAt(ctx context.Context, r site.Role) engine.Gate {
	pool, err := f.Shell.Pool(ctx)
	g := f.store(pool, r)
	if err != nil {
		g.Seen = err.Error()
	}
	return g
}

// store is the gate that the topology and the site file mean the same instance:
// the cmdlets act on the topology's, whatever the site file says.
func (f *failover) store(pool status.Pool, r site.Role) engine.Gate {
	in, _ := f.Site.Instance(r)
	name := "backup store"
	if r == site.SecondaryMirror {
		name = "mirror of the backup store"
	}
	g := engine.Gate{
		Name: name + " of the topology", Seen: "the topology was not told", Want: in.Address(),
		Do:       fmt.Sprintf("see what Get-CsService -PersistentChatServer says of %s, then correct the topology or the site file", f.Site.Pool),
		Override: fmt.Sprintf("the %s is %s", name, in.Address()),
	}
	if pool.Stores == nil {
		return g
	}
	store := pool.Stores.Of(r)
	g.Seen, g.Holds = store.String(), store.Holds(in)
	switch {
	case g.Holds:
	case store.FQDN == "":
		g.Override = ""
	default:
		g.Override = fmt.Sprintf("%s is %s", store, in.Address())
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
