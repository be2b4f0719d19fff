package failover

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/site"
	"pchatops/ops/status"
)

// F4b, asked once all is applied: the last backup was taken at 02:45, and the
// primary was last seen alive at 02:58.
func TestTheLossThatF4bStatesIsOfNoWrongClock(t *testing.T) {
	loss := func(primary, secondary, console time.Duration, saw bool) string {
		e := newEstate(t)
		for path, h := range e.secondary.files {
			h.Server, h.Finished = `SQL01\RTC`, h.Finished.Add(primary)
			e.secondary.files[path] = h
		}
		for i := range e.secondary.applied {
			h := &e.secondary.applied[i]
			h.Server, h.Held, h.Finished = `SQL01\RTC`, h.Finished.Add(secondary+30*time.Minute), h.Finished.Add(primary)
		}
		e.Now = func() time.Time { return disaster.Add(console) }
		e.secondary.facts.ServerTime = disaster.Add(secondary)
		seen := status.Node{Role: site.Primary, Address: `SQL01\RTC`, Answered: disaster.Add(console - 2*time.Minute)}
		seen.Facts.ServerTime, seen.Facts.Database = disaster.Add(primary-2*time.Minute), status.Database{Exists: true, State: "ONLINE"}
		e.Seen = func(r site.Role) (status.Node, bool) {
			if saw && r == site.Primary {
				return seen, true
			}
			return status.Node{}, false
		}
		_, err := e.run(t, "F2")
		require.NoError(t, err)
		_, err = e.run(t, "F3")
		require.NoError(t, err)
		return e.plan(t, "F4b").Loss
	}
	const wrong = 50 * time.Minute // the names keep the right time, and tell no zone
	for _, c := range []struct{ primary, secondary, console time.Duration }{
		{}, {primary: wrong}, {primary: -wrong}, {secondary: wrong}, {secondary: -wrong}, {console: wrong}, {console: -wrong}, {wrong, -wrong, 3 * wrong},
	} {
		says := loss(c.primary, c.secondary, c.console, true)
		require.Contains(t, says, `up to 13m 00s of chat, counted to when SQL01\RTC was last seen alive`, c)
		if c.primary != c.secondary {
			require.Contains(t, says, `that of SQL11\RTC, which is allowed for`, c)
		}
	}
	const due = "up to 15m 00s of chat, counted to when its next backup was due"
	for _, secondary := range []time.Duration{0, -20 * time.Minute} {
		require.Contains(t, loss(0, secondary, 0, false), due, "two clocks that nobody compared measure nothing")
	}
	require.Contains(t, loss(0, 40*time.Hour, 0, false), "up to 40h 15m of chat", "or all of it was brought so late")
	require.Contains(t, loss(0, 0, 0, false), `by the clock of SQL01\RTC, which nobody has compared with another`)
	require.Contains(t, loss(wrong, 0, 0, false), due+": all that was written after the last applied backup; up to when is not known")
}
