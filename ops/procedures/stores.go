package procedures

import (
	"context"
	"fmt"
	"slices"

	"pchatops/ops/engine"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// storeNames are what the stores of the topology are called here.
var storeNames = map[site.Role]string{
	site.Primary: "primary store", site.Mirror: "mirror store", site.Secondary: "backup store", site.SecondaryMirror: "mirror of the backup store",
}

// Stores reads the topology for the gates Store of some roles.
func (e *Estate) Stores(ctx context.Context, roles ...site.Role) (gates []engine.Gate) {
	pool, err := e.Shell.Pool(ctx)
	for _, r := range roles {
		g := e.Store(pool, r)
		if err != nil {
			g.Seen = err.Error()
		}
		gates = append(gates, g)
	}
	return gates
}

// Store is the gate that the topology and the site file mean the same instance:
// the cmdlets act on the topology's, whatever the site file says. No phrase makes
// one instance of the site file another one.
func (e *Estate) Store(pool status.Pool, r site.Role) engine.Gate {
	in, _ := e.Site.Instance(r)
	name := storeNames[r]
	g := engine.Gate{
		Name: name + " of the topology", Seen: "the topology was not told", Want: fmt.Sprintf("%s, which the site file calls %s", in.Address(), status.StoreOf(in)),
		Do:       fmt.Sprintf("see what Get-CsService -PersistentChatServer says of %s, then correct the topology or the site file", e.Site.Pool),
		Override: fmt.Sprintf("the %s is %s", name, in.Address()),
	}
	if pool.Stores == nil {
		return g
	}
	store := pool.Stores.Of(r)
	g.Seen, g.Holds = store.String(), store.Holds(in)
	switch {
	case g.Holds:
	case store.FQDN == "" || slices.ContainsFunc(e.Site.Instances, store.Holds):
		g.Override = ""
	default:
		g.Override = fmt.Sprintf("%s is %s", store, in.Address())
	}
	return g
}
