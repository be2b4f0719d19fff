package incident

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"pchatops/ops/await"
	"pchatops/ops/engine"
	"pchatops/ops/journal"
	"pchatops/ops/status"
)

// board is the incident as its owner has it. Nobody else touches it.
type board struct {
	*Incident
	seq      uint64
	steps    []*stepView
	byID     map[string]int
	entries  []Entry
	history  engine.History
	snapshot *status.Snapshot
	readOnly string
	old      *Old   // nil: nothing is asked about it
	looked   bool   // the servers were read once, as to where the steps stand
	gone     bool   // the console that this one follows has ended
	atWheel  string // who drives the site where it has
	retaking *Retaking
	other    *Other      // drives the site; nil: nobody else is known to
	waits    *await.Book // what is waited for

	lookout *lookout // whether people have the service back; nil: nobody looks

	leave context.CancelFunc // ends the following of the running step
	next  func()             // what is begun once that has ended; nil: nothing

	running  string // step that is being run or verified
	ran      int    // how many steps have been run, counted from one
	jobs     int    // goroutines that will come back
	stopping bool
	parted   bool // it has read for the last time

	noInference context.CancelFunc // ends the inference under way; nil: none is
	inferredAt  time.Time          // when the last one began
	moved       bool               // since then a snapshot showed a database that is not what it was

	act  starter // of steps: their context ends with Serve's
	read starter // of everything else: its context ends with Shutdown
	cut  context.CancelFunc
}

// starter starts work in a goroutine of its own, whose context the returned
// function ends, and then lets the owner do what work came back with.
type starter func(work func(context.Context) change) context.CancelFunc

func newBoard(ctx context.Context, i *Incident) *board {
	b := &board{Incident: i, byID: map[string]int{}, readOnly: i.cfg.ReadOnly, old: i.cfg.Old, waits: await.Of(ctx), ran: 1}
	reads, cut := context.WithCancel(ctx)
	b.act, b.read, b.cut = b.starter(ctx), b.starter(reads), cut
	for k, s := range i.cfg.Procedure.Steps {
		b.steps = append(b.steps, &stepView{step: s, percent: -1})
		b.byID[s.ID] = k
	}
	b.pull()
	return b
}

// open says who drives, or begins to follow the one who does.
func (b *board) open() error {
	if b.cfg.Journal == nil {
		if b.cfg.Follow != nil {
			b.read(b.follow)
		}
		return nil
	}
	me, err := json.Marshal(b.cfg.Me)
	if err != nil {
		return err
	}
	if _, err := b.write(journal.Line{Type: journal.Driver, By: b.cfg.By, Data: me}); err != nil {
		return err
	}
	b.pull()
	b.read(b.watchLease)
	if b.cfg.Retaking != nil {
		b.read(watching(b, b.cfg.Retaking, func(b *board, now *Retaking) { b.retaking = now }))
	}
	if b.cfg.Other != nil {
		b.read(watching(b, b.cfg.Other, func(b *board, now *Other) { b.other = now }))
	}
	b.lookOut()
	if b.cfg.Infer {
		b.infer()
	}
	return nil
}

func (b *board) starter(parent context.Context) starter {
	return func(work func(context.Context) change) context.CancelFunc {
		ctx, cancel := context.WithCancel(parent)
		b.jobs++
		go func() {
			c := work(ctx)
			b.tell(func(b *board) {
				b.jobs--
				if c != nil {
					c(b)
				}
				cancel()
			})
		}()
		return cancel
	}
}

func (b *board) stop() {
	b.stopping = true
	b.cut()
}

// end closes the journal of an incident that has nothing left to do.
func (b *board) end() {
	if b.readOnly != "" || !b.settled() {
		return
	}
	raw, err := json.Marshal(b.summary())
	if err == nil {
		_, err = b.write(journal.Line{Type: journal.Close, Data: raw})
	}
	if err != nil {
		b.readOnly = err.Error()
	}
	b.pull()
}

// settled reports whether every step is done or skipped, as the servers were read
// after the last one had ended, and people have the service back, as this console saw.
func (b *board) settled() bool {
	if !b.served() {
		return false
	}
	for _, v := range b.steps {
		stale := v.asOf != b.ran && (ticked(v) || v.past.Outcome == engine.None)
		if stale || v.unproved() != nil {
			return false
		}
	}
	return b.restOver("") && b.history.Closed == nil
}

// served reports whether this console has seen that people have the service back, and
// not that they lost it again.
func (b *board) served() bool {
	return b.cfg.Procedure.Service == nil || !b.history.Back.IsZero() && b.lookout != nil && !b.lookout.seen.IsZero() && b.lookout.overdue == ""
}

// parting bounds how long a console that is left reads.
const parting = 10 * time.Second

// readLast reads, for a console that is left with no step open, what it has not read
// since the last one ended, looks whether people still have the service, and says whether
// it does. A run has read it.
func (b *board) readLast() bool {
	all, svc := b.inQuestion(), b.cfg.Procedure.Service
	if b.parted || !b.cfg.Infer || b.readOnly != "" || !b.served() || !b.restOver("") || len(all) == 0 && svc == nil {
		return false
	}
	b.parted = true
	b.act(func(ctx context.Context) change {
		ctx, stop := context.WithTimeout(ctx, parting)
		defer stop()
		readAll(ctx, all)
		gone := ""
		if svc != nil {
			gone = b.absent(ctx, svc, b.cfg.Clock.Now().Add(min(glance, svc.Within)))
		}
		return func(b *board) {
			for _, d := range all {
				b.settle(d)
			}
			if gone != "" {
				b.lookout.decide(gone)
			}
		}
	})
	return true
}

// restOver reports whether every step but one is done or skipped.
func (b *board) restOver(but string) bool {
	return !slices.ContainsFunc(b.steps, func(v *stepView) bool { return v.step.ID != but && !over(v.outcome()) })
}

// pull takes over what the chronicle has news of.
func (b *board) pull() {
	n := b.cfg.Chronicle.pull()
	b.entries, b.history = n.entries, n.history
	for id, past := range n.steps {
		k, ok := b.byID[id]
		if !ok {
			continue
		}
		if b.cfg.Follow != nil {
			b.relive(b.steps[k], past)
		}
		b.steps[k].past, b.steps[k].shown = past, nil
	}
	takeBack(b.steps)
}

// watchLease ends the driving when the right to it is lost.
func (b *board) watchLease(ctx context.Context) change {
	select {
	case <-ctx.Done():
		return nil
	case <-b.cfg.Lease.Lost():
	}
	why := "the right to drive this site was lost; start the console again"
	if _, err := b.cfg.Lease.Term(ctx); err != nil {
		why += ": " + err.Error()
	}
	return func(b *board) { b.readOnly = why }
}

// elapsed is the time since the first action of the incident.
func (b *board) elapsed() time.Duration {
	if b.history.Began.IsZero() {
		return 0
	}
	return max(0, b.cfg.Clock.Now().Sub(b.history.Began)) // the clock may have been set back
}
