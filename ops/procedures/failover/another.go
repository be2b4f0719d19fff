package failover

import (
	"context"
	"fmt"
	"strings"

	"pchatops/ops/engine"
	"pchatops/ops/inventory"
)

// anotherAccepted is the name under which it is remembered that the operator goes
// on with a database that is not the one which was shipped, and of which family.
const anotherAccepted = "another database accepted"

// shipped names the database that the known backups are of, for what is lost.
func (f *failover) shipped() string { return f.db + " as it was shipped" }

// leftShipped is that, as something that is left behind.
func (f *failover) leftShipped(inv *inventory.Inventory) []engine.Left {
	if inv.Another == "" {
		return nil
	}
	return []engine.Left{{File: f.shipped(), Why: inv.Another}}
}

// astray reports whether the database is another one than that which was shipped,
// and nobody has agreed yet to go on with it.
func (f *failover) astray(inv *inventory.Inventory) bool {
	return inv.Another != "" && f.Recall(anotherAccepted) != strings.ToLower(inv.At.Family)
}

// anotherOne names the database that stands there, by its family.
func (f *failover) anotherOne(inv *inventory.Inventory) string {
	family := strings.ToLower(inv.At.Family)
	return fmt.Sprintf("another %s (family %s)", f.db, family[:min(8, len(family))])
}

// anotherGate keeps a step from going on with a database that is not the one which
// was shipped.
func (f *failover) anotherGate(inv *inventory.Inventory, phrase string) engine.Gate {
	return engine.Gate{
		Name: "the database that was shipped", Seen: inv.Another, Want: "the " + f.db + " that the known backups are of", Override: phrase,
		Do: fmt.Sprintf("find out who replaced %s on %s; restore a full backup of the one that was shipped WITH NORECOVERY, REPLACE, and run F2 and F3 again; or lose all of it by typing: %s",
			f.db, f.secondary.Address(), phrase),
	}
}

// beware makes F3 ask before it goes on with a database that is not the one which
// was shipped.
func (f *failover) beware(p *engine.Plan, inv *inventory.Inventory) {
	if !f.astray(inv) {
		return
	}
	family := strings.ToLower(inv.At.Family)
	p.Gates = append(p.Gates, f.anotherGate(inv, "go on with "+f.anotherOne(inv)))
	p.Already, p.Loss = "", "all chat of "+f.shipped()+": "+inv.Another
	p.Lost = append(p.Lost, f.shipped())
	p.Actions = append([]engine.Action{{
		ID: "go on with another database", Kind: engine.File, Target: f.secondary.Address(), Text: "# go on with " + f.anotherOne(inv) + "; nothing is sent",
		Do: func(_ context.Context, r engine.Reporter) error {
			r.Observe(anotherAccepted, family)
			return nil
		},
	}}, p.Actions...)
	p.Total++
}
