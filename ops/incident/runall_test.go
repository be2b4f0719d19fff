package incident_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/incident"
	held "pchatops/ops/lease"
)

func TestRunPrintsALineForEachActionAndStep(t *testing.T) {
	w := newWorld()
	c := open(t, t.TempDir(), w)
	var kinds []string
	sum := c.RunAll(t.Context(), "", yes, func(e engine.Event) {
		if e.Record == nil {
			return
		}
		raw, err := json.Marshal(e.Record)
		require.NoError(t, err)
		var line struct{ Type, Step, Outcome, Target, Text string }
		require.NoError(t, json.Unmarshal(raw, &line))
		kinds = append(kinds, line.Type+" "+line.Step+" "+line.Outcome)
		require.Equal(t, line.Type == "action", line.Target == secondary && line.Text != "")
	})
	require.NoError(t, c.close())
	require.Equal(t, []string{
		"action F1 done", "step F1 done",
		"action F3 done", "action F3 done", "action F3 done", "action F3 done", "step F3 done",
		"action F4b done", "step F4b done", "action F5 done", "step F5 done", "step F6 skipped",
	}, kinds)
	require.Equal(t, engine.EndDone, sum.Outcome)
	raw, err := json.Marshal(sum)
	require.NoError(t, err)
	require.Contains(t, string(raw), `"type":"summary"`)
	require.Contains(t, string(raw), `"steps":{"done":4,"skipped":1}`)
}

func TestMissingWordsRefuseTheRunAndSayWhichTheyAre(t *testing.T) {
	w := newWorld()
	c := open(t, t.TempDir(), w)
	accept := func(engine.Step, *engine.Plan) (engine.Confirmation, bool) {
		return engine.Confirmation{Accepted: true}, true
	}
	sum := c.RunAll(t.Context(), "", accept, nil)
	require.Equal(t, engine.EndRefused, sum.Outcome)
	require.Equal(t, "F4b", sum.Stopped)
	require.Contains(t, sum.Error.Do, "type:\nmgc")
	require.False(t, *sum.Changed)
	require.False(t, w.online)
	require.NoError(t, c.close())
}

// The service is back, a later step is not done: that is neither done nor failed.
func TestRestoredServiceWithOpenStepsIsIncomplete(t *testing.T) {
	w := newWorld()
	decline := func(s engine.Step, p *engine.Plan) (engine.Confirmation, bool) {
		c, _ := yes(s, p)
		return c, s.ID != "F5"
	}
	dir := t.TempDir()
	c := open(t, dir, w)
	sum := c.RunAll(t.Context(), "", decline, nil)
	require.Equal(t, engine.EndIncomplete, sum.Outcome)
	require.Equal(t, "F5", sum.Stopped)
	require.Equal(t, 3, sum.Steps[engine.Done])
	require.Equal(t, 1, sum.Steps[engine.Skipped], "the step behind the open one was come to")
	require.NoError(t, c.close())

	c = open(t, dir, w)
	require.Equal(t, engine.EndDone, c.RunAll(t.Context(), "F5", yes, nil).Outcome)
	require.NoError(t, c.close())
	w.failedOver(t)
}

func TestOneStepOfTheRun(t *testing.T) {
	w := newWorld()
	c := open(t, t.TempDir(), w)
	sum := c.RunAll(t.Context(), "F3", yes, nil)
	require.Equal(t, engine.EndRefused, sum.Outcome, "F1 is not done")
	require.Equal(t, engine.EndRefused, c.RunAll(t.Context(), "F9", yes, nil).Outcome)
	require.Equal(t, engine.EndDone, c.RunAll(t.Context(), "F1", yes, nil).Outcome)
	require.Equal(t, engine.EndDone, c.RunAll(t.Context(), "F3", yes, nil).Outcome)
	require.NoError(t, c.close())
	require.Equal(t, 4, w.restored)
	require.False(t, w.online)
}

func TestInterruptedRunEndsAfterTheStepUnderWay(t *testing.T) {
	w := newWorld()
	ctx, cancel := context.WithCancel(t.Context())
	c := open(t, t.TempDir(), w)
	sum := c.RunAll(ctx, "", yes, func(e engine.Event) {
		if e.Type == engine.EventAction && e.Step == "F3" {
			cancel()
		}
	})
	require.Equal(t, "F4b", sum.Stopped)
	require.Equal(t, fault.Refused, sum.Error.Class)
	require.Equal(t, 4, w.restored)
	require.NoError(t, c.close())
}

func TestVerifyOfAStepThatWasNeverRunRecordsNothing(t *testing.T) {
	w := newWorld()
	dir := t.TempDir()
	c := open(t, dir, w)
	require.NoError(t, c.Verify("F1"))
	s := c.until("the proof", func(s *incident.State) bool { return step(s, "F1").Proof != nil })
	require.False(t, step(s, "F1").Proof.Holds)
	require.Equal(t, engine.None, step(s, "F1").Outcome)
	require.NoError(t, c.Plan("F1"))
	s = c.until("the plan", func(s *incident.State) bool { return step(s, "F1").Plan != nil })
	require.Equal(t, "EXEC F1", step(s, "F1").Plan.Actions[0].Text)
	require.True(t, w.shipping)
	require.NoError(t, c.close())
}

