package incident

import (
	"context"

	"pchatops/ops/fault"
)

// Presence is whether a console drives the incident that this one observes.
type Presence struct {
	Gone bool   // nobody does: what was under way has nobody who waits for its end
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
				b.readOnly = p.Says
			}
		})
	})
	if ctx.Err() != nil || err == nil {
		return nil
	}
	return func(b *board) { b.readOnly = "the journal cannot be followed any more: " + err.Error() }
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
