package engine_test

import (
	"context"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/journal"
)

func TestEveryActionHasAnIntentBeforeAndAnOutcomeAfter(t *testing.T) {
	r := newRig(t)
	r.holds = true
	var onDisk []journal.Type
	look := func(context.Context, engine.Reporter) error { onDisk = r.types(); return nil }
	res, err := r.run(r.step(engine.Reversible, &engine.Plan{Actions: []engine.Action{r.action("one", nil), r.action("two", look)}}))
	require.NoError(t, err)
	require.Equal(t, engine.Done, res.Outcome)
	require.Equal(t, 2, res.Actions)
	require.True(t, res.Changed)
	require.Equal(t, journal.Intent, onDisk[len(onDisk)-1], "the intent is on the disk while the action is under way")
	require.Equal(t, []journal.Type{
		journal.Open, journal.Plan, journal.Intent, journal.Action, journal.Intent, journal.Action, journal.Step,
	}, r.types())
	a, err := r.audit()
	require.NoError(t, err)
	require.Equal(t, 2, a.Actions)
	require.Equal(t, 1, a.Proofs)
}

func TestWhatMoreAddsIsSentAfterThePlan(t *testing.T) {
	for name, end := range map[string]error{"the end": io.EOF, "no action": nil} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.holds = true
			left := []string{"two", "three"}
			plan := &engine.Plan{Actions: []engine.Action{r.action("one", nil)}, More: func(context.Context) (*engine.Action, error) {
				if len(left) == 0 {
					return nil, end
				}
				a := r.action(left[0], nil)
				left = left[1:]
				return &a, nil
			}}
			res, err := r.run(r.step(engine.Reversible, plan))
			require.NoError(t, err)
			require.Equal(t, engine.Done, res.Outcome)
			require.Equal(t, []string{"one", "two", "three"}, r.sent)
		})
	}
}

func TestNothingIsSentWhereNothingIsLeftToDo(t *testing.T) {
	never := func(engine.Step, *engine.Plan) (engine.Confirmation, bool) {
		t.Error("nobody is asked to confirm nothing")
		return engine.Confirmation{}, false
	}
	for name, c := range map[string]struct {
		plan    *engine.Plan
		holds   bool
		want    engine.Outcome
		already bool
	}{
		"already so":                    {&engine.Plan{Already: "mgc is online"}, true, engine.Done, true},
		"already so beside a gate":      {&engine.Plan{Already: "mgc is online", Gates: []engine.Gate{{Name: "restoring"}}}, true, engine.Done, true},
		"nothing planned, and it holds": {&engine.Plan{}, true, engine.Done, true},
		"nothing planned, yet not so":   {&engine.Plan{}, false, engine.Failed, false},
		"does not apply to this site":   {&engine.Plan{Skip: "no secondary mirror is configured"}, false, engine.Skipped, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.holds = c.holds
			res, err := r.runner.Run(t.Context(), "failover", r.step(engine.DataLoss, c.plan), never, r.sink)
			require.NoError(t, err)
			require.Equal(t, c.want, res.Outcome)
			require.Equal(t, c.already, res.Already)
			require.False(t, res.Changed)
			require.Equal(t, c.want, r.history().Step("F4b").Outcome)
			require.Equal(t, c.plan.Skip, r.history().Step("F4b").Reason)
		})
	}
}

