package incident

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"pchatops/ops/await"
	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/lease"
)

// RunAll runs the steps in order until one is not done, and says how it ended.
// A deferrable step that is not done is left open and the run goes on without
// it. Steps that are already so cost a look; steps that were skipped stay so. only
// restricts it to one step, after a look at those before it: where that leaves none
// open, it ends as the whole run does. ask is asked for each plan that sends
// something; sink sees every event and may hold up the step that it comes from. When
// ctx ends no further step is begun.
func (i *Incident) RunAll(ctx context.Context, only string, ask engine.Asker, sink func(engine.Event)) engine.Summary {
	began := i.cfg.Clock.Now()
	i.knownOvertaken = i.cfg.overtaken()
	sum := engine.Summary{Type: "summary", Procedure: i.cfg.Procedure.ID, Outcome: engine.EndDone, Steps: map[engine.Outcome]int{}}
	if i.unknown(only) {
		stopAt(&sum, only, engine.EndRefused, engine.Result{}, noStep("run", only, i.cfg.Procedure))
		return sum
	}
	served, outcomes := false, map[string]engine.Outcome{} // served: the service may be back
	proofs := make([]*engine.Proof, len(i.cfg.Procedure.Steps))
	var laps laps
	for n := 0; n < len(i.cfg.Procedure.Steps); n++ {
		step := i.cfg.Procedure.Steps[n]
		if only != "" && step.ID != only {
			continue
		}
		i.reconsider(ctx, n)
		res, err := i.runAnew(ctx, step, only == "", ask, sink)
		if res.Outcome != engine.None && err == nil {
			outcomes[step.ID] = res.Outcome
		}
		proofs[n] = cmp.Or(res.Proof, proofs[n])
		ending := endingOf(res, err)
		served = served || ending == engine.EndDone && i.serves(step)
		if from, again := i.back(ctx, n, only == "", ending, cmp.Or(err, res.Err), &laps, sink); again {
			n = from - 1
			continue
		}
		err, res.Err = laps.says(err), laps.says(res.Err)
		if stands := i.cfg.Chronicle.past(step.ID).Outcome; only == "" && over(stands) && unproved(res, err) && engine.IsLater(res.Err) {
			outcomes[step.ID] = stands // the run goes on to the step that asks
			continue
		}
		if ending == engine.EndDone {
			continue
		}
		ending, waits := i.putOff(ctx, step, only == "", ending, res, err)
		stopAt(&sum, step.ID, ending, res, err)
		if !waits {
			break
		}
	}
	for _, p := range proofs {
		sum.Take(p)
	}
	i.judge(ctx, only, &sum, outcomes, served)
	for _, o := range outcomes { // the last of each: what came to light before may be so no more
		sum.Steps[o]++
	}
	sum.Seconds = engine.Seconds(max(0, i.cfg.Clock.Now().Sub(began)))
	sum.RecoveredTo = i.cfg.Chronicle.Recall(engine.RecoveredTo)
	return sum
}

// putOff says how a run ends that leaves a step open, and whether it goes on without it.
// A step that is run alone can wait, too, once people have the service or it is the last.
func (i *Incident) putOff(ctx context.Context, step engine.Step, whole bool, ending engine.Ending, res engine.Result, err error) (engine.Ending, bool) {
	last := whole || i.restOver(step.ID)
	waits := deferred(ctx, step, ending, err) && (last || i.cfg.Chronicle.Recall(engine.ChatBack) != "")
	if waits || last && ending == engine.EndUnknown && unproved(res, err) && i.serving(ctx) {
		ending = engine.EndIncomplete
	}
	return ending, waits
}

// judge says how the incident stands once the steps of a run have ended. A run that
// leaves none open looks whether all is as it was left, also one of a single step.
func (i *Incident) judge(ctx context.Context, only string, sum *engine.Summary, outcomes map[string]engine.Outcome, served bool) {
	well := sum.Outcome == engine.EndDone || sum.Outcome == engine.EndIncomplete
	last := well && only != "" && i.restOver(only)
	if served || last {
		i.serve(ctx, sum)
	}
	switch {
	case well && (last || only == ""):
		if i.cfg.Lease != nil {
			_, _ = i.cfg.Lease.Settled(ctx) // ends with ctx; then nothing is done any more
		}
		i.proveAnew(ctx, only, sum, outcomes)
		i.stillServed(ctx, sum)
	case only != "":
		i.takeRecord(sum)
		i.takeRivals(ctx, sum)
		if well {
			i.without(sum, i.lacking(ctx, only))
		}
	}
	i.tellBack(sum)
	sum.Contested()
}

// restOver reports whether every step but one is done or skipped.
func (i *Incident) restOver(but string) (is bool) {
	_ = i.ask(func(b *board) error { is = b.restOver(but); return nil }) // an incident that has ended has no last step
	return is
}

