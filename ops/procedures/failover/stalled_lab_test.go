package failover_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/lab/world"
	"pchatops/ops/procedures/procedurestest"
)

// A copy that goes bad after it was made is not passed over as if nothing were
// left to apply: the share has it intact.
func TestACopyThatIsOfNoUseKeepsF3Open(t *testing.T) {
	const useless = ` in E:\LogShip cannot be used, and \\FS01\LogShip has it intact`
	for name, c := range map[string]struct {
		spoil func(w *world.World, last, other string) error
		says  string
	}{
		"garbled":             {func(w *world.World, last, _ string) error { return w.Garble(world.Folder, last) }, useless},
		"another's by name":   {func(w *world.World, last, other string) error { return w.Duplicate(world.Folder, other, last) }, ` in E:\LogShip is not, or not whole, what \\FS01\LogShip holds under this name`},
		"of another database": {func(w *world.World, last, _ string) error { return w.Replace(world.Folder, last, "") }, useless},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRestores(t, 1, 60)
			w := r.lab.World()
			names, err := w.Backups(world.Folder)
			require.NoError(t, err)
			last := names[len(names)-1]
			require.NoError(t, c.spoil(w, last, names[0]))
			p := procedure(t, r.lab)
			f2, _ := procedurestest.Step(p, "F2")
			f3, _ := procedurestest.Step(p, "F3")
			_, err = engine.Proved(t.Context(), f2) // it looks at both sides
			require.NoError(t, err)
			says := last + c.says
			res, err := r.runner.Run(t.Context(), "failover", f3, accept, r.listen)
			require.NoError(t, err)
			require.Equal(t, engine.Failed, res.Outcome, "what comes before it is applied")
			require.ErrorContains(t, res.Err, says)
			plan, err := engine.Planned(t.Context(), f3)
			require.NoError(t, err)
			gate := plan.Gates[len(plan.Gates)-1]
			require.False(t, gate.Holds)
			require.Equal(t, says, gate.Seen)
			require.Contains(t, gate.Do, "run F2")
			proof, err := engine.Proved(t.Context(), f3)
			require.NoError(t, err)
			require.False(t, proof.Holds)
			require.Contains(t, proof.Says, says)
		})
	}
}
