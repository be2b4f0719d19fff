package incident

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
)

// doubt is a step whose standing is to be read from the servers, and what came
// of it.
type doubt struct {
	*stepView
	onRecord bool // as done, skipped or unknown; else nothing is on record
	skipped  bool // on record
	again    bool // this incident has undone it itself
	res      engine.Result
	err      error
}

// doubtful gives the steps before the kth that have to be looked at before it
// is run: those without an outcome on record that were not seen to be so just
// now; and before a step that cannot be taken back also those on record as
// done, since a tick that the servers contradict is no tick. Nor is one of which
// nobody knows whether another console took it back while the right to drive was lost.
func (b *board) doubtful(k int) (out []*doubt) {
	step := b.steps[k].step
	if step.WayBack {
		return nil
	}
	for _, v := range b.needs(k) {
		lost := b.lastLost()
		switch {
		case v.past.Outcome == engine.None && (b.cfg.Clock.Now().Sub(v.inferredAt) > fresh || v.inferredAt.Before(lost)):
			out = append(out, &doubt{stepView: v})
		case ticked(v) && (step.Risk == engine.RoleChange || step.Risk == engine.DataLoss || v.provedAt.Before(lost)):
			out = append(out, onRecord(v))
		}
	}
	return out
}

// lastLost is when the right to drive was last lost for a while; zero: never.
func (b *board) lastLost() time.Time {
	if last := b.cfg.lastLost(); last != nil {
		return last.Since
	}
	return time.Time{}
}

// errUnread is the cause of a refusal to run a step of which nobody can say whether
// those before it are done.
var errUnread = errors.New("what is to come before it could not be read")

// look reads whether the steps before one are so, all at once, and refuses
// where one is not.
func (b *board) look(ctx context.Context, step string, before []*doubt) error {
	readAll(ctx, before)
	b.tell(func(b *board) {
		for _, d := range before {
			b.settle(d)
		}
	})
	for _, d := range before {
		switch by := heldUp(d.step.ID); {
		case d.onRecord && engine.IsLater(d.err):
		case d.err != nil:
			return &fault.Error{
				Class: fault.ClassOf(d.err), Tried: "run " + step, Cause: errors.Join(errUnread, by, d.err), Do: "run it again once that can be read",
				Text: fmt.Sprintf("it comes after %s %s, and whether that is done could not be read: %s", d.step.ID, d.step.Title, d.err),
			}
		case d.onRecord && d.contradicted() && !d.again:
			return by.refuses(step, d.contradiction(), "see who undid it; then run it again first, or skip it in the console, with a reason")
		case d.res.Outcome == engine.None && (!d.onRecord || d.contradicted()):
			return by.refuses(step, d.step.ID+" "+d.step.Title+" is not done", "run it first, or skip it in the console, with a reason")
		}
	}
	return nil
}

// heldUp is the cause of a refusal to run a step: how the step that it names stands.
type heldUp string

// Error names it.
func (by heldUp) Error() string { return "held up by " + string(by) }

func (by heldUp) refuses(step, text, do string) error {
	return &fault.Error{Class: fault.Refused, Tried: "run " + step, Text: text, Do: do, Cause: by}
}

// free takes back the refusals that no longer hold: the step that held them up stands
// by now.
func (b *board) free() {
	for _, v := range b.steps {
		var by heldUp
		if !errors.As(v.refused, &by) {
			continue
		}
		if o := b.steps[b.byID[string(by)]]; o.unproved() == nil && (o.outcome() == engine.Done || o.outcome() == engine.Skipped) {
			v.refused = nil
		}
	}
}

// stands is what the step is on record as.
func (d *doubt) stands() engine.Outcome {
	if d.skipped {
		return engine.Skipped
	}
	return engine.Done
}

// contradicted reports that the servers take a tick back. They do not where somebody
// else went past the step: nothing can be done about it any more. They take a skip
// back where there is something to do now.
func (d *doubt) contradicted() bool {
	if !d.onRecord {
		return d.res.Outcome == engine.None
	}
	p := d.res.Proof
	if d.skipped {
		return p.Open
	}
	return !p.Holds && p.Moot == ""
}

// contradiction says that the servers take a tick back.
func (d *doubt) contradiction() string {
	if !d.onRecord {
		return d.step.ID + " " + d.step.Title + " is not done"
	}
	return d.step.ID + " " + d.step.Title + " " + notSo(d.skipped) + ": " + d.res.Proof.Says
}

// notSo says of a step what is not as it is on record.
func notSo(skipped bool) string {
	if skipped {
		return "was skipped, and there is something for it to do now"
	}
	return "was done, and is not so any more"
}

// ticked reports whether a step is on record as something that has to be so for
// those behind it.
func ticked(v *stepView) bool {
	return v.past.Outcome == engine.Done && !v.step.Fleeting || v.past.Outcome == engine.Skipped && v.step.Rescues
}

// onRecord puts a tick in doubt.
func onRecord(v *stepView) *doubt {
	return &doubt{stepView: v, onRecord: true, skipped: v.past.Outcome == engine.Skipped, again: v.again}
}

