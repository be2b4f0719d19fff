package engine

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"pchatops/ops/await"
	"pchatops/ops/fault"
	"pchatops/ops/journal"
	"pchatops/ops/lease"
)

// act sends one action: its intent is on the disk before, its outcome after.
func (x *run) act(ctx context.Context, a *Action) (Outcome, error) {
	if err := x.mayAct(ctx, a); err != nil {
		return Failed, err
	}
	rec := x.actionRecord(a)
	if x.Unsettled[rec.ID] && a.Settle != nil {
		if out, err := x.settle(ctx, a, rec); out != None {
			return out, err
		}
	}
	if err := x.record(journal.Intent, "", rec); err != nil {
		return Failed, err
	}
	x.emit(Event{Type: EventIntent, Action: a})
	began := x.Clock.Now()
	rep := &reporter{run: x, action: a}
	err := fault.Guard(clip(a.Text, 200), func() error { return x.carryOut(leaving(x.hold().In(ctx), x.Leave), a, rep) })
	facts, moved := rep.end()
	out := judge(ctx, err)
	x.res.Actions++
	x.res.Changed = x.res.Changed || out != Failed || moved
	rec.Facts = facts
	return x.outcome(a, rec, out, err, x.since(began))
}

// carryOut sends an action, and waits for what comes of it. Those are two things to
// wait for: the host that has carried it out is waited for no longer.
func (x *run) carryOut(ctx context.Context, a *Action, r Reporter) error {
	over := sync.OnceFunc(await.For(ctx, a.Target+" to carry out, for "+x.step.ID+", "+clip(strings.Join(strings.Fields(a.Text), " "), 100), 0))
	defer over()
	if err := a.Do(ctx, r); err != nil || a.Await == nil {
		return err
	}
	over()
	ctx, stop := Watching(ctx)
	defer stop()
	return a.Await(ctx, r)
}

// settle asks, of an action that an earlier run left unknown, whether it took
// effect. If so it is not sent again. None: it did not, so it is to be sent; or
// it is still under way, and sending it follows it.
func (x *run) settle(ctx context.Context, a *Action, rec ActionRecord) (Outcome, error) {
	took, err := settled(ctx, a)
	switch {
	case errors.Is(err, ErrUnderway):
		return None, nil
	case err != nil:
		return Unknown, err
	case !took:
		return None, nil
	}
	rec.Settled = true
	x.res.Changed = true
	return x.outcome(a, rec, Done, nil, 0)
}

func settled(ctx context.Context, a *Action) (took bool, err error) {
	err = fault.Guard("settle "+a.ID, func() (err error) {
		took, err = a.Settle(ctx)
		return err
	})
	return took, err
}

// underway finds an action of the step that an earlier run left unknown and that
// is still being carried out, or of which nobody tells: then nothing is decided
// yet.
func (x *run) underway(ctx context.Context) error {
	if len(x.Unsettled) == 0 {
		return nil
	}
	plan, err := Planned(ctx, x.step)
	if err != nil {
		return err
	}
	for i := range plan.Actions {
		a := &plan.Actions[i]
		if !x.Unsettled[x.actionRecord(a).ID] || a.Settle == nil {
			continue
		}
		if _, err := settled(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

// outcome records what came of an action. An outcome that cannot be recorded
// is unknown to whoever comes next, so it is unknown here.
func (x *run) outcome(a *Action, rec ActionRecord, out Outcome, cause error, took time.Duration) (Outcome, error) {
	rec.Outcome, rec.Seconds, rec.Error = out, Seconds(took), Fault(cause)
	if err := x.record(journal.Action, "", rec); err != nil {
		return Unknown, err
	}
	x.emit(Event{Type: EventAction, Action: a, Outcome: out, Err: cause, Took: took, Record: rec})
	return out, cause
}

// mayAct says whether the next action may be sent at all.
func (x *run) mayAct(ctx context.Context, a *Action) error {
	if ctx.Err() != nil {
		return x.refusal("stopped before "+a.ID+": "+context.Cause(ctx).Error(), "run the step again: it goes on where the world stands")
	}
	within := lease.Bound
	if a.Kind != SQL {
		within = 0 // what is not sent on the session of the lock is proved anew
	}
	if err := x.Lease.Prove(ctx, x.term, within); err != nil {
		return x.led("stopped before "+a.ID, err)
	}
	return nil
}

// led is the refusal of a console that has lost its right, or may have.
func (x *run) led(what string, err error) error {
	do := "see who drives this site now, then start again"
	if errors.Is(err, lease.ErrOver) {
		do = "run the step again: it is planned anew, from what is there now"
	}
	f := x.refusal(what+": "+err.Error(), do)
	f.Cause = err
	return f
}

// hold is the right by which the step's requests are sent.
func (x *run) hold() lease.Hold {
	return lease.Hold{Term: x.term, Lost: x.Lease.Lost(), Prove: func(ctx context.Context, within time.Duration) error {
		return x.Lease.Prove(ctx, x.term, within)
	}}
}

// judge tells failed from unknown: where the answer is missing, the action
// may have taken effect.
func judge(ctx context.Context, err error) Outcome {
	var d *fault.Defect
	switch {
	case err == nil:
		return Done
	case fault.Is(err, fault.Lost), fault.Is(err, fault.Timeout), errors.As(err, &d), ctx.Err() != nil,
		errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return Unknown
	}
	return Failed
}
