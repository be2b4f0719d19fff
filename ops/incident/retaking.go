package incident

import (
	"context"
	"fmt"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/lease"
	"pchatops/ops/status"
)

// Retaking is a right to drive that was lost and is being taken again. Nothing is
// sent meanwhile.
type Retaking struct {
	Since, Until time.Time
	Why          string // what was lost, and where
}

// Says tells it in a sentence.
func (r *Retaking) Says() string {
	return fmt.Sprintf("nothing has been sent since %s UTC: %s; until %s UTC this console tries to take back the right to drive",
		r.Since.UTC().Format(time.TimeOnly), r.Why, r.Until.UTC().Format(time.TimeOnly))
}

// Overtaken is somebody's word that another console has driven the site since this one
// did: a host has given its leave to start jobs to that one, or a SQL Server its lock.
type Overtaken struct{ By string }

// refuses says why a run does not go on.
func (o *Overtaken) refuses(step string) error {
	return &fault.Error{
		Class: fault.Refused, Tried: "run " + step, Target: o.By, Cause: lease.ErrOver,
		Text: "another console has driven this site since this one lost the right to; what was confirmed before does not go for what that one has left",
		Do:   "see with status what has become of the site, then run again: everything is planned anew",
	}
}

// Other is a console that drives the site instead of this one, as the servers say.
type Other struct {
	Who  string
	Says string // who, from where and since when, and what to do
}

// watching tells the owner whenever something is otherwise than it was.
func watching[T any](b *board, next func(ctx context.Context, known *T) (*T, error), take func(*board, *T)) func(context.Context) change {
	return func(ctx context.Context) change {
		var known *T
		for {
			now, err := next(ctx, known)
			if err != nil {
				return nil
			}
			known = now
			b.tell(func(b *board) { take(b, now) })
		}
	}
}

// undriven is the finding that nothing can be sent at the moment.
func (b *board) undriven() []status.Finding {
	if b.retaking == nil {
		return nil
	}
	return []status.Finding{status.RightLost(b.retaking.Says())}
}

// RightLine is what a run prints when it waits for the right to drive, and when it
// has it again.
type RightLine struct {
	Type  string     `json:"type"` // "right"
	Step  string     `json:"step"`
	Held  bool       `json:"held"`
	Since *time.Time `json:"since,omitempty"` // it was lost
	Why   string     `json:"why,omitempty"`
}

// term waits while a right that was lost is being taken again, and says so: until
// then the servers are away, and reading them comes to nothing. Zero: it is gone,
// which the step says when it is run.
func (i *Incident) term(ctx context.Context, step string, sink func(engine.Event)) lease.Term {
	if i.cfg.Lease == nil {
		return 0
	}
	tell := func(l RightLine, says string) {
		l.Type, l.Step = "right", step
		if sink != nil {
			sink(engine.Event{Time: i.cfg.Clock.Now().UTC(), Type: engine.EventRight, Step: step, Line: says, Record: l})
		}
	}
	lost := i.cfg.lastLost()
	news := lost != i.toldLost // also of one that was taken again meanwhile
	if i.toldLost = lost; news {
		tell(RightLine{Since: &lost.Since, Why: lost.Why}, lost.Says())
	}
	t, err := i.cfg.Lease.Term(ctx)
	if err != nil {
		return 0
	}
	if news {
		tell(RightLine{Held: true}, "the right to drive this site is held again: the step is planned anew")
	}
	return t
}

// unrepeated tells once what a step comes to that is tried anew until a server
// answers: it goes on being so.
func unrepeated(sink func(engine.Event)) func(engine.Event) {
	if sink == nil {
		return nil
	}
	told := "" // the last
	return func(e engine.Event) {
		if e.Type == engine.EventStep && e.Err != nil {
			f := engine.Fault(e.Err) // its text may name the port of a connection
			now := fmt.Sprintf("%s %s %s %s", e.Outcome, f.Class, f.Tried, f.Target)
			if e.Proof != nil {
				now += " " + e.Proof.Says
			}
			if now == told {
				return
			}
			told = now
		}
		sink(e)
	}
}