// What an action's end means for the step: an answer that is missing is not
// an answer, and the world has the last word.
func TestOutcomeOfAStepWhoseActionDoesNotEndWell(t *testing.T) {
	server := func(c fault.Class) error { return &fault.Error{Class: c, Tried: "restore", Target: `SQL11\RTC`} }
	for name, c := range map[string]struct {
		do      func(ctx context.Context, rep engine.Reporter) error
		holds   bool
		want    engine.Outcome
		action  engine.Outcome
		changed bool
	}{
		"refused by the server":         {func(context.Context, engine.Reporter) error { return server(fault.ChainGap) }, false, engine.Failed, engine.Failed, false},
		"an error of no class":          {func(context.Context, engine.Reporter) error { return errServer }, false, engine.Failed, engine.Failed, false},
		"refused, yet the world is so":  {func(context.Context, engine.Reporter) error { return server(fault.State) }, true, engine.Done, engine.Failed, false},
		"connection lost":               {func(context.Context, engine.Reporter) error { return server(fault.Lost) }, false, engine.Unknown, engine.Unknown, true},
		"no answer in time":             {func(context.Context, engine.Reporter) error { return server(fault.Timeout) }, false, engine.Unknown, engine.Unknown, true},
		"deadline":                      {func(context.Context, engine.Reporter) error { return context.DeadlineExceeded }, false, engine.Unknown, engine.Unknown, true},
		"connection lost, yet it is so": {func(context.Context, engine.Reporter) error { return server(fault.Lost) }, true, engine.Done, engine.Unknown, true},
		"a defect in the step":          {func(context.Context, engine.Reporter) error { panic("nil map") }, false, engine.Unknown, engine.Unknown, true},
		"done, but the world is not so": {nil, false, engine.Failed, engine.Done, true},
		"failed after part of it was done": {func(_ context.Context, rep engine.Reporter) error {
			rep.Progress(engine.Progress{Done: 1})
			return errServer
		}, false, engine.Failed, engine.Failed, true},
		"failed after it was begun": {func(_ context.Context, rep engine.Reporter) error {
			rep.Progress(engine.Progress{Percent: -1, Begun: true})
			return errServer
		}, false, engine.Failed, engine.Failed, true},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.holds = c.holds
			plan := &engine.Plan{Actions: []engine.Action{r.action("one", c.do), r.action("two", nil)}}
			if c.do == nil {
				plan.Actions = plan.Actions[:1]
			}
			res, err := r.run(r.step(engine.Reversible, plan))
			require.NoError(t, err)
			require.Equal(t, c.want, res.Outcome)
			require.Equal(t, c.changed, res.Changed)
			require.Equal(t, []string{"one"}, r.sent, "nothing is sent after an action that is not done")
			past := r.history().Step("F4b")
			require.Equal(t, c.want, past.Outcome)
			require.Equal(t, c.action, past.Actions[0].Outcome)
			require.Equal(t, res.Outcome == engine.Done, res.Err == nil)
			_, err = r.audit()
			require.NoError(t, err)
		})
	}
}

func TestEndOfTheIncidentInMidActionIsUnknown(t *testing.T) {
	r := newRig(t)
	ctx, cancel := context.WithCancel(t.Context())
	cut := r.action("one", func(context.Context, engine.Reporter) error { cancel(); return errServer })
	plan := &engine.Plan{Actions: []engine.Action{cut}}
	res, err := r.runner.Run(ctx, "failover", r.step(engine.Reversible, plan), answer(engine.Confirmation{Accepted: true}), nil)
	require.NoError(t, err)
	require.Equal(t, engine.Unknown, res.Outcome)
	require.True(t, r.history().Step("F4b").Unsettled["one"])
}

func TestLosingTheLeaseStopsBeforeTheNextAction(t *testing.T) {
	r := newRig(t)
	lose := func(context.Context, engine.Reporter) error { close(r.lease.lost); return nil }
	res, err := r.run(r.step(engine.Reversible, &engine.Plan{Actions: []engine.Action{r.action("one", lose), r.action("two", nil)}}))
	require.NoError(t, err)
	require.Equal(t, engine.Failed, res.Outcome)
	require.True(t, res.Changed)
	require.True(t, fault.Is(res.Err, fault.Refused), "%v", res.Err)
	require.Equal(t, []string{"one"}, r.sent)

	r.lease.err = errServer
	_, err = r.run(r.step(engine.Reversible, &engine.Plan{Actions: []engine.Action{r.action("two", nil)}}))
	require.True(t, fault.Is(err, fault.Refused), "%v", err)
	require.Equal(t, []string{"one"}, r.sent)
}

// A console died while an action was under way. The next one runs the step
// again and cannot read the servers: that proves nothing about the action.
func TestWhatIsUnknownStaysUnknownWhileTheWorldCannotBeRead(t *testing.T) {
	silent := func(context.Context) (*engine.Plan, error) {
		return nil, &fault.Error{Class: fault.Unreachable, Tried: "read the status", Target: `SQL11\RTC`}
	}
	for name, c := range map[string]struct {
		unsettled map[string]bool
		want      engine.Outcome
	}{
		"nothing was under way":              {nil, engine.Failed},
		"an action has no outcome on record": {map[string]bool{"one": true}, engine.Unknown},
	} {
		for part, change := range map[string]func(*engine.Step){
			"plan": func(s *engine.Step) { s.Plan = silent },
			"proof": func(s *engine.Step) {
				s.Verify = func(context.Context) (*engine.Proof, error) { return nil, errServer }
			},
		} {
			t.Run(name+", no "+part, func(t *testing.T) {
				r := newRig(t)
				r.runner.Unsettled = c.unsettled
				step := r.step(engine.Reversible, &engine.Plan{Already: "so it seems"})
				change(&step)
				res, err := r.run(step)
				require.NoError(t, err)
				require.Equal(t, c.want, res.Outcome)
				require.Error(t, res.Err)
				require.Equal(t, c.want, r.history().Step("F4b").Outcome)
			})
		}
	}
}
