package engine_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/journal"
)

// brittle fails at its nth line and ever after.
type brittle struct {
	engine.Recorder
	left int
}

func (b *brittle) Append(l journal.Line) (journal.Line, error) {
	if b.left--; b.left < 0 {
		return l, &fault.Error{Class: fault.Disk, Tried: "write the journal"}
	}
	return b.Recorder.Append(l)
}

// Wherever the journal fails, no action follows, the caller is told, and what
// is on record never claims more than what was proven.
func TestNothingIsSentOnceTheJournalFails(t *testing.T) {
	whole := 6 // plan, two intents, two outcomes, step
	for n := range whole {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			r := newRig(t)
			r.runner.Journal = &brittle{Recorder: r.journal, left: n}
			_, err := r.run(r.step(engine.Reversible, &engine.Plan{Actions: []engine.Action{r.action("one", nil), r.action("two", nil)}}))
			require.True(t, fault.Is(err, fault.Disk), "%v", err)
			require.Len(t, r.sent, n/2, "an action is sent exactly when its intent is on the disk")
			past := r.history().Step("F4b")
			require.Equal(t, n == 2 || n == 4, past.Outcome == engine.Unknown, "an intent alone means unknown")
			require.Equal(t, n == 2 || n == 4, len(past.Unsettled) == 1)
		})
	}
}

func TestUnknownStepRunAgainIsDone(t *testing.T) {
	r := newRig(t)
	lost := func(context.Context, engine.Reporter) error { return &fault.Error{Class: fault.Lost} }
	_, err := r.run(r.step(engine.Reversible, &engine.Plan{Actions: []engine.Action{r.action("one", lost)}}))
	require.NoError(t, err)
	r.holds = true
	_, err = r.run(r.step(engine.Reversible, &engine.Plan{Already: "it is so"}))
	require.NoError(t, err)
	past := r.history().Step("F4b")
	require.Equal(t, engine.Done, past.Outcome)
	require.True(t, past.Already)
	require.Empty(t, past.Unsettled)
}

func TestHistoryOfALongRunIsBounded(t *testing.T) {
	h := engine.NewHistory()
	require.NoError(t, h.Apply(line(t, journal.Plan, engine.PlanRecord{Step: "F3", Total: 5_000})))
	for i := range 5_000 {
		rec := engine.ActionRecord{Step: "F3", ID: fmt.Sprint("restore ", i)}
		require.NoError(t, h.Apply(line(t, journal.Intent, rec)))
		rec.Outcome = engine.Done
		require.NoError(t, h.Apply(line(t, journal.Action, rec)))
	}
	past := h.Step("F3")
	require.Equal(t, 5_000, past.Sent)
	require.LessOrEqual(t, len(past.Actions), 500)
	require.Equal(t, "restore 4999", past.Actions[len(past.Actions)-1].ID)
	require.Empty(t, past.Unsettled)
}

func TestHistoryRefusesWhatItCannotRead(t *testing.T) {
	for _, typ := range []journal.Type{journal.Open, journal.Plan, journal.Intent, journal.Action, journal.Step, journal.Skip, journal.Close} {
		err := engine.NewHistory().Apply(journal.Line{Type: typ, Data: json.RawMessage(`{"step":7,"site":7,"steps":7}`)})
		require.ErrorContains(t, err, string(typ))
	}
}

func line(t *testing.T, typ journal.Type, data any) journal.Line {
	t.Helper()
	raw, err := json.Marshal(data)
	require.NoError(t, err)
	return journal.Line{Type: typ, By: "alice", Data: raw}
}

// What was seen while a plan was made counts, whatever becomes of the plan.
func TestWhatAPlanHasSeenIsRememberedThoughItIsRefused(t *testing.T) {
	r := newRig(t)
	plan := &engine.Plan{
		Actions: []engine.Action{r.action("one", nil)}, Facts: []engine.Fact{{Name: "backups that wait", Value: "mgc_1.trn"}},
		Gates: []engine.Gate{{Name: "no live primary", Seen: "it lives", Want: "dead"}},
	}
	_, err := r.run(r.step(engine.Reversible, plan))
	require.True(t, fault.Is(err, fault.Refused), "%v", err)
	require.Empty(t, r.sent)
	require.Equal(t, "mgc_1.trn", r.history().Facts["backups that wait"])
}