// takeRecord adds what the steps that were run before have left, as it is on record.
func (i *Incident) takeRecord(sum *engine.Summary) {
	for _, s := range i.cfg.Procedure.Steps {
		if past := i.cfg.Chronicle.past(s.ID); over(past.Outcome) && past.Proof != nil {
			sum.Take(&engine.Proof{LeftBehind: past.Proof.LeftBehind, Unread: past.Proof.Unread})
		}
	}
}

// takeRivals looks, at the end of a run of one step, for servers that serve the
// database, too. The whole run learns of them from its last steps.
func (i *Incident) takeRivals(ctx context.Context, sum *engine.Summary) {
	rivals := i.cfg.Procedure.Rivals
	if sum.Outcome != engine.EndDone || rivals == nil {
		return
	}
	var p engine.Proof
	err := fault.Guard("look who else serves the database", func() error {
		p.Rivals, p.Unread = rivals(context.WithoutCancel(ctx)) // each look bounds itself
		return nil
	})
	if err != nil {
		p.Unread = []engine.Unread{{Place: "whoever else serves the database", Why: err.Error()}}
	}
	sum.Take(&p)
}

// unknown reports whether a step is named that the procedure does not have.
func (i *Incident) unknown(only string) bool {
	return only != "" && !slices.ContainsFunc(i.cfg.Procedure.Steps, func(s engine.Step) bool { return s.ID == only })
}

// retakes bounds how often a step is planned anew for want of the right to drive.
const retakes = 30

// A right that was lost may be taken again on other servers than the one that a
// step reads: that one is waited for, too, for as long as the right would be.
const (
	returning   = time.Minute
	betweenAsks = 3 * time.Second
	soon        = 10 * time.Second // what was lost sooner is asked for again
)

// runAnew runs one step. One that stopped because the right to drive was lost, or
// could not be read when it was, is planned and confirmed anew as soon as the right
// has been taken again. So is one that lost the right and the answer at once: the
// session that was at work held the lock, so who has the lock again reads what came of
// that work. So is one of which, or of those before it, an answer was lost soon.
// And so is one that has done what it could and left something to decide: the new plan asks.
// Nothing is planned anew once another console has driven meanwhile: what was confirmed
// before does not go for what that one has left.
func (i *Incident) runAnew(ctx context.Context, step engine.Step, keepSkips bool, ask engine.Asker, sink func(engine.Event)) (res engine.Result, err error) {
	changed, left := false, ""
	began := i.cfg.Clock.Now()
	sink = unrepeated(sink)
	for range retakes {
		term := i.term(ctx, step.ID, sink)
		if err = i.overtakenBy(step.ID); err != nil {
			return engine.Result{Changed: changed}, err
		}
		res, err = i.runOne(ctx, step, keepSkips, ask, sink)
		res.Changed = res.Changed || changed
		changed = res.Changed
		why := cmp.Or(err, res.Err)
		failed := res.Outcome == engine.Failed
		unknown := res.Outcome == engine.Unknown
		switch open := err != nil || failed || res.Unread; {
		case ctx.Err() != nil: // no step is begun any more, and this one has its end
			return res, err
		case (err != nil || failed) && errors.Is(why, lease.ErrOver), (open || unknown) && unread(why) && i.over(ctx, term):
		case open && away(why) && i.returns():
			i.pause(ctx)
		case unproved(res, err) && away(why) && i.cfg.Clock.Now().Sub(began) < soon:
			i.pause(ctx)
		case failed && errors.Is(res.Err, engine.ErrDecide) && res.Err.Error() != left:
			left = res.Err.Error() // what was done is on record as done: the next plan begins there
		case open && i.over(ctx, term):
			_ = i.term(ctx, step.ID, sink) // the hosts tell by then who has driven
			return res, cmp.Or(i.overtakenBy(step.ID), err)
		default:
			return res, err
		}
	}
	return res, err
}

// overtakenBy refuses to go on with a step once another console has driven the site
// since the run began; nil: none is known to have.
func (i *Incident) overtakenBy(step string) error {
	o := i.cfg.overtaken()
	switch tell := i.cfg.Procedure.Tell; {
	case o == i.knownOvertaken:
		return nil
	case tell != nil:
		return tell(o.refuses(step))
	}
	return o.refuses(step)
}

// waits reports whether a step that a gate bars is run again: the right was lost a
// short while ago, and a server that is coming back may lift the gate.
func (i *Incident) waits(ctx context.Context, why error) bool {
	if ctx.Err() != nil || !i.returns() || !errors.Is(why, engine.ErrBarred) {
		return false
	}
	i.pause(ctx)
	return true
}

