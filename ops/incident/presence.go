package incident

import (
	"cmp"
	"context"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
)

// Presence is whether a console drives the incident that this one observes.
type Presence struct {
	Gone bool   // nobody does: what was under way has nobody who waits for its end
	Who  string // drives the site instead, in another procedure; "": nobody
	Says string // why this console only observes, and what to do now
}

// nobody stands where the driver's name does when there is none.
const nobody = "nobody"

// follow applies another console's journal and looks each time whether that
// console is still there: one that was killed writes no farewell.
func (b *board) follow(ctx context.Context) change {
	gone := false
	err := b.cfg.Follow(ctx, b.cfg.Chronicle.Apply, func() {
		p := Presence{Says: b.cfg.ReadOnly}
		if b.cfg.Presence != nil {
			p = b.cfg.Presence()
		}
		// What it wrote just before it went is read by the next time, so only
		// then does an open step mean that nobody is left to close it.
		believed := p.Gone && gone
		gone = p.Gone
		b.tell(func(b *board) {
			b.pull()
			if b.gone = believed; believed || !p.Gone {
				b.readOnly, b.atWheel = p.Says, cmp.Or(p.Who, nobody)
			}
			b.mirror()
			b.watch()
		})
	})
	if ctx.Err() != nil || err == nil {
		return nil
	}
	return func(b *board) { b.readOnly = "the journal cannot be followed any more: " + err.Error() }
}

// mirror shows the step that the other console has under way as running, as
// long as there is that console. Nothing is read of the servers meanwhile, as
// little as by the console that drives.
func (b *board) mirror() {
	b.running = b.history.Underway
	if b.gone {
		b.running = ""
	}
	if b.running != "" {
		b.stopInferring()
	}
	for _, v := range b.steps {
		v.running = v.step.ID == b.running
		v.left = b.gone && v.step.ID == b.history.Underway
		v.since = v.past.Began
	}
}

// relive takes over what another console has put on record of a step. What the
// servers said of it before says nothing any more.
func (b *board) relive(v *stepView, past engine.Past) {
	if past.Began.Equal(v.past.Began) && past.Decided.Equal(v.past.Decided) {
		return
	}
	v.undone, v.unread, v.inferred, v.inferredAt = nil, nil, engine.Result{}, time.Time{}
	v.planErr, b.moved = nil, true
}

// orphaned is what there is to say of a step whose console ended before the
// step did; nil for any other.
func (v *stepView) orphaned() error {
	const again = "run it again: it plans from what is there"
	switch {
	case v.running:
	case v.past.Adrift():
		last := v.past.Actions[len(v.past.Actions)-1]
		return &fault.Error{
			Class: fault.Lost, Tried: last.ID, Target: last.Target,
			Text: "the console that sent it ended before its outcome was on record: whether it took effect is not known",
			Do:   "verify the step, or " + again,
		}
	case v.left:
		return &fault.Error{
			Class: fault.State, Tried: v.step.ID + " " + v.step.Title,
			Text: "the console that ran it ended in the middle of it, between two actions", Do: again,
		}
	}
	return nil
}
