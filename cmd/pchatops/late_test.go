package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
)

// What the primary shipped last can have been taken long before it reached the
// secondary, or long before the primary died. A console that never saw it alive says
// no less than what is lost, before the failover and in the middle of it.
func TestALossIsNotCountedFromWhenBackupsArrived(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		live func(*world.World) // until the site dies
		late time.Duration      // what passes between that and the first look
		lost time.Duration      // what was never shipped, at least
		says string             // of it, in F4b
	}{
		"the secondary's Agent stood, and copies when all is over": {func(w *world.World) {
			w.StopAgent(world.Secondary)
			w.Elapse(101 * time.Minute)
			w.StartAgent(world.Secondary)
		}, 50 * time.Minute, 11 * time.Minute, "up to 57m"},
		"the primary's Agent stood": {func(w *world.World) {
			w.StopAgent(world.Primary)
			w.Elapse(3 * time.Hour)
		}, 0, 3 * time.Hour, "up to 3h 11m"},
		"both stood": {func(w *world.World) {
			w.StopAgent(world.Secondary)
			w.Elapse(45 * time.Minute)
			w.StopAgent(world.Primary)
			w.Elapse(3 * time.Hour)
			w.StartAgent(world.Secondary)
		}, 50 * time.Minute, 3 * time.Hour, "up to 3h 56m"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(v *verdict) {
				l := startSite(v, "healthy", lab.Options{Speed: 0.001})
				w := l.World()
				c.live(w)
				require.NoError(v, w.PowerOff("dc1"))
				w.Elapse(c.late)
				console := consoleOn(v, l)
				for _, step := range []string{"", "F1", "F2", "F3"} {
					if step != "" {
						require.Zero(v, console.run(append([]string{"run", "failover", "--step", step}, confirm()...)...).code)
					}
					seen := console.run("status").of("snapshot")[0]
					require.GreaterOrEqual(v, seen["exposure_seconds"], c.lost.Seconds(), "after %s: %s", step, seen["exposure_why"])
					loss := lossOf(v, console)
					require.Contains(v, loss, c.says, "after %s", step)
				}
			})
		})
	}
}