// readAll asks the servers of all of them at once.
func readAll(ctx context.Context, all []*doubt) {
	var wg sync.WaitGroup
	for _, d := range all {
		wg.Go(func() { d.read(ctx) })
	}
	wg.Wait()
}

// read asks the servers. It touches nothing of the owner's.
func (d *doubt) read(ctx context.Context) {
	if d.onRecord {
		d.res.Proof, d.err = engine.Proved(ctx, d.step)
		return
	}
	d.res, d.err = engine.Inferred(ctx, d.step)
}

// settle takes over what the servers say of a step.
func (b *board) settle(d *doubt) {
	now := b.cfg.Clock.Now()
	if !d.onRecord {
		b.infers(d.stepView, d.res, d.err)
		return
	}
	if d.err != nil { // nothing is known; it is read again before it counts
		if d.past.Outcome != engine.Unknown && !errors.Is(d.err, context.Canceled) {
			d.unread = engine.Unproved(d.step, d.stands(), d.err)
		}
		return
	}
	if d.past.Outcome == engine.Unknown {
		if d.res.Proof.Holds && b.old == nil && b.readOnly == "" && b.mayInfer() {
			b.verify(d.stepView) // a job that nobody followed has come to its end
		}
		return
	}
	d.provedAt, d.asOf, d.undone, d.unread, d.past.Unproved = now, b.ran, nil, nil, nil
	d.moot = d.res.Proof.Moot
	switch {
	case d.contradicted() && d.again:
		d.past, d.shown = engine.Past{}, nil // it stands as one that nobody has done
		b.infers(d.stepView, engine.Result{}, nil)
	case d.contradicted():
		d.undone = d.res.Proof
	}
}

// takeBack marks the steps that were done before one that undoes them was. What the
// servers say against their ticks is this incident's own doing.
func takeBack(steps []*stepView) {
	for _, v := range steps {
		v.again = v.past.Outcome == engine.Done && slices.ContainsFunc(steps, func(o *stepView) bool {
			return o.past.Outcome == engine.Done && o.past.Line > v.past.Line && slices.Contains(o.step.Undoes, v.step.ID)
		})
	}
}

// infer reads in the background where the steps without an outcome stand, and
// whether those that are done are so still.
func (b *board) infer() {
	if b.noInference != nil {
		return
	}
	b.inferredAt = b.cfg.Clock.Now()
	open := b.inQuestion()
	b.moved = false
	b.noInference = b.read(func(ctx context.Context) change {
		for _, d := range open {
			d.read(ctx)
			if ctx.Err() != nil {
				return nil
			}
			b.tell(func(b *board) {
				if ctx.Err() == nil { // nothing has been run meanwhile
					b.settle(d)
				}
			})
		}
		return func(b *board) {
			if ctx.Err() == nil {
				b.noInference, b.looked = nil, true
			}
		}
	})
}

// inQuestion gives the steps to be read in the background, those on record
// first: a contradiction is news. What an earlier run left unknown is done as soon
// as the servers prove it; that it is not so proves nothing while its job may run.
func (b *board) inQuestion() (out []*doubt) {
	now, rest := b.cfg.Clock.Now(), b.restOver("")
	out = recorded(b.steps, func(v *stepView) bool {
		return b.moved || now.Sub(v.provedAt) >= fresh || now.Before(v.provedAt) || rest && v.asOf != b.ran
	})
	for _, v := range b.steps {
		switch v.past.Outcome {
		case engine.None:
			out = append(out, &doubt{stepView: v})
		case engine.Unknown:
			out = append(out, &doubt{stepView: v, onRecord: true})
		default: // final, or looked at above
		}
	}
	return slices.Clip(out)
}

// recorded gives the ticks that are due to be looked at again.
func recorded(steps []*stepView, due func(*stepView) bool) (out []*doubt) {
	for _, v := range steps {
		if ticked(v) && due(v) {
			out = append(out, onRecord(v))
		}
	}
	return out
}

// final is where the last step is that is done and cannot be undone; 0: there
// is none. What lies behind it cannot be done any more.
func final(steps []*stepView) int {
	for i := len(steps) - 1; i > 0; i-- {
		if v := steps[i]; v.step.Risk == engine.DataLoss && v.outcome() == engine.Done {
			return i
		}
	}
	return 0
}

// infers takes over what the servers say of a step without an outcome.
func (b *board) infers(v *stepView, res engine.Result, err error) {
	now := b.cfg.Clock.Now()
	v.planned(res.Plan, err, now)
	if err == nil {
		v.inferred, v.inferredAt, v.asOf = res, now, b.ran
	}
	if res.Outcome == engine.Done || errors.Is(v.refused, engine.ErrBarred) && passable(res.Plan) {
		v.refused = nil // what stood in the way then does no longer
	}
}

// passable reports whether a plan was read of which no gate bars the way.
func passable(p *engine.Plan) bool {
	return p != nil && !slices.ContainsFunc(p.Gates, func(g engine.Gate) bool { return !g.Holds && g.Override == "" })
}
