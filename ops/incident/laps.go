package incident

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"pchatops/ops/engine"
)

// maxLaps bounds how often a run goes back to a step that has more to do than when it
// was done: what brings that about may go on for ever.
const maxLaps = 10

// laps are how often a run has gone back.
type laps struct {
	n    int
	why  string // of the last
	over bool   // it would have to go back once more
}

// overtaken says from which step a run goes on after its nth, when the world has given
// a step that rescues something more to do: a backup came after the others had been
// copied, or applied. What comes behind is planned and confirmed anew then. The same
// reason twice is no news, and ends the run.
func (i *Incident) overtaken(ctx context.Context, n int, whole bool, ending engine.Ending, why error, l *laps) (from int, again bool) {
	var by heldUp
	steps := i.cfg.Procedure.Steps
	more := errors.Is(why, engine.ErrOpen)
	held := errors.As(why, &by) || errors.Is(why, engine.ErrBarred) || ending == engine.EndFailed && steps[n].Rescues
	past := slices.ContainsFunc(steps[:n], func(s engine.Step) bool { return s.Risk == engine.DataLoss })
	if ctx.Err() != nil || !whole || past || !more && !held {
		return 0, false
	}
	from = i.overtakenBefore(ctx, n)
	switch {
	case from == n && !more, why.Error() == l.why:
		return 0, false
	case l.n == maxLaps:
		l.over = true
		return 0, false
	}
	l.n, l.why = l.n+1, why.Error()
	return from, true
}

// back says from which step a run goes on after its nth, if not from the next.
func (i *Incident) back(ctx context.Context, n int, whole bool, ending engine.Ending, why error, l *laps, sink func(engine.Event)) (from int, again bool) {
	if i.waits(ctx, why) {
		return n, true
	}
	if from, again = i.overtaken(ctx, n, whole, ending, why, l); again && sink != nil {
		sink(i.lap(n, from, why))
	}
	return from, again
}

// lap tells that a run goes back, and why.
func (i *Incident) lap(n, from int, why error) engine.Event {
	step := i.cfg.Procedure.Steps[n].ID
	return engine.Event{
		Time: i.cfg.Clock.Now().UTC(), Type: engine.EventLog, Step: step, Action: &engine.Action{},
		Line: fmt.Sprintf("the run goes on from %s, which has more to do: %s", i.cfg.Procedure.Steps[from].ID, engine.Fault(why).Text),
	}
}

// says adds to the end of a run that it has gone back often enough.
func (l laps) says(err error) error {
	if !l.over || err == nil {
		return err
	}
	f := *engine.Fault(err)
	f.Text = fmt.Sprintf("%s; this run went back %d times because more had come, and more comes still", f.Text, l.n)
	f.Do, f.Cause = "find out who goes on bringing it, such as a server that lives and ships its log, and end that; then run again", err
	return &f
}

// overtaken reports that a step that rescues has more to do, or to ask, than when it
// was done.
func (d *doubt) overtaken() bool {
	return d.step.Rescues && d.contradicted() && (d.res.Proof.Open || d.res.Proof.Decide)
}

// firstOvertaken gives the first of some steps from which a run goes on, as it has more
// to do; nil: there is none.
func firstOvertaken(all []*doubt) *doubt {
	for _, d := range all {
		if d.err == nil && d.overtaken() {
			return d
		}
	}
	return nil
}
