package scenario

import (
	"errors"

	"pchatops/ops/lab/world"
)

func bareTopology(w *world.World) error {
	w.BareTopology()
	return nil
}

// editTopology is a colleague in Topology Builder, who publishes after each
// edit so that everybody can follow.
var editTopology = []Act{
	{"", publishing(func(w *world.World) error {
		return errors.Join(w.DefineStore("SQL02"), w.DefineStore("SQL11"), w.DefineStore("SQL12"))
	})},
	{"T1", publishing(func(w *world.World) error { return w.SetStore("mirror", "SQL02") })},
	{"T2b", publishing(func(w *world.World) error { return w.SetStore("backup", "SQL11") })},
	{"T2d", publishing(func(w *world.World) error { return w.SetStore("backup-mirror", "SQL12") })},
}

func publishing(edit func(*world.World) error) func(*world.World) error {
	return func(w *world.World) error {
		if err := edit(w); err != nil {
			return err
		}
		w.PublishTopology(true)
		return nil
	}
}
