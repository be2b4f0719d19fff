package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
)

// While the chat runs on the mirror, whatever a step comes to says so, and names the
// way back. Nobody is sent in a circle.
func TestWhileTheChatIsOnTheMirrorARefusalNamesTheWayBack(t *testing.T) {
	t.Parallel()
	for name, meets := range map[string]func(t testing.TB, l *lab.Lab, c *console){
		"log shipping was removed": func(t testing.TB, _ *lab.Lab, c *console) {
			r := c.run("run", "unship")
			require.Equal(t, 0, r.code, r.stderr)
		},
		"the Agent of the mirror is stopped": func(_ testing.TB, l *lab.Lab, _ *console) { l.World().StopAgent(world.Mirror) },
		"the primary is off": func(t testing.TB, l *lab.Lab, _ *console) {
			require.NoError(t, l.World().PowerOff(world.Primary))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				l := startSite(t, "ship-mirror", lab.Options{})
				c := consoleOn(t, l)
				require.Equal(t, 0, c.run(append([]string{"run", "ship-mirror", "--step", "M1"}, confirmMirror()...)...).code)
				meets(t, l, consoleOn(t, l))
				r := c.run(append([]string{"run", "ship-mirror"}, confirmMirror()...)...)
				require.NotEqual(t, 0, r.code)
				require.Regexp(t, `the chat (runs|ran) on the mirror SQL02.RTC`, r.stderr)
				require.Contains(t, r.stderr, "run ship-mirror --step M22")
				require.NotContains(t, r.stderr, "bring the primary's configuration in order first")
				if name != "log shipping was removed" {
					return
				}
				p := c.run("run", "ship-primary")
				require.Equal(t, exitRefused, p.code)
				require.Contains(t, p.stderr, "run ship-mirror --step M22")
				require.Contains(t, p.stderr, "it is the mirror now")
				for _, args := range [][]string{
					append([]string{"ship-mirror", "--step", "M22"}, confirmMirror()...),
					{"ship-primary"},
					append([]string{"ship-mirror", "--new"}, confirmMirror()...),
				} {
					r := c.run(append([]string{"run"}, args...)...)
					require.Equal(t, 0, r.code, "%s: %s", args, r.stderr)
				}
			})
		})
	}
}

// A step of ship-primary begins nothing once the mirror has taken over, and says that.
func TestNothingIsSetUpFromAPrimaryThatIsTheMirrorByNow(t *testing.T) {
	t.Parallel()
	steps := []string{"P0", "P4-P6", "P13a", "P13b", "P1-P9", "P10-P19", "P20"}
	for n, step := range steps[2:] {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				l := startSite(t, "ship-primary", lab.Options{})
				c := consoleOn(t, l)
				for _, s := range steps[:n+2] {
					require.Equal(t, 0, c.run("run", "ship-primary", "--step", s).code, s)
				}
				require.NoError(t, l.World().FailoverDatabase(t.Context(), "Mirror", false, func(string) {}))
				r := c.run("run", "ship-primary", "--step", step)
				require.Equal(t, exitRefused, r.code, r.stderr)
				require.Empty(t, r.of("action"))
				require.Contains(t, r.stderr, `mgc on SQL01\RTC is RESTORING: it is the mirror now`)
				require.NotContains(t, r.stderr, "has no chain of log backups")
			})
		})
	}
}
