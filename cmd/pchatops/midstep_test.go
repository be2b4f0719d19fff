package main

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/lab"
	"pchatops/ops/lab/faults"
	"pchatops/ops/lab/world"
)

// The session that drives is lost in the middle of what it was sent for. Who has the
// lock again reads what came of that, plans anew and goes on; the outcome is unknown
// only where the right stays away.
func TestASessionThatIsLostInTheMiddleOfAStepIsTakenAgain(t *testing.T) {
	t.Parallel()
	const server = `SQL11\RTC`
	killed := func(g *ground) { require.NotEmpty(g.t, killDriver(g.t, g.lab, "secondary")) }
	for name, c := range map[string]struct {
		step  string
		takes time.Duration // a restore
		lost  func(g *ground)
		code  int
	}{
		"killed in F1":                       {"F1", time.Second, killed, exitDone},
		"killed in F3":                       {"F3", 10 * time.Second, killed, exitDone},
		"killed in F4b":                      {"F4b", 10 * time.Second, killed, exitDone},
		"killed on both servers":             {"F3", 10 * time.Second, func(g *ground) { killDrivers(g.t, g.lab) }, exitDone},
		"cut":                                {"F3", 10 * time.Second, func(g *ground) { g.lab.Link(server).Cut() }, exitDone},
		"cut, and the server restores on":    {"F3", 10 * time.Second, func(g *ground) { g.lab.Link(server).Strand() }, exitDone},
		"cut, and it is silent for a while":  {"F3", 10 * time.Second, func(g *ground) { silentFor(g, server, 20*time.Second) }, exitDone},
		"cut, and it is silent and restores": {"F3", 40 * time.Second, func(g *ground) { silentFor(g, server, 5*time.Second) }, exitDone},
		"cut, and it is silent for long":     {"F3", 10 * time.Second, func(g *ground) { silentFor(g, server, 10*time.Minute) }, exitUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				g := t.on
				g.start(t.Context(), lab.Options{Scenario: "failover", MirrorTime: time.Second, Pace: world.Pace{Base: c.takes, PerMB: 1}})
				said := &sayings{}
				e := g.run(t.Context(), proving{procedure: "failover", ask: best(nil), sink: g.truthfulAnd(inTheMiddleOf(c.step, said, func() { c.lost(g) }))})
				require.Equal(g.t, c.code, e.code, "%s", e.says())
				require.LessOrEqual(g.t, said.unfinished(c.step), 3, "%v", said.lines)
				require.NoError(g.t, g.lab.Lift())
				if c.code != exitDone {
					time.Sleep(c.takes) // of virtual time: what was begun goes on that long
					e = g.run(t.Context(), proving{procedure: "failover", ask: best(nil), sink: g.truthful})
					require.Equal(g.t, exitDone, e.code, "%s", e.says())
				}
				appliedOnce(g.t, g.lab)
				g.audits()
			})
		})
	}
}

// A console stands still in the middle of a restore, its sessions end, and somebody
// else drives when it goes on: it says who that is, and sends nothing.
func TestWhoStoodStillInTheMiddleOfAStepSaysWhoDrivesNow(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"F3", "F4b"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				g := t.on
				g.start(t.Context(), lab.Options{Scenario: "failover", MirrorTime: time.Minute, Pace: world.Pace{Base: 10 * time.Second, PerMB: 1}})
				host, other := g.net.Host(), make(chan ended, 1)
				said := &sayings{}
				e := g.run(t.Context(), proving{procedure: "failover", ask: best(nil), host: host, sink: g.truthfulAnd(inTheMiddleOf(step, said, func() {
					host.Stop()
					killDrivers(g.t, g.lab)
					go func() { other <- g.another(t.Context(), "failover") }()
					time.Sleep(30 * time.Second)
					host.Continue()
				}))})
				require.Equal(g.t, exitHeld, e.code, "%s", e.says())
				require.Contains(g.t, e.says(), "has been driving this site since")
				require.Equal(g.t, engine.EndRefused, e.sum.Outcome)
				require.Equal(g.t, exitDone, (<-other).code)
				appliedOnce(g.t, g.lab)
				g.audits()
			})
		})
	}
}

