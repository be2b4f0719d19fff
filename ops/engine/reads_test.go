package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/journal"
)

func TestWorldThatCannotBeReadFailsWithoutAChange(t *testing.T) {
	r := newRig(t)
	step := r.step(engine.Reversible, nil)
	step.Plan = func(context.Context) (*engine.Plan, error) { return nil, &fault.Error{Class: fault.Unreachable} }
	res, err := r.run(step)
	require.NoError(t, err)
	require.Equal(t, engine.Failed, res.Outcome)
	require.False(t, res.Changed)
	raw, err := json.Marshal(r.events[len(r.events)-1].Record)
	require.NoError(t, err)
	require.Contains(t, string(raw), `"changed":false`)

	step.Plan = func(context.Context) (*engine.Plan, error) { return []*engine.Plan(nil)[1], nil }
	res, err = r.run(step)
	require.NoError(t, err)
	require.ErrorContains(t, res.Err, "index out of range")
}

func TestSentButUnreadableWorldIsUnknown(t *testing.T) {
	r := newRig(t)
	step := r.step(engine.Reversible, &engine.Plan{Actions: []engine.Action{r.action("one", nil)}})
	step.Verify = func(context.Context) (*engine.Proof, error) { return nil, errServer }
	res, err := r.run(step)
	require.NoError(t, err)
	require.Equal(t, engine.Unknown, res.Outcome)
}

func TestVerifyDecidesWhatWasUnknown(t *testing.T) {
	for holds, want := range map[bool]engine.Outcome{true: engine.Done, false: engine.Failed} {
		r := newRig(t)
		lost := func(context.Context, engine.Reporter) error { return &fault.Error{Class: fault.Lost} }
		step := r.step(engine.Reversible, &engine.Plan{Actions: []engine.Action{r.action("one", lost)}})
		_, err := r.run(step)
		require.NoError(t, err)
		require.Equal(t, engine.Unknown, r.history().Step("F4b").Outcome)

		r.holds = holds
		res, err := r.runner.Verify(t.Context(), "failover", step, r.sink)
		require.NoError(t, err)
		require.Equal(t, want, res.Outcome)
		require.Equal(t, want, r.history().Step("F4b").Outcome)
		require.Equal(t, []string{"one"}, r.sent, "verifying sends nothing")
	}
}

func TestVerifyDecidesNothingWhereTheWorldCannotBeRead(t *testing.T) {
	r := newRig(t)
	step := r.step(engine.Read, nil)
	step.Verify = func(context.Context) (*engine.Proof, error) { return nil, errServer }
	_, err := r.runner.Verify(t.Context(), "failover", step, nil)
	require.ErrorIs(t, err, errServer)
	require.Equal(t, []journal.Type{journal.Open}, r.types())
}

// An action of which an earlier run knows no outcome is settled before it is
// sent again.
func TestUnsettledActionIsSettledFirst(t *testing.T) {
	for name, c := range map[string]struct {
		took bool
		err  error
		sent []string
		want engine.Outcome
	}{
		"it took effect":       {true, nil, nil, engine.Done},
		"it did not":           {false, nil, []string{"one"}, engine.Done},
		"that cannot be known": {false, errServer, nil, engine.Unknown},
		"its end is to come":   {false, engine.ErrUnderway, []string{"one"}, engine.Done},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.runner.Unsettled = map[string]bool{"one": true}
			a := r.action("one", nil)
			a.Settle = func(context.Context) (bool, error) { return c.took, c.err }
			r.holds = c.want == engine.Done
			res, err := r.run(r.step(engine.Reversible, &engine.Plan{Actions: []engine.Action{a}}))
			require.NoError(t, err)
			require.Equal(t, c.want, res.Outcome)
			require.Equal(t, c.sent, r.sent)
			_, err = r.audit()
			require.NoError(t, err)
		})
	}
}

