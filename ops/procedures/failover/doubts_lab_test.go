package failover_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
	"pchatops/ops/procedures/procedurestest"
)

// The newest backup was written over before anybody looked. Nothing on record knows
// better, so it holds nothing up, and the plans say it.
func TestAFileThatMayHaveBeenWrittenOverIsSaid(t *testing.T) {
	l := procedurestest.Start(t, lab.Options{Scenario: "failover", Seed: 1, Speed: 60})
	w := l.World()
	w.StopAgent(world.Secondary) // its jobs do not come by
	onShare, err := w.Backups(world.Share)
	require.NoError(t, err)
	newest, before := onShare[len(onShare)-1], onShare[len(onShare)-3]
	require.NoError(t, w.Replace(world.Share, newest, before))
	p := procedure(t, l)
	says := newest + " holds the same backup as " + before + ": if it ever held one of its own, that is in no place that can be read, and lost"
	for _, id := range []string{"F2", "F3", "F4b"} {
		step, _ := procedurestest.Step(p, id)
		plan, err := engine.Planned(t.Context(), step)
		require.NoError(t, err)
		if id == "F2" {
			continue // it has looked at the share
		}
		require.Contains(t, plan.Notes, says)
		require.NotContains(t, plan.Lost, newest)
	}
}
