package main

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/journal"
	"pchatops/ops/lab"
	"pchatops/ops/lab/scenario"
)

// withoutMirror is an operator who does not confirm F6.
func withoutMirror(s engine.Step, p *engine.Plan) (engine.Confirmation, bool) {
	c, ok := best(nil)(s, p)
	return c, ok && s.ID != "F6"
}

// What was seen to be back is not waited for a second time: not when the run is
// repeated, and not at its end. What F7 has to bring back once more is.
func TestChatThatWasSeenIsNotWaitedForAgain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		between func(g *ground) // the two runs
		at      string          // the step of the second run at whose end during is done
		during  func(g *ground)
		code    int
		says    string
		longest time.Duration // of the second run
	}{
		"it is there": {func(*ground) {}, "", nil, exitDone, "", 60 * time.Second},
		"it has gone between the runs": {
			func(g *ground) { stopChat(t, g.lab, true) }, "", nil, exitIncomplete, "it was back, and has gone away again", 90 * time.Second,
		},
		"it goes while the mirror is made": {
			func(*ground) {}, "F7", func(g *ground) { stopChat(t, g.lab, true) }, exitIncomplete, "it was back, and has gone away again", 90 * time.Second,
		},
		"F7 is undone, and it comes back a minute after that is done anew": {
			func(g *ground) {
				stopChat(t, g.lab, true)
				require.NoError(g.t, g.lab.World().SetActiveServers([]string{"chat01.litwareinc.com"}))
			}, "F7", func(g *ground) { time.AfterFunc(time.Minute, func() { stopChat(t, g.lab, false) }) }, exitDone, "", 120 * time.Second,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				g := t.on
				ctx := t.Context()
				g.start(ctx, lab.Options{Scenario: "failover", MirrorTime: 10 * time.Second})
				e := g.run(ctx, proving{procedure: "failover", ask: withoutMirror})
				require.Equal(g.t, exitIncomplete, e.code, e.says())
				require.NotNil(g.t, e.sum.ChatBack, e.says())
				c.between(g)
				began := time.Now()
				e = g.run(ctx, proving{procedure: "failover", ask: best(nil), sink: func(ev engine.Event) {
					if ev.Type == engine.EventStep && ev.Step == c.at {
						c.during(g)
					}
				}})
				require.Equal(g.t, c.code, e.code, e.says())
				require.Contains(g.t, e.says(), c.says)
				require.Less(g.t, time.Since(began), c.longest, e.says())
			})
		})
	}
}

// Chat is back, and what becomes of the mirror is not known, or it failed: whoever
// runs the failover reads that it is incomplete, and which step is open.
func TestAMirrorOfWhichNobodyKnowsLeavesTheRunIncomplete(t *testing.T) {
	t.Parallel()
	cut := func(g *ground) { g.ctl("network", map[string]string{"node": "FE11", "state": "down"}) }
	dies := func(target string) func(*ground) {
		return func(g *ground) { g.ctl("power", map[string]string{"target": target, "on": "false"}) }
	}
	for name, c := range map[string]struct {
		interrupt bool
		takes     time.Duration // the mirror
		wrong     func(g *ground)
		code      int
		step      string
		again     []int // once it is mended
	}{
		"interrupted, and it is made":                       {true, time.Minute, func(*ground) {}, exitDone, "", []int{exitDone}},
		"its replies are lost, and it is made":              {false, time.Minute, cut, exitIncomplete, "", []int{exitDone}},
		"interrupted, its replies are lost, and it is made": {true, time.Minute, cut, exitIncomplete, "", []int{exitDone}},
		"its replies are lost":                              {false, time.Hour, cut, exitIncomplete, "F6", []int{exitDone}},
		"interrupted, and its replies are lost":             {true, time.Hour, cut, exitIncomplete, "F6", []int{exitDone}},
		"interrupted, and the management host dies":         {true, time.Minute, dies("FE11"), exitIncomplete, "F6", []int{exitDone}},
		"interrupted, and the mirror's server dies":         {true, time.Minute, dies(`SQL12\RTC`), exitIncomplete, "F6", []int{exitDone, exitIncomplete}}, // what is left of it may have a phrase of its own
		"interrupted, and the mirror's server hangs":        {true, time.Minute, func(g *ground) { g.lab.Link(`SQL12\RTC`).Hang(true) }, exitIncomplete, "F6", []int{exitDone}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				g := t.on
				g.start(t.Context(), lab.Options{Scenario: "failover", MirrorTime: c.takes})
				ctx, interrupt := context.WithCancel(t.Context())
				var seen atomic.Bool
				wrong := sync.OnceFunc(func() { c.wrong(g) })
				e := g.run(ctx, proving{procedure: "failover", ask: best(nil), recorder: func(r engine.Recorder) engine.Recorder {
					return noting{r, &seen}
				}, sink: func(ev engine.Event) {
					if seen.Load() && ev.Step == "F6" && (ev.Type == engine.EventLog || ev.Type == engine.EventProgress) && g.lab.World().MirrorInstalls() > 0 {
						wrong()
						if c.interrupt {
							interrupt()
						}
					}
				}})
				interrupt()
				require.NotNil(g.t, e.sum.ChatBack, e.says())
				require.Equal(g.t, c.code, e.code, e.says())
				if c.code == exitIncomplete {
					require.Equal(g.t, engine.EndIncomplete, e.sum.Outcome)
					require.Equal(g.t, c.step, e.sum.Stopped, e.says())
				}
				require.NoError(g.t, g.lab.Lift())
				e = g.run(t.Context(), proving{procedure: "failover", ask: best(nil)})
				require.Contains(g.t, c.again, e.code, e.says())
			})
		})
	}
}

// noting notes when it is on record that chat was seen.
type noting struct {
	engine.Recorder
	seen *atomic.Bool
}

func (n noting) Append(l journal.Line) (journal.Line, error) {
	l, err := n.Recorder.Append(l)
	if l.Type == journal.Seen {
		n.seen.Store(true)
	}
	return l, err
}

// ctl does what a command of the control port does.
func (g *ground) ctl(do string, with map[string]string) {
	require.NoError(g.t, g.lab.Perform([]scenario.Step{{Do: do, With: with}}))
}
