package failover_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
	"pchatops/ops/engine"
	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
	"pchatops/ops/procedures/procedurestest"
)

// The newest backup bears the name of an applied one, and nobody can read it: it is
// not that one because of its name.
func TestABackupUnderTheNameOfAnAppliedOneIsNotPassedOver(t *testing.T) {
	for place, bear := range map[string]func(w *world.World, last, applied string) error{
		world.Share: func(w *world.World, last, applied string) error { return w.Rename(world.Share, last, applied) },
		world.Folder: func(w *world.World, last, applied string) error {
			return os.Rename(filepath.Join(w.SharePath(), last), filepath.Join(w.FolderPath(), applied))
		},
	} {
		for _, access := range []world.Access{world.Denied, world.InUse} {
			t.Run(fmt.Sprint(place, ", ", access), func(t *testing.T) {
				l := procedurestest.Start(t, lab.Options{Scenario: "failover", Seed: 1, Speed: 60})
				w := l.World()
				onShare, err := w.Backups(world.Share)
				require.NoError(t, err)
				restored := w.Restored(world.Secondary)
				last, applied := onShare[len(onShare)-1], chain.Base(restored[len(restored)-1])
				require.NoError(t, bear(w, last, applied))
				require.NoError(t, w.SetFileAccess(place, applied, "", access))
				p := procedure(t, l)
				for _, id := range []string{"F2", "F3"} { // they look at both sides
					step, _ := procedurestest.Step(p, id)
					_, err := engine.Proved(t.Context(), step)
					require.NoError(t, err)
				}
				f4b, _ := procedurestest.Step(p, "F4b")
				plan, err := engine.Planned(t.Context(), f4b)
				require.NoError(t, err)
				require.Contains(t, plan.Lost, applied)
			})
		}
	}
}
