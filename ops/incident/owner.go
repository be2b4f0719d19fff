package incident

import (
	"context"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/journal"
)

// Incident is the live incident. Serve is its one owner; every other
// method may be called from any goroutine once Serve has been started.
type Incident struct {
	cfg   Config
	inbox chan change
	ended chan struct{} // closed when Serve has returned
	hub   hub
	on    atomic.Bool

	// What RunAll, which alone uses these, has told of, and knew when it began.
	toldLost       *Retaking
	knownOvertaken *Overtaken
}

// change is something that the owner does to the board. Only the owner
// touches the board, so nothing on it is locked.
type change func(*board)

// New makes an incident. It does nothing before Serve.
func New(cfg Config) *Incident {
	if cfg.Clock == nil {
		cfg.Clock = SystemClock{}
	}
	return &Incident{cfg: cfg, inbox: make(chan change, 64), ended: make(chan struct{})}
}

// Serve owns the incident until Shutdown, or until ctx ends. A step under way
// runs to its end after Shutdown; the end of ctx cuts it off, and its action in
// flight is unknown then. Serve returns when everything it started has ended.
func (i *Incident) Serve(ctx context.Context) error {
	if i.on.Swap(true) {
		return &fault.Error{Class: fault.Refused, Tried: "serve the incident", Text: "it runs or has run already", Do: "start the console again"}
	}
	defer close(i.ended)
	defer i.hub.close()
	b := newBoard(ctx, i)
	defer b.cut()
	if err := b.open(); err != nil {
		return err
	}
	i.hub.publish(b.state())
	last := i.cfg.Clock.Now()
	var due <-chan time.Time
	snapshots, hangup := i.cfg.Snapshots, ctx.Done()
	for !b.stopping || b.jobs > 0 || b.readLast() {
		select {
		case c := <-i.inbox:
			c(b)
		case s, ok := <-snapshots:
			if !ok {
				snapshots = nil
			} else {
				b.moved = b.moved || moved(b.snapshot, s)
				b.snapshot = s
				b.watch()
			}
		case <-due:
			due, last = nil, time.Time{}
		case <-hangup:
			hangup = nil
			b.stop()
		}
		now := i.cfg.Clock.Now()
		switch since := now.Sub(last); {
		case since >= gap, since < 0: // a clock that was set back holds nothing up
			i.hub.publish(b.state())
			due, last = nil, now
		case due == nil:
			due = i.cfg.Clock.After(gap - since)
		}
	}
	b.end()
	i.hub.publish(b.state())
	return nil
}

// Shutdown asks Serve to return once the step under way has ended. Nothing new
// is begun after it.
func (i *Incident) Shutdown() {
	_ = i.ask(func(b *board) error { b.stop(); return nil }) // an ended incident is shut down
}

// Subscribe gives a new viewer its mailbox, with the newest State in it.
func (i *Incident) Subscribe() *Mailbox { return i.hub.subscribe() }

// ask has the owner do something and waits for its answer, which comes at
// once: the owner never waits for a server or a disk.
func (i *Incident) ask(f func(*board) error) error {
	reply := make(chan error, 1)
	over := &fault.Error{Class: fault.Refused, Tried: "reach the incident", Text: "it has ended", Do: "start the console again"}
	select {
	case i.inbox <- func(b *board) { reply <- f(b) }:
	case <-i.ended:
		return over
	}
	select {
	case err := <-reply:
		return err
	case <-i.ended:
		return over
	}
}

// tell has the owner do something. Only jobs call it: the owner outlives them.
func (i *Incident) tell(c change) { i.inbox <- c }

// write puts a line into the journal and, once it is on the disk, into the
// chronicle.
func (i *Incident) write(l journal.Line) (journal.Line, error) {
	l, err := i.cfg.Journal.Append(l)
	if err != nil {
		return l, err
	}
	return l, i.cfg.Chronicle.Apply(l)
}

// recorder is the journal as jobs see it.
type recorder struct{ *Incident }

// Append writes a line and has the owner take it over. A journal that cannot
// be written ends the driving: what is not on record is not to be done.
func (r recorder) Append(l journal.Line) (journal.Line, error) {
	l, err := r.write(l)
	if err != nil {
		r.tell(func(b *board) { b.readOnly = err.Error() })
		return l, err
	}
	r.tell((*board).pull)
	return l, nil
}

// runner gives the engine for one step.
func (b *board) runner(v *stepView) *engine.Runner {
	r := &engine.Runner{
		Journal: recorder{b.Incident}, Lease: b.cfg.Lease, Clock: b.cfg.Clock, Unsettled: maps.Clone(v.past.Unsettled), Passed: b.passed(v),
	}
	if final := v.past.Outcome; final == engine.Done || final == engine.Skipped {
		r.Stands = final
	}
	return r
}

// passed reports whether somebody has gone past a step before this incident: one
// before it that cannot be taken back was found done.
func (b *board) passed(v *stepView) bool {
	return slices.ContainsFunc(b.steps[:b.byID[v.step.ID]], func(o *stepView) bool {
		return o.step.Risk == engine.DataLoss && o.outcome() == engine.Done && b.cfg.Chronicle.Recall(engine.Begun(o.step.ID)) == ""
	})
}
