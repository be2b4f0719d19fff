package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"pchatops/ops/await"
	"pchatops/ops/fault"
	"pchatops/ops/journal"
)

// conclude proves what sending came to. The world decides: a step whose
// postcondition holds is done even where an action reported an error. What is
// unknown and not proven stays unknown, because a lost request may still land.
func (x *run) conclude(ctx context.Context, out Outcome, cause error) (Result, error) {
	proof, err := x.proved(ctx)
	x.res.Proof, x.res.Unread = proof, err != nil
	switch {
	case err == nil && proof.Holds:
		return x.finish(Done, nil)
	case err == nil && proof.Moot != "":
		x.res.Reason = proof.Moot
		return x.finish(Skipped, nil)
	case out == Unknown:
		return x.finish(Unknown, cause)
	case out == Done && err != nil && (proof == nil || !proof.Decide):
		return x.finish(Unknown, err)
	case out == Done:
		return x.finish(Failed, x.unproven(proof))
	}
	return x.finish(Failed, cause)
}

// proved reads whether the step's postcondition holds, as the servers tell.
func (x *run) proved(ctx context.Context) (*Proof, error) {
	defer await.For(ctx, "the servers to prove "+x.step.ID, 0)()
	return Proved(ctx, x.step)
}

// ErrDecide is the cause of a step's failure that a plan made anew turns into a
// question to the operator.
var ErrDecide = errors.New("the operator has to decide")

// ErrOpen is the cause of a failure of a step that has done what there was to do, and
// has more to do by now.
var ErrOpen = errors.New("there is more to do")

func (x *run) unproven(p *Proof) error {
	f := &fault.Error{
		Class: fault.State, Tried: fmt.Sprintf("verify %s %s", x.step.ID, x.step.Title),
		Text: p.Says, Do: "look at the facts of the proof, then run the step again: it plans from what is there",
	}
	if p.Decide {
		f.Do, f.Cause = "run the step again: it asks what to do about that", ErrDecide
	} else if p.Open {
		f.Do, f.Cause = "run the step again: it goes on with that", ErrOpen
	}
	return f
}

// unread concludes a step of which the servers could not be read before anything
// was sent. That is no failure of what may be done: a tick stands, and what an earlier
// run left unknown stays unknown.
func (x *run) unread(err error) (Result, error) {
	x.res.Unread = true
	switch {
	case x.Stands != None:
		return x.finishAs(StepRecord{Stands: x.Stands}, Unknown, Unproved(x.step, x.Stands, err))
	case x.Passed:
		return x.finish(Unknown, Unproved(x.step, None, err))
	case len(x.Unsettled) > 0:
		return x.finish(Unknown, err)
	}
	return x.finish(Failed, err)
}

// Unproved says that it could not be read whether a step is still as it is on record;
// None: nothing is.
func Unproved(step Step, stands Outcome, err error) *fault.Error {
	f := &fault.Error{
		Class: fault.ClassOf(err), Tried: fmt.Sprintf("prove that %s %s is %s", step.ID, step.Title, cmp.Or(stands, Done)), Text: err.Error(), Cause: err,
		Do: "run again once that can be read",
	}
	if stands != None {
		f.Do = fmt.Sprintf("it stays %s on record; %s", stands, f.Do)
	}
	return f
}

func (x *run) finish(out Outcome, err error) (Result, error) {
	return x.finishAs(StepRecord{}, out, err)
}

// finishAs records the outcome of the step.
func (x *run) finishAs(rec StepRecord, out Outcome, cause error) (Result, error) {
	x.res.Outcome, x.res.Err, x.res.Took = out, cause, x.since(x.began)
	rec.fill(x.proc, x.step, x.res)
	if err := x.record(journal.Step, "", rec); err != nil {
		return x.res, err
	}
	x.emit(Event{
		Type: EventStep, Outcome: out, Already: x.res.Already, Plan: x.res.Plan, Proof: x.res.Proof, Err: cause,
		Took: x.res.Took, Changed: x.res.Changed, Actions: x.res.Actions, Record: rec,
	})
	return x.res, nil
}

func (x *run) refuse(err error) (Result, error) {
	x.res.Err, x.res.Took = err, x.since(x.began)
	return x.res, err
}

func (x *run) emit(e Event) {
	x.mu.Lock()
	defer x.mu.Unlock()
	e.Time, e.Step = x.Clock.Now().UTC(), x.step.ID
	x.sink(e)
}
