package engine

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"pchatops/ops/await"
	"pchatops/ops/fault"
	"pchatops/ops/journal"
	"pchatops/ops/lease"
	"pchatops/ops/pause"
)

// Recorder keeps the record; journal.Journal is one. What Append has returned
// without an error is on the disk.
type Recorder interface {
	Append(journal.Line) (journal.Line, error)
}

// Lease is the sole right to drive the site. It is held in terms: a right that
// was lost and taken again is another term, because somebody else may have acted
// in between.
type Lease interface {
	// Term gives the present term. While a right that was lost is being taken
	// again, it waits.
	Term(ctx context.Context) (lease.Term, error)
	// Prove says why nothing may be sent in a term. What it rests on is at most
	// within old; zero: it asks now. A term that is over is lease.ErrOver.
	Prove(ctx context.Context, t lease.Term, within time.Duration) error
	// Settled waits until no host can begin any more what another console has asked
	// of it, and says whether it had to.
	Settled(ctx context.Context) (waited bool, err error)
	// Lost is closed when the right is gone for good.
	Lost() <-chan struct{}
}

// Clock tells the time.
type Clock interface {
	Now() time.Time
}

// Runner runs one step at a time and records it. Its context is the
// incident's, never a screen's: a step under way is not ended by a screen.
type Runner struct {
	Journal Recorder
	Lease   Lease
	Clock   Clock
	// Unsettled are the ids of the step's actions of which an earlier run does
	// not know whether they took effect. They are settled before they are sent
	// again.
	Unsettled map[string]bool
	// Stands is what the step is on record as, done or skipped: where the servers
	// cannot be read, nothing takes that back. None: it is neither.
	Stands Outcome
	// Passed: somebody has gone past the step before this incident, so that it may
	// be done though nothing is on record.
	Passed bool
	// Leave is closed when whoever asked for the run does not wait any longer:
	// then a step that has sent nothing yet sends nothing. nil: he waits.
	Leave <-chan struct{}
}

// Result is what came of a step.
type Result struct {
	Outcome Outcome // None: refused, or nothing was decided
	Already bool    // nothing was left to do
	Changed bool    // an action took effect, or may have
	Actions int     // actions sent
	Plan    *Plan
	Proof   *Proof
	Reason  string // of a skip
	Took    time.Duration
	Err     error // why it is failed or unknown
	// Unread: that the servers could not be read has decided the outcome. A step
	// that is planned anew once they answer may find that it is done.
	Unread bool
}

// run is one step on its way.
type run struct {
	*Runner
	proc  string
	term  lease.Term // in which the step was planned
	step  Step
	mu    sync.Mutex // one event at a time
	sink  func(Event)
	began time.Time
	shown Shown // of the plan that is sent
	res   Result
}

func (r *Runner) begin(proc string, step Step, sink func(Event)) *run {
	if sink == nil {
		sink = func(Event) {}
	}
	return &run{Runner: r, proc: proc, step: step, sink: sink, began: r.Clock.Now()}
}

// since is the time from then to now; none where the clock was set back.
func (r *Runner) since(then time.Time) time.Duration { return max(0, r.Clock.Now().Sub(then)) }

// Run plans the step afresh, checks its gates and the operator's confirmation,
// sends what is still needed and proves the result. A refusal (nothing was
// sent) is a fault of class Refused and has no outcome; any other error means
// that the outcome could not be recorded.
func (r *Runner) Run(ctx context.Context, proc string, step Step, ask Asker, sink func(Event)) (Result, error) {
	x := r.begin(proc, step, sink)
	plan, err := x.prepare(ctx)
	switch {
	case x.left():
		return x.refuse(x.refusal("interrupted before anything was sent", "run again: it goes on where the world stands"))
	case err != nil && x.term == 0:
		return x.refuse(x.led("nobody can say that this console drives the site", err))
	case err != nil:
		return x.unread(err)
	case x.Stands != None && !plan.Empty():
		if _, err = x.proved(ctx); IsLater(err) { // it is not asked about twice
			return x.unread(err)
		}
	}
	x.res.Plan = plan
	x.emit(Event{Type: EventPlanned, Plan: plan})
	switch {
	case plan.Skip != "":
		x.res.Reason = plan.Skip
		return x.finish(Skipped, nil)
	case plan.Empty() && plan.Already != "":
		return x.already(ctx)
	}
	if err := x.permit(plan, ask); err != nil {
		return x.refuse(err)
	}
	if plan.Empty() {
		return x.already(ctx)
	}
	x.emit(Event{Type: EventStarted, Plan: plan})
	out, err := x.send(ctx, plan)
	if x.res.Actions == 0 && errors.Is(err, lease.ErrOver) {
		return x.refuse(err)
	}
	return x.conclude(ctx, out, err)
}

