package main

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/journal"
	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
)

var errKilled = errors.New("killed")

// slowly: the site's own jobs do not overtake the first console.
var slowly = lab.Options{Speed: 10, MirrorTime: 10 * time.Second}

// One console after the other is killed around every single action of the
// failover: once its intent is on the disk and before it is sent, or once it has
// been sent and before its outcome is on the disk. What comes out is what one
// console would have done.
func TestConsolesKilledAroundEveryActionDoNothingTwice(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		g := t.on
		g.start(t.Context(), lab.Options{Scenario: "failover", MirrorTime: 10 * time.Second})
		g.lab.World().Intrude(world.Secondary, world.Database, "Lync Server Persistent Chat", 2, 1)
		around := map[string]int{} // step to the deaths in it
		for n := 0; ; n++ {
			require.Less(g.t, n, 200, "each two consoles bring the failover on by an action")
			p := &perishable{at: deathAt{kind: journal.Intent}, host: g.net.Host()}
			if n%2 == 1 {
				p.at = deathAt{kind: journal.Action, torn: true}
			}
			e := g.run(t.Context(), proving{procedure: "failover", ask: best(nil), sink: g.truthful, host: p.host, recorder: p.record})
			if !p.dead {
				require.Equal(g.t, exitDone, e.code, "%v: %s", around, e.says())
				break
			}
			if around[p.in]++; p.at.torn {
				p.tear(g)
			}
			if n%3 == 2 {
				time.Sleep(2 * time.Hour) // hosts have room for thirty shells, and end those of the dead by then
			}
		}
		for _, step := range []string{"F1", "F2", "F3", "F4a", "F4b", "F5", "F6", "F7"} {
			require.GreaterOrEqual(g.t, around[step], 2, "%s: %v", step, around)
		}
		appliedOnce(g.t, g.lab)
		require.Equal(g.t, 1, g.lab.World().MirrorInstalls())
		g.audits()
	})
}

// The process itself is killed, whatever it is doing then, once in every step.
func TestAConsoleKilledInEveryStepIsFinishedByTheNext(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", slowly)
	l.World().Intrude(world.Secondary, world.Database, "Lync Server Persistent Chat", 2, 0)
	c := consoleOn(t, l)
	for _, step := range []string{"F1", "F2", "F3", "F4a", "F4b", "F5", "F7", "F6"} {
		c.killOnce(`"type":"intent"`, fmt.Sprintf(`"step":%q`, step))
	}
	r := c.run(append([]string{"run", "failover"}, confirm()...)...)
	require.Equal(t, 0, r.code, r.stderr)
	require.Equal(t, "done", r.summary(t)["outcome"])
	appliedOnce(t, l)
	require.Equal(t, 1, l.World().MirrorInstalls())
}
