package incident

import (
	"context"
	"slices"
	"time"

	"pchatops/ops/await"
	"pchatops/ops/engine"
	"pchatops/ops/fault"
)

// proving bounds how long the last look of a run may take, also of one that was
// interrupted.
const proving = time.Minute

// proveAnew looks once more, before a run says that it is done, at every step that
// is done, on record or as the servers said: while one step ran, somebody may have
// undone another. What the servers contradict ends the run as a step that was not done
// does.
// What cannot be read any more leaves it unknown, unless people have the service.
func (i *Incident) proveAnew(ctx context.Context, only string, sum *engine.Summary, outcomes map[string]engine.Outcome) {
	var all []*doubt
	sent := map[string]bool{}
	_ = i.ask(func(b *board) error { // nothing is proved of an incident that has ended
		all = recorded(b.steps, func(*stepView) bool { return true })
		for _, v := range b.steps {
			if v.past.Outcome == engine.None && over(v.inferred.Outcome) && !v.step.Fleeting {
				all = append(all, &doubt{stepView: v})
			}
		}
		for _, d := range all {
			sent[d.step.ID] = d.past.Sent > 0
		}
		return nil
	})
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), proving)
	defer cancel()
	defer await.For(ctx, "the servers to prove once more what is done", proving)()
	readAll(ctx, all)
	again := unreadOf(all)
	for first := true; len(again) > 0 && ctx.Err() == nil && (first || i.returns()); first = false { // one answer that was lost says nothing
		i.pause(ctx)
		readAll(ctx, again)
		again = unreadOf(again)
	}
	_ = i.ask(func(b *board) error {
		for _, d := range all {
			b.settle(d)
		}
		return nil
	})
	if only != "" { // what this incident has taken back itself is open, and no fault of the step
		all = slices.DeleteFunc(all, func(d *doubt) bool { return d.again && d.err == nil && d.contradicted() })
	}
	unproved := unreadOf(all)
	if len(unproved) == 0 {
		sum.Rivals = nil // all is read anew
	}
	for _, d := range all {
		if d.err == nil && d.contradicted() {
			outcomes[d.step.ID] = engine.Undone
		}
		if d.err == nil {
			sum.Take(d.res.Proof)
		}
	}
	sum.Contested()
	if len(unproved) > 0 && i.serving(ctx) {
		for _, d := range unproved {
			sum.Take(&engine.Proof{Unread: []engine.Unread{{Place: d.step.ID + " " + d.step.Title, Why: "whether it is still so: " + d.err.Error()}}})
		}
		all = slices.DeleteFunc(all, func(d *doubt) bool { return d.err != nil })
	}
	if d, ending, err := worst(all); d != nil {
		stopAt(sum, d.step.ID, ending, engine.Result{Changed: sent[d.step.ID]}, err)
	}
}

// serving reports whether people have the service at this moment.
func (i *Incident) serving(ctx context.Context) bool {
	svc := i.cfg.Procedure.Service
	if svc == nil {
		return false
	}
	ctx = context.WithoutCancel(ctx) // the look bounds itself
	var who string
	err := fault.Guard("look whether the service is there", func() (err error) {
		who, err = svc.Seen(ctx)
		return err
	})
	return err == nil && who != ""
}

func unreadOf(all []*doubt) (out []*doubt) {
	for _, d := range all {
		if d.err != nil {
			out = append(out, d)
		}
	}
	return out
}

// worst gives the step that says most about how the run ends, and how that is: a
// tick that is none counts for more than one of which nothing is known, and a step
// that holds up the service for more than one that does not, or that another asks for.
func worst(all []*doubt) (w *doubt, ending engine.Ending, err error) {
	rank := map[engine.Ending]int{engine.EndIncomplete: 2, engine.EndUnknown: 4, engine.EndFailed: 6}
	most := 0
	for _, d := range all {
		end, why := engine.EndDone, error(nil)
		switch {
		case d.err != nil:
			end, why = engine.EndUnknown, engine.Unproved(d.step, d.stands(), d.err)
		case d.contradicted():
			end, why = engine.EndFailed, &fault.Error{
				Class: fault.State, Tried: "prove once more what is done", Text: d.contradiction(), Do: "see who undid it, then run again: it is done anew where the servers say so",
			}
		}
		if end != engine.EndDone && d.step.Deferrable {
			end = engine.EndIncomplete
		}
		says := rank[end]
		if engine.IsLater(d.err) {
			says--
		}
		if says > most {
			most, w, ending, err = says, d, end, why
		}
	}
	return w, ending, err
}