// silentFor cuts a server off, which goes on with what it does.
func silentFor(g *ground, name string, d time.Duration) {
	g.lab.Link(name).Hang(true)
	g.lab.Link(name).Strand()
	time.AfterFunc(d, func() { g.lab.Link(name).Hang(false) })
}

// inTheMiddleOf lets something happen once, while the first action of a step is
// carried out.
func inTheMiddleOf(step string, said *sayings, do func()) func(engine.Event) {
	var once sync.Once
	return func(e engine.Event) {
		said.hear(e)
		if e.Type == engine.EventIntent && e.Step == step {
			once.Do(func() {
				go func() {
					time.Sleep(500 * time.Millisecond)
					do()
				}()
			})
		}
	}
}

// truthfulAnd is truthful, and then another sink.
func (g *ground) truthfulAnd(then func(engine.Event)) func(engine.Event) {
	return func(e engine.Event) { g.truthful(e); then(e) }
}

// sayings are the lines of a run about its steps and its right.
type sayings struct {
	mu    sync.Mutex
	lines []string
}

func (s *sayings) hear(e engine.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e.Type == engine.EventStep {
		s.lines = append(s.lines, e.Step+" "+string(e.Outcome)+because(e.Err))
	}
	if e.Type == engine.EventRight {
		s.lines = append(s.lines, e.Line)
	}
}

// unfinished counts the lines that say that a step has not ended well.
func (s *sayings) unfinished(step string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.lines {
		if strings.HasPrefix(l, step+" "+string(engine.Unknown)) || strings.HasPrefix(l, step+" "+string(engine.Failed)) {
			n++
		}
	}
	return n
}

// The session is killed in the middle of a step, and the first data centre comes back
// meanwhile. The step is planned anew, from what is so, and a gate bars it: that is a
// refusal, and no outcome that nobody knows.
func TestAStepThatIsBarredOnceItsRightIsBackIsRefused(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"F3", "F4b"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				g := t.on
				g.start(t.Context(), lab.Options{Scenario: "failover", MirrorTime: time.Second, Pace: world.Pace{Base: 10 * time.Second, PerMB: 1}})
				e := g.run(t.Context(), proving{procedure: "failover", ask: best(nil), sink: g.truthfulAnd(inTheMiddleOf(step, &sayings{}, func() {
					require.NoError(g.t, g.lab.World().PowerOn("dc1"))
					require.NotEmpty(g.t, killDriver(g.t, g.lab, "secondary"))
				}))})
				require.Equal(g.t, 3, e.code, "%s", e.says())
				require.Contains(g.t, e.says(), "no live primary")
				require.False(g.t, g.lab.World().Ledger().Live)
			})
		})
	}
}

// A connection to the Management Shell is cut while it is read whether the step before
// still stands. Chat is down: an answer that was lost at once is asked for again.
func TestAnAnswerThatIsLostBetweenTwoStepsIsAskedForAgain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fate  faults.Fate
		times int32
	}{"once": {faults.CutBefore, 1}, "twice": {faults.CutBefore, 2}, "in its middle": {faults.CutMiddle, 1}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				var done atomic.Bool
				var lost atomic.Int32
				g := t.on
				g.start(t.Context(), lab.Options{Scenario: "failover", MirrorTime: time.Second, OnRequest: func(r lab.Request) lab.Verdict {
					if r.Target == "FE11" && done.Load() && lost.Add(1) <= c.times {
						return lab.Verdict{Fate: c.fate}
					}
					return lab.Verdict{}
				}})
				e := g.run(t.Context(), proving{procedure: "failover", ask: best(nil), sink: func(e engine.Event) {
					g.truthful(e)
					if e.Type == engine.EventStep && e.Step == "F5" && e.Outcome == engine.Done {
						done.Store(true)
					}
				}})
				require.Equal(g.t, exitDone, e.code, "%s", e.says())
				require.GreaterOrEqual(g.t, lost.Load(), c.times)
			})
		})
	}
}