// prepare takes the term and reads the plan. Both may wait for servers that are
// away, as long as somebody waits for the step.
func (x *run) prepare(ctx context.Context) (plan *Plan, err error) {
	ctx, stop := Until(ctx, x.Leave)
	defer stop()
	defer await.For(ctx, "the servers to tell what "+x.step.ID+" has left to do", 0)()
	if x.term, err = x.Lease.Term(ctx); err != nil {
		x.term = 0
		return nil, err
	}
	plan, err = Planned(ctx, x.step)
	if err != nil || !x.step.Alone || plan.Empty() {
		return plan, err
	}
	waited, err := x.Lease.Settled(ctx)
	if err != nil || !waited {
		return plan, err
	}
	return Planned(ctx, x.step)
}

// left reports whether nobody waits for the step any more.
func (r *Runner) left() bool {
	select {
	case <-r.Leave:
		return true
	default:
		return false
	}
}

// errLeft is why a context has ended that nobody waits for any more.
var errLeft = errors.New("interrupted")

// Until gives a context that ends with another, or once leave is closed.
func Until(ctx context.Context, leave <-chan struct{}) (context.Context, context.CancelFunc) {
	ctx, end := context.WithCancelCause(ctx)
	cancel := func() { end(nil) }
	if leave == nil {
		return ctx, cancel
	}
	go func() {
		select {
		case <-leave:
			end(errLeft)
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

type leaveKey struct{}

// leaving lets an action know when nobody waits for it any more.
func leaving(ctx context.Context, leave <-chan struct{}) context.Context {
	return context.WithValue(ctx, leaveKey{}, leave)
}

// Watching gives an action the context for watching what goes on by itself. It ends
// once nobody waits for the step any more, and once the right by which the step was
// planned is over: then nothing more of the step is sent, whatever is seen, and it is
// planned anew. Its cause says which.
func Watching(ctx context.Context) (context.Context, context.CancelFunc) {
	leave, _ := ctx.Value(leaveKey{}).(<-chan struct{})
	ctx, left := Until(ctx, leave)
	ctx, end := context.WithCancelCause(ctx)
	go func() {
		for pause.For(ctx, lease.Bound/2) == nil {
			if err := lease.Check(ctx, lease.Bound); errors.Is(err, lease.ErrOver) {
				end(err)
			}
		}
	}()
	return ctx, func() { left(); end(nil) }
}

// Verify proves an outcome, or its absence, by reading the world, and records
// what it found. Where the world cannot be read, or an action is still under
// way, nothing is decided.
func (r *Runner) Verify(ctx context.Context, proc string, step Step, sink func(Event)) (Result, error) {
	x := r.begin(proc, step, sink)
	proof, err := x.proved(ctx)
	if err != nil {
		return x.refuse(err)
	}
	x.res.Proof = proof
	out, err := Done, error(nil)
	if !proof.Holds {
		if out, err = Unknown, x.underway(ctx); err == nil {
			out, err = Failed, x.unproven(proof)
		}
	}
	return x.finishAs(StepRecord{Verified: true}, out, err)
}

// already concludes a step that has nothing left to send.
func (x *run) already(ctx context.Context) (Result, error) {
	proof, err := x.proved(ctx)
	if err != nil {
		return x.unread(err)
	}
	x.res.Proof = proof
	if !proof.Holds {
		return x.finish(Failed, x.unproven(proof))
	}
	x.res.Already = true
	return x.finish(Done, nil)
}

// send sends the plan's actions, and what More adds, until one is not done.
func (x *run) send(ctx context.Context, plan *Plan) (Outcome, error) {
	for i := range plan.Actions {
		if out, err := x.act(ctx, &plan.Actions[i]); out != Done {
			return out, err
		}
	}
	for plan.More != nil {
		var next *Action
		err := fault.Guard("plan the next action of "+x.step.ID, func() (err error) {
			next, err = plan.More(ctx)
			return err
		})
		if errors.Is(err, io.EOF) || err == nil && next == nil {
			break
		}
		if err != nil {
			return Failed, err
		}
		if err := x.within(next); err != nil {
			return Failed, err
		}
		if out, err := x.act(ctx, next); out != Done {
			return out, err
		}
	}
	return Done, nil
}
