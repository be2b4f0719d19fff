// Package scenario names the states in which the simulated site can be started.
package scenario

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"pchatops/ops/lab/world"
)

// Scenario is a state of the site to train or test on.
type Scenario struct {
	Name      string
	Title     string // one sentence
	Procedure string // that ends it; "" where nothing is wrong
	Bare      bool   // log shipping was never set up
	Monitor   bool   // the site has a monitor server
	prepare   func(w *world.World) error
	Acts      []Act // of a person at another program
}

// Act is what a person does in another program, such as Topology Builder, once
// a step of the procedure has ended; at the beginning where After is empty.
type Act struct {
	After string
	Do    func(w *world.World) error
}

// all scenarios, the most ordinary first.
var all = []Scenario{
	{
		Name: "healthy", Title: "Everything works; log shipping has run for six hours.",
	},
	{
		Name: "failover", Title: "Data centre 1 has just died; some backups were not copied, some not restored.",
		Procedure: "failover", prepare: lose,
	},
	{
		Name: "failover-standby", Title: "As failover, but the secondary was readable between restores, and somebody reads.",
		Procedure: "failover", prepare: chain(standby, lose),
	},
	{
		Name: "failover-litter", Title: "As failover, with foreign, duplicate and damaged files among the copied backups.",
		Procedure: "failover", prepare: chain(lose, litter),
	},
	{
		Name: "failover-share-down", Title: "As failover, and the backup share does not answer.",
		Procedure: "failover", prepare: chain(lose, func(w *world.World) error { w.SetShareOffline(true); return nil }),
	},
	{
		Name: "ship-primary", Title: "The primary is mirrored and live; log shipping was never set up.",
		Procedure: "ship-primary", Bare: true,
	},
	{
		Name: "ship-primary-monitor", Title: "As ship-primary, on a site with a monitor server.",
		Procedure: "ship-primary", Bare: true, Monitor: true,
	},
	{
		Name: "ship-mirror", Title: "The primary ships its log; its mirror would not if it took over.",
		Procedure: "ship-mirror", prepare: func(w *world.World) error { w.UnshipMirror(); return nil },
	},
	{
		Name: "topology", Title: "Mirroring and log shipping run, but the published topology names the primary's store only.",
		Procedure: "topology", prepare: bareTopology, Acts: editTopology,
	},
}

// Names lists the scenarios.
func Names() []string {
	var out []string
	for _, s := range all {
		out = append(out, s.Name)
	}
	return out
}

// All gives the scenarios in the order of the help.
func All() []Scenario { return slices.Clone(all) }

// Find gives a scenario by its name; the error lists the names there are.
func Find(name string) (Scenario, error) {
	for _, s := range all {
		if s.Name == name {
			return s, nil
		}
	}
	return Scenario{}, fmt.Errorf("no scenario %q: there are %s", name, strings.Join(Names(), ", "))
}

// Prepare brings a healthy site into the scenario's state.
func (s Scenario) Prepare(w *world.World) error {
	if s.prepare == nil {
		return nil
	}
	return s.prepare(w)
}

func chain(steps ...func(*world.World) error) func(*world.World) error {
	return func(w *world.World) error {
		for _, step := range steps {
			if err := step(w); err != nil {
				return err
			}
		}
		return nil
	}
}

// lose is the disaster: the secondary's Agent hung for the better part of an
// hour, so that backups piled up on the share; one of them was copied by hand.
// Minutes after the next backup data centre 1 goes dark.
func lose(w *world.World) error {
	w.StopAgent(world.Secondary)
	w.Elapse(52 * time.Minute)
	if err := copyOne(w); err != nil {
		return err
	}
	if err := w.PowerOff("dc1"); err != nil {
		return err
	}
	w.StartAgent(world.Secondary)
	return nil
}

// copyOne copies the oldest backup that is not in the copy folder.
func copyOne(w *world.World) error {
	onShare, err := w.Backups(world.Share)
	if err != nil {
		return err
	}
	copied, err := w.Backups(world.Folder)
	if err != nil {
		return err
	}
	for _, name := range onShare {
		if len(copied) > 0 && name <= copied[len(copied)-1] {
			continue
		}
		content, err := os.ReadFile(filepath.Join(w.SharePath(), name))
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(w.FolderPath(), name), content, 0o644)
	}
	return fmt.Errorf("no backup on the share is left to copy")
}

func standby(w *world.World) error { return w.Standby() }

// litter leaves files in the copy folder that do not belong to the chain.
func litter(w *world.World) error {
	if _, err := w.Foreign(world.Folder, w.Now().Add(-20*time.Minute)); err != nil {
		return err
	}
	copied, err := w.Backups(world.Folder)
	if err != nil {
		return err
	}
	newest := copied[len(copied)-1]
	if err := w.Duplicate(world.Folder, copied[len(copied)-2], "mgc_copy_of_"+copied[len(copied)-2]); err != nil {
		return err
	}
	if err := w.Duplicate(world.Folder, newest, "mgc_spoiled.trn"); err != nil {
		return err
	}
	return w.Garble(world.Folder, "mgc_spoiled.trn")
}