// overtakenBefore gives the first step before the nth that rescues and has more to do,
// as the servers say now; n where there is none.
func (i *Incident) overtakenBefore(ctx context.Context, n int) int {
	var before []*doubt
	_ = i.ask(func(b *board) error { // an incident that has ended has no more steps
		before = recorded(b.steps[:n], func(v *stepView) bool { return v.step.Risk != engine.DataLoss })
		return nil
	})
	readAll(ctx, before)
	_ = i.ask(func(b *board) error {
		for _, d := range before {
			b.settle(d)
		}
		return nil
	})
	if d := firstOvertaken(before); d != nil {
		return slices.IndexFunc(i.cfg.Procedure.Steps, func(s engine.Step) bool { return s.ID == d.step.ID })
	}
	return n
}

// reconsider reads whether a skip of the nth step still stands.
func (i *Incident) reconsider(ctx context.Context, n int) {
	var skips []*doubt
	_ = i.ask(func(b *board) error { // an incident that has ended has no more steps
		skips = recorded(b.steps[n:n+1], func(v *stepView) bool { return v.past.Outcome == engine.Skipped })
		return nil
	})
	readAll(ctx, skips)
	_ = i.ask(func(b *board) error {
		for _, d := range skips {
			b.settle(d)
		}
		return nil
	})
}

// pause lets a server come back.
func (i *Incident) pause(ctx context.Context) {
	if i.returns() {
		defer await.From(ctx, i.cfg.lastLost().Since, "a server that has gone away to answer again", returning)()
	} else { // only an answer was lost: it is asked for once more
		defer await.For(ctx, "a server to answer after all", betweenAsks)()
	}
	select {
	case <-ctx.Done():
	case <-i.cfg.Clock.After(betweenAsks):
	}
}

// returns reports whether the right was lost so short a while ago that a server
// may still be on its way back.
func (i *Incident) returns() bool {
	last := i.cfg.lastLost()
	return last != nil && i.cfg.Clock.Now().Sub(last.Since) < returning
}

// over reports whether the right of a term was lost, as the servers say now.
func (i *Incident) over(ctx context.Context, t lease.Term) bool {
	return t != 0 && ctx.Err() == nil && errors.Is(i.cfg.Lease.Prove(ctx, t, 0), lease.ErrOver)
}

// unread reports whether a step ended for want of an answer: one that could not be
// asked for, or one that a gate had no use of.
func unread(err error) bool { return away(err) || fault.Is(err, fault.Refused) }

// away reports whether a server did not answer.
func away(err error) bool {
	return slices.Contains([]fault.Class{fault.Unreachable, fault.Lost, fault.Timeout}, fault.ClassOf(err))
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
		if v := b.steps[b.byID[step.ID]]; keepSkips && v.outcome() == engine.Skipped && v.past.Outcome == engine.Skipped {
			rec := b.skip(v, v.reason())
			if sink != nil {
				sink(engine.Event{Time: v.past.Decided, Type: engine.EventStep, Step: step.ID, Outcome: engine.Skipped, Record: rec})
			}
			ended <- end{res: engine.Result{Outcome: engine.Skipped, Reason: rec.Reason}}
			return nil
		}
		return b.run(order{
			step: step.ID, ask: ask, sink: sink, leave: ctx.Done(), done: func(res engine.Result, err error) { ended <- end{res, err} },
		})
	})
	if err != nil {
		return engine.Result{}, err
	}
	e := <-ended // Serve returns only after the step has ended
	return e.res, e.err
}

// deferred reports whether a run goes on without a step that is not done. One whose
// outcome could not be recorded ends it, and so does an interruption before the step.
func deferred(ctx context.Context, step engine.Step, ending engine.Ending, err error) bool {
	unrecorded, interrupted := err != nil && ending == engine.EndUnknown && !errors.Is(err, errUnread), ctx.Err() != nil && ending == engine.EndRefused
	return step.Deferrable && !unrecorded && !interrupted
}

// unproved reports whether a step has sent nothing because nobody can say where it,
// or one before it, stands.
func unproved(res engine.Result, err error) bool {
	return res.Actions == 0 && (res.Unread || errors.Is(err, errUnread))
}

// endingOf says how a step ends the run; EndDone: it goes on.
func endingOf(res engine.Result, err error) engine.Ending {
	switch {
	case fault.Is(err, fault.Refused) && (!res.Changed || !errors.Is(err, lease.ErrOver)): // else it was planned anew, from what is so now
		return engine.EndRefused
	case err != nil && res.Changed, res.Outcome == engine.Unknown, errors.Is(err, errUnread):
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
		sum.Take(v.past.Proof)
	}
	sum.Contested()
	sum.ChatBack = seconds(b.backAfter())
	return sum
}