// A detached job may run for half an hour after its console was killed.
func TestVerifyDecidesNothingWhileAnActionIsStillUnderWay(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want engine.Outcome
	}{
		"it still runs": {engine.ErrUnderway, engine.Unknown},
		"nobody tells":  {&fault.Error{Class: fault.Unreachable, Tried: "ask for the job"}, engine.Unknown},
		"it has failed": {nil, engine.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.runner.Unsettled = map[string]bool{"one": true}
			other, a := r.action("other", nil), r.action("one", nil)
			other.Settle = func(context.Context) (bool, error) { return false, errors.New("nobody asked") }
			a.Settle = func(context.Context) (bool, error) { return false, c.err }
			res, err := r.runner.Verify(t.Context(), "failover", r.step(engine.Reversible, &engine.Plan{Actions: []engine.Action{other, a}}), nil)
			require.NoError(t, err)
			require.Equal(t, c.want, res.Outcome)
			require.Equal(t, c.want, r.history().Step("F4b").Outcome)
			require.Empty(t, r.sent)
		})
	}
}

// Signs of a goroutine that a driver left behind are not taken for those of
// the next action, and hostile ones do not break the record.
func TestReportsAreBoundedAndEndWithTheAction(t *testing.T) {
	r := newRig(t)
	r.holds = true
	var left engine.Reporter
	a := r.action("one", func(_ context.Context, rep engine.Reporter) error {
		left = rep
		rep.Observe("recovered_to", "early")
		rep.Observe("recovered_to", "2026-11-21T02:45:00Z")
		for range 500 {
			rep.Observe(strings.Repeat("\x01", 5_000), strings.Repeat("\x01", 50_000))
		}
		rep.Log(strings.Repeat("é", 1<<20))
		return nil
	})
	a.Text = strings.Repeat("\x01", 1<<20)
	step := r.step(engine.Reversible, &engine.Plan{Actions: []engine.Action{a}})
	_, err := r.run(step)
	require.NoError(t, err)
	before := len(r.events)
	left.Log("late")
	left.Progress(engine.Progress{Percent: 50})
	left.Observe("late", "late")
	require.Len(t, r.events, before)
	h := r.history()
	require.Equal(t, "2026-11-21T02:45:00Z", h.Facts["recovered_to"])
	require.Equal(t, "ONLINE", h.Facts["state"], "facts of the proof are remembered too")
	require.NotContains(t, h.Facts, "late")
}

// What cannot be read takes nothing back: neither a tick nor a skip, and neither the
// plan nor the proof; and it is no failure of what somebody may have done before.
func TestWhatCannotBeReadTakesNoTickBack(t *testing.T) {
	for _, class := range []fault.Class{fault.Unreachable, fault.Timeout, fault.Login, fault.Permission} {
		for _, stands := range []engine.Outcome{engine.Done, engine.Skipped} {
			for _, unread := range []string{"plan", "proof"} {
				r := newRig(t)
				r.holds = true
				step := r.step(engine.Reversible, &engine.Plan{Already: "it is so", Skip: map[bool]string{true: "it does not apply"}[stands == engine.Skipped]})
				_, err := r.run(step)
				require.NoError(t, err)
				require.Equal(t, stands, r.history().Step("F4b").Outcome)

				away, step := &fault.Error{Class: class, Text: "away"}, r.step(engine.Reversible, &engine.Plan{Already: "it is so"})
				if unread == "plan" {
					step.Plan = func(context.Context) (*engine.Plan, error) { return nil, away }
				} else {
					step.Verify = func(context.Context) (*engine.Proof, error) { return nil, away }
				}
				r.runner.Stands = stands
				res, err := r.run(step)
				require.NoError(t, err)
				require.Equal(t, engine.Unknown, res.Outcome)
				require.True(t, fault.Is(res.Err, class))
				past := r.history().Step("F4b")
				require.Equal(t, stands, past.Outcome)
				require.ErrorContains(t, past.Unproved, "it stays "+string(stands)+" on record")
				_, err = r.audit()
				require.NoError(t, err)

				_, err = r.run(r.step(engine.Reversible, &engine.Plan{Already: "it is so"}))
				require.NoError(t, err)
				require.Nil(t, r.history().Step("F4b").Unproved, "it was read")

				r = newRig(t)
				r.runner.Passed = true
				res, err = r.run(step)
				require.NoError(t, err)
				require.Equal(t, engine.Unknown, res.Outcome, "nothing is on record")
			}
		}
	}
}
