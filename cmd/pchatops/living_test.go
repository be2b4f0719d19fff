package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
)

// The primary was taken for dead, comes back between two steps and ships: whatever
// refuses the next step first, its refusal says that the primary lives.
func TestARefusalSaysThatThePrimaryLives(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{Speed: 60})
		c := consoleOn(t, l)
		for _, id := range []string{"F1", "F2", "F3", "F4a"} {
			require.Equal(t, 0, c.run("run", "failover", "--step", id).code, id)
		}
		before, err := l.World().Backups(world.Share)
		require.NoError(t, err)
		ctl(t, l, "power", map[string]string{"target": "dc1", "on": "true"})
		until(t, "the primary has shipped", func() bool {
			now, err := l.World().Backups(world.Share)
			return err == nil && len(now) > len(before)
		})
		for _, id := range []string{"F3", "F4b"} {
			r := c.run(append([]string{"run", "failover", "--step", id}, confirm()...)...)
			require.Equal(t, 3, r.code, "%s: %s", id, r.stderr)
			require.Contains(t, r.stderr, `SQL01\RTC answers: mgc is ONLINE`, id)
		}
		require.NotEqual(t, "ONLINE", l.World().StateOf(`SQL11\RTC`))
	})
}

// One of the two servers lives, and the other has been silent for a moment. The run
// is refused in any case; what it says of the silent one is final all the same.
func TestARefusalStatesTheFinalVerdictOnBothServers(t *testing.T) {
	t.Parallel()
	for name, off := range map[string]map[string]string{
		"the mirror took over":             {"target": primaryName, "how": "refused"},
		"the mirror took over, in silence": {"target": primaryName, "how": "silent"},
		"the primary lives":                {"target": mirrorName, "how": "silent"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				l := startSite(t, "healthy", lab.Options{Speed: 60})
				ctl(t, l, "power", map[string]string{"target": off["target"], "how": off["how"], "on": "false"})
				until(t, "one of the two serves", func() bool {
					return l.World().StateOf(primaryName) == "ONLINE" && off["target"] != primaryName || l.World().StateOf(mirrorName) == "ONLINE" && off["target"] != mirrorName
				})
				r := consoleOn(t, l).run("run", "failover")
				require.Equal(t, 3, r.code, r.stderr)
				require.Contains(t, r.stderr, "answers: mgc is ONLINE")
				require.Contains(t, r.stderr, off["target"]+": dead, silent since")
				require.NotContains(t, r.stderr, "wait for the verdict")
			})
		})
	}
}
