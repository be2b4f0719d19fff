package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
)

// lossOf is what F4b says would be lost.
func lossOf(t testing.TB, c *console) string {
	t.Helper()
	for _, s := range c.run("plan", "failover").of("step") {
		if s["step"] == "F4b" {
			return fmt.Sprint(s["loss"])
		}
	}
	t.Fatal("there is no plan of F4b")
	return ""
}

// A primary whose clock is wrong dates its backups wrong. A console that has
// never seen it alive is not misled: neither by one that is wrong still, nor by
// one that was put right.
func TestAPrimaryWhoseClockWasWrongMakesNoLossSmaller(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ahead time.Duration
		mend  bool
		says  string
	}{
		"an hour ahead":                  {62 * time.Minute, false, "nobody knows how much"},
		"days ahead":                     {70 * time.Hour, false, "nobody knows how much"},
		"an hour ahead, and right again": {62 * time.Minute, true, "nobody knows how much"},
		"an hour behind":                 {-62 * time.Minute, false, "which nobody has compared"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				l := startSite(t, "healthy", lab.Options{})
				w := l.World()
				require.NoError(t, w.SetSkew(world.Primary, c.ahead))
				w.Elapse(90 * time.Minute) // shipped, copied and restored by that clock
				w.Elapse(11 * time.Minute)
				if c.mend {
					require.NoError(t, w.SetSkew(world.Primary, 0))
				}
				require.NoError(t, w.PowerOff("dc1"))
				console := consoleOn(t, l)
				require.Contains(t, lossOf(t, console), c.says)
				snapshot := console.run("status").of("snapshot")[0]
				if seconds, known := snapshot["exposure_seconds"].(float64); known {
					require.GreaterOrEqual(t, seconds, 660.0, snapshot)
				}
				require.Contains(t, snapshot["exposure_why"], c.says)

				done := console.run(append([]string{"run", "failover"}, confirm()...)...)
				require.Equal(t, 0, done.code, done.stderr)
				require.Zero(t, w.Ledger().Lost)
				to, told := done.summary(t)["recovered_to"].(string)
				require.Equal(t, c.ahead < 0, told, "up to when is not told by a clock that is shown to be wrong: "+to)
			})
		})
	}
}

// While backups wait, the clock that dates them is set back: they tell no span of time.
func TestAClockThatIsSetBackAmongWaitingBackupsTellsNoLoss(t *testing.T) {
	t.Parallel()
	for _, back := range []time.Duration{20 * time.Minute, 3 * time.Hour} {
		virtually(t, func(t *verdict) {
			l := startSite(t, "healthy", lab.Options{})
			w := l.World()
			w.StopAgent(`SQL11\RTC`)
			w.Elapse(40 * time.Minute)
			require.NoError(t, w.SetSkew(world.Primary, -back))
			w.Elapse(75 * time.Minute)
			require.NoError(t, w.PowerOff("dc1"))
			loss := lossOf(t, consoleOn(t, l))
			require.Contains(t, loss, "nobody knows how much chat", back)
		})
	}
}

// A clock that is wrong, or was for a while, brings no finding that is not so,
// and is one itself. Whether log is missing the headers say.
func TestAClockThatIsOrWasWrongBringsNoFalseFinding(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		role  string
		ahead time.Duration
		// so are the codes that a wrong clock of the primary makes true: log shipping
		// goes by the names of files.
		so []string
	}{
		{world.Primary, 62 * time.Minute, []string{"job-failed"}},
		{world.Primary, 70 * time.Hour, []string{"no-restore", "job-failed"}},
		{world.Primary, -62 * time.Minute, []string{"no-restore", "job-failed", "no-backup"}},
		{world.Secondary, 62 * time.Minute, nil},
		{world.Secondary, 70 * time.Hour, nil},
		{world.Secondary, -62 * time.Minute, nil},
		{world.Secondary, -70 * time.Hour, nil},
	} {
		t.Run(fmt.Sprint(c.role, " by ", c.ahead), func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				l := startSite(t, "healthy", lab.Options{Speed: 0.001})
				w, console := l.World(), consoleOn(t, l)
				w.Elapse(7 * time.Minute)
				require.NoError(t, w.SetSkew(c.role, c.ahead))
				for i, then := range []time.Duration{0, time.Minute, 16 * time.Minute, 2 * time.Hour, 0, time.Minute, 17 * time.Minute, 80 * time.Minute} {
					if i == 4 {
						require.NoError(t, w.SetSkew(c.role, 0))
					}
					w.Elapse(then)
					status := console.run("status")
					found := map[string]bool{}
					for _, f := range status.of("snapshot")[0]["findings"].([]any) {
						f := f.(map[string]any)
						found[fmt.Sprint(f["code"])] = true
						if code := f["code"]; code != "clock-wrong" {
							require.Contains(t, c.so, code, "look %d: %s", i, f["why"])
						}
					}
					require.Zero(t, status.code, "nothing critical is so: %v", found)
					require.True(t, i >= 4 || found["clock-wrong"], "look %d: %v", i, found)
				}
			})
		})
	}
}
