package incident_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/incident"
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
	accept := engine.Given(engine.Confirmation{Accepted: true})
	sum := c.RunAll(t.Context(), "", accept, nil)
	require.Equal(t, engine.EndRefused, sum.Outcome)
	require.Equal(t, "F4b", sum.Stopped)
	require.Contains(t, sum.Error.Do, "type mgc")
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