// What a step changed is on the panel after one look, not after the next round.
func TestEveryNodeIsAskedOnceAStepHasEnded(t *testing.T) {
	w := newWorld()
	asked := make(chan string, 16)
	c := open(t, t.TempDir(), w, func(cfg *incident.Config) { cfg.Poll = func() { asked <- "poll" } })
	require.Equal(t, engine.EndDone, c.RunAll(t.Context(), "F1", yes, nil).Outcome)
	require.Equal(t, "poll", <-asked)
	require.NoError(t, c.close())
}

// terms is a right that is lost when the servers are, and taken again afterwards.
type terms struct {
	lease
	now held.Term
	w   *world
}

func (l *terms) Term(context.Context) (held.Term, error) {
	l.w.mu.Lock()
	defer l.w.mu.Unlock()
	if l.w.away { // it waits until they are back
		l.w.away = false
		l.now++
	}
	return l.now, nil
}

func (*terms) Settled(context.Context) (bool, error) { return false, nil }

func (l *terms) Prove(_ context.Context, t held.Term, _ time.Duration) error {
	l.w.mu.Lock()
	defer l.w.mu.Unlock()
	if l.w.away || t != l.now {
		return held.ErrOver
	}
	return nil
}

// The servers go away between two steps, and the right to drive with them. The
// next step is planned and confirmed anew once the right is taken again.
func TestAStepThatCouldNotBeReadIsPlannedAnewOnceTheRightIsBack(t *testing.T) {
	for _, class := range []fault.Class{fault.Unreachable, fault.Lost, fault.Timeout, fault.Refused, fault.State} {
		t.Run(string(class), func(t *testing.T) {
			w := newWorld()
			c := open(t, t.TempDir(), w, func(cfg *incident.Config) {
				cfg.Lease = &terms{lease: lease{lost: make(chan struct{})}, now: 1, w: w}
				plan, once := cfg.Procedure.Steps[2].Plan, true
				cfg.Procedure.Steps[2].Plan = func(ctx context.Context) (*engine.Plan, error) {
					if once {
						once = false
						w.mu.Lock()
						defer w.mu.Unlock()
						w.away = true
						return nil, &fault.Error{Class: class, Tried: "read", Target: secondary, Text: "away"}
					}
					return plan(ctx)
				}
			})
			sum := c.RunAll(t.Context(), "", yes, nil)
			require.NoError(t, c.close())
			if class == fault.State { // an answer is an answer
				require.Equal(t, engine.EndFailed, sum.Outcome)
				return
			}
			require.Equal(t, engine.EndDone, sum.Outcome, "%v", sum.Error)
			w.failedOver(t)
		})
	}
}

// retaken is a right that is lost for as long as somebody waits for it.
type retaken struct {
	terms
	now  *incident.Retaking
	news chan struct{}
}

func (l *retaken) Term(ctx context.Context) (held.Term, error) {
	l.w.mu.Lock()
	l.now = nil
	close(l.news)
	l.news = make(chan struct{})
	l.w.mu.Unlock()
	return l.terms.Term(ctx)
}

func (l *retaken) Retaking(ctx context.Context, known *incident.Retaking) (*incident.Retaking, error) {
	for {
		l.w.mu.Lock()
		now, wait := l.now, l.news
		l.w.mu.Unlock()
		if now != known {
			return now, nil
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Whoever reads the lines of a run, or looks at the incident, is told that nothing
// is sent while the right to drive is taken again.
func TestARightThatIsTakenAgainIsToldOnEveryFace(t *testing.T) {
	w := newWorld()
	since := time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)
	l := &retaken{terms: terms{lease: lease{lost: make(chan struct{})}, w: w}, news: make(chan struct{})}
	lost := &incident.Retaking{Since: since, Until: since.Add(time.Minute), Why: "cut"}
	l.now = lost
	c := open(t, t.TempDir(), w, func(cfg *incident.Config) {
		cfg.Lease, cfg.Retaking, cfg.LastLost = l, l.Retaking, func() *incident.Retaking { return lost }
	})
	s := c.until("the loss is seen", func(s *incident.State) bool { return s.Retaking != nil })
	require.Equal(t, "right-lost", s.Findings[0].Code)
	require.Contains(t, s.Findings[0].Why, "nothing has been sent since 03:00:00 UTC: cut")

	var lines []string
	sum := c.RunAll(t.Context(), "", yes, func(e engine.Event) {
		if e.Type == engine.EventRight {
			raw, err := json.Marshal(e.Record)
			require.NoError(t, err)
			lines = append(lines, string(raw))
		}
	})
	require.Equal(t, engine.EndDone, sum.Outcome)
	require.Equal(t, []string{
		`{"type":"right","step":"F1","held":false,"since":"2026-11-21T03:00:00Z","why":"cut"}`, `{"type":"right","step":"F1","held":true}`,
	}, lines)
	s = c.until("it is held again", func(s *incident.State) bool { return s.Retaking == nil })
	require.Empty(t, s.Findings)
	require.NoError(t, c.close())
}
