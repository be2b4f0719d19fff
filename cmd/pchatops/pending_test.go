package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
)

// What the console adds to a thousand pending backups, from F2 to F4b over a way
// of 20 ms, is less than a tenth of the time that the server takes for them. Time
// is virtual, so this measures exchanges and waiting, not this machine.
func TestAThousandPendingBackupsTakeLittleMoreThanTheirOwnTime(t *testing.T) {
	t.Parallel()
	const (
		pending  = 1000
		interval = 3 * time.Minute
		own      = 600 * time.Millisecond // of one restore
		oneWay   = 10 * time.Millisecond
	)
	virtually(t, func(t *verdict) {
		g := t.on
		g.start(t.Context(), lab.Options{Scenario: "healthy", History: time.Hour, Interval: interval, Pace: world.Pace{Base: own, PerMB: time.Nanosecond}})
		w := g.lab.World()
		w.StopAgent(world.Secondary)
		w.Elapse(pending * interval)
		require.NoError(g.t, w.PowerOff("dc1"))
		for _, node := range []string{`SQL11\RTC`, "SQL11", `SQL12\RTC`, "SQL12", "FE11"} {
			g.lab.Link(node).SetDelay(oneWay)
		}
		var began, ended time.Time
		e := g.run(t.Context(), proving{procedure: "failover", ask: best(nil), sink: func(ev engine.Event) {
			switch {
			case ev.Type == engine.EventStep && ev.Step == "F1":
				began = time.Now()
			case ev.Type == engine.EventStep && ev.Step == "F4b":
				ended = time.Now()
			}
		}})
		require.Equal(g.t, exitDone, e.code, e.says())
		restored := 0
		for _, n := range w.Ledger().Restored {
			restored += n
		}
		require.GreaterOrEqual(g.t, restored, pending)
		took, theirs := ended.Sub(began), time.Duration(restored)*own
		t.Logf("%d backups: %s, of which %s the server's own: %.1f %% more", restored, took, theirs, 100*float64(took-theirs)/float64(theirs))
		require.Less(g.t, took, theirs*11/10)
	})
}

// Over a way of 80 ms the chat servers are told to come back within 20 s of the
// first change. The verdict on the old primary comes before that, and what the
// chat servers take to start after it.
func TestTheChatServersAreCalledBackWithinTwentySecondsOverALongWay(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		g := t.on
		g.start(t.Context(), lab.Options{Scenario: "failover", Pace: world.Pace{Base: time.Millisecond, PerMB: time.Nanosecond}})
		for _, node := range []string{`SQL11\RTC`, "SQL11", `SQL12\RTC`, "SQL12", "FE11"} {
			g.lab.Link(node).SetDelay(40 * time.Millisecond)
		}
		var began, called time.Time
		e := g.run(t.Context(), proving{procedure: "failover", ask: best(nil), sink: func(ev engine.Event) {
			switch {
			case ev.Type == engine.EventStarted && ev.Step == "F1":
				began = time.Now()
			case ev.Type == engine.EventAction && ev.Step == "F7":
				called = time.Now()
			}
		}})
		require.Equal(g.t, exitDone, e.code, e.says())
		require.NotNil(g.t, g.lab.World().Ledger().ChatBack)
		t.Logf("called back after %s", called.Sub(began))
		require.Less(g.t, called.Sub(began), 20*time.Second)
	})
}
