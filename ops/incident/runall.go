package incident

import (
	"context"
	"slices"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
)

// RunAll runs the steps in order until one is not done, and says how it ended.
// A deferrable step that is not done is left open and the run goes on without
// it. Steps that are already so cost a look; steps that were skipped stay so. only
// restricts it to one step, after a look at those before it. ask is asked for
// each plan that sends something; sink sees every event and may hold up the
// step that it comes from. When ctx ends no further step is begun.
func (i *Incident) RunAll(ctx context.Context, only string, ask engine.Asker, sink func(engine.Event)) engine.Summary {
	began := i.cfg.Clock.Now()
	sum := engine.Summary{Type: "summary", Procedure: i.cfg.Procedure.ID, Outcome: engine.EndDone, Steps: map[engine.Outcome]int{}}
	if i.unknown(only) {
		stopAt(&sum, only, engine.EndRefused, engine.Result{}, noStep("run", only, i.cfg.Procedure))
		return sum
	}
	for _, step := range i.cfg.Procedure.Steps {
		if only != "" && step.ID != only {
			continue
		}
		res, err := i.runOne(ctx, step, only == "", ask, sink)
		if res.Outcome != engine.None && err == nil {
			sum.Steps[res.Outcome]++
		}
		ending := endingOf(res, err)
		if ending == engine.EndDone {
			continue
		}
		unrecorded := err != nil && ending == engine.EndUnknown
		if only == "" && step.Deferrable && ctx.Err() == nil && !unrecorded {
			stopAt(&sum, step.ID, engine.EndIncomplete, res, err)
			continue
		}
		stopAt(&sum, step.ID, ending, res, err)
		break
	}
	sum.Seconds = engine.Seconds(max(0, i.cfg.Clock.Now().Sub(began)))
	sum.RecoveredTo = i.cfg.Chronicle.Recall(engine.RecoveredTo)
	return sum
}

// unknown reports whether a step is named that the procedure does not have.
func (i *Incident) unknown(only string) bool {
	return only != "" && !slices.ContainsFunc(i.cfg.Procedure.Steps, func(s engine.Step) bool { return s.ID == only })
}

// runOne runs one step and waits until the owner has taken its end over.
func (i *Incident) runOne(ctx context.Context, step engine.Step, keepSkips bool, ask engine.Asker, sink func(engine.Event)) (engine.Result, error) {
	if ctx.Err() != nil {
		return engine.Result{}, refused("run "+step.ID, "interrupted", "run again: it goes on where the world stands")
	}
	type end struct {
		res engine.Result
		err error
	}
	ended := make(chan end, 1)
	err := i.ask(func(b *board) error {
		if v := b.steps[b.byID[step.ID]]; keepSkips && v.past.Outcome == engine.Skipped {
			rec := b.skip(v, v.past.Reason)
			if sink != nil {
				sink(engine.Event{Time: v.past.Decided, Type: engine.EventStep, Step: step.ID, Outcome: engine.Skipped, Record: rec})
			}
			ended <- end{res: engine.Result{Outcome: engine.Skipped, Reason: rec.Reason}}
			return nil
		}
		return b.run(step.ID, ask, sink, func(res engine.Result, err error) { ended <- end{res, err} })
	})
	if err != nil {
		return engine.Result{}, err
	}
	e := <-ended // Serve returns only after the step has ended
	return e.res, e.err
}

// endingOf says how a step ends the run; EndDone: it goes on.
func endingOf(res engine.Result, err error) engine.Ending {
	switch {
	case fault.Is(err, fault.Refused) && !res.Changed:
		return engine.EndRefused
	case err != nil && res.Changed, res.Outcome == engine.Unknown:
		return engine.EndUnknown
	case err != nil, res.Outcome == engine.Failed:
		return engine.EndFailed
	}
	return engine.EndDone
}

func stopAt(sum *engine.Summary, step string, ending engine.Ending, res engine.Result, err error) {
	sum.Outcome = ending
	if err == nil {
		err = res.Err
	}
	sum.Stopped, sum.Changed, sum.Error = step, &res.Changed, engine.Fault(err)
}

// summary is how the incident as a whole stands, for its close line.
func (b *board) summary() engine.Summary {
	sum := engine.Summary{
		Type: "summary", Procedure: b.cfg.Procedure.ID, Outcome: engine.EndDone, Steps: map[engine.Outcome]int{},
		Seconds: engine.Seconds(b.elapsed()), RecoveredTo: b.cfg.Chronicle.Recall(engine.RecoveredTo),
	}
	for _, v := range b.steps {
		sum.Steps[v.past.Outcome]++
	}
	return sum
}
