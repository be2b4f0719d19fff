package incident

import (
	"context"

	"pchatops/ops/engine"
	"pchatops/ops/status"
)

// order is a step that is to be run.
type order struct {
	step  string
	ask   engine.Asker
	sink  func(engine.Event)         // sees the events in the step's own goroutine; nil: nobody does
	done  func(engine.Result, error) // is called by the owner once all is taken over; nil: nobody is
	leave <-chan struct{}            // is closed when nobody waits for it any more; nil: somebody does
}

// run begins a step.
func (b *board) run(o order) error {
	step := o.step
	v, err := b.mayRun(step)
	if err != nil {
		return err
	}
	k := b.byID[step]
	if why := b.blocked(k); why != "" {
		return refused("run "+step, why, "")
	}
	if b.running != "" {
		b.instead(v, func() error { return b.run(o) }, o.done)
		return nil
	}
	before := b.doubtful(k)
	b.occupy(v)
	v.begin(b.cfg.Clock.Now())
	runner := b.runner(v)
	runner.Leave = o.leave
	b.leave = b.act(func(ctx context.Context) change {
		looking, stop := engine.Until(ctx, o.leave)
		err := b.look(looking, step, before)
		left := looking.Err() != nil && ctx.Err() == nil
		stop()
		var res engine.Result
		if err == nil || left { // who has left is told by the step
			res, err = runner.Run(ctx, b.cfg.Procedure.ID, v.step, o.ask, b.listen(v, o.sink))
		}
		return func(b *board) {
			b.ran++
			b.release(v, res, err)
			v.leftOver = leftOf(res)
			if o.done != nil {
				o.done(res, err)
			}
		}
	})
	return nil
}

// instead begins a step once the console has stopped following the one whose
// work goes on by itself. What becomes of that is not known from then on:
// verifying it says, and running it follows it again.
func (b *board) instead(v *stepView, begin func() error, done func(engine.Result, error)) {
	b.next = func() {
		err := begin()
		if err == nil {
			return
		}
		if v.refused = err; done != nil {
			done(engine.Result{}, err)
		}
	}
	b.leave()
}

// apart reports whether the work of the running step goes on by itself and
// holds up no other.
func (b *board) apart() bool {
	k, ok := b.byID[b.running]
	return ok && b.steps[k].apart && b.steps[k].step.Deferrable && b.next == nil
}

// listen passes the events of a run to the owner and to sink.
func (b *board) listen(v *stepView, sink func(engine.Event)) func(engine.Event) {
	return func(e engine.Event) {
		b.tell(func(*board) { v.live(e) })
		if sink != nil {
			sink(e)
		}
	}
}

// verify proves a step. Where nothing is on record nothing is recorded: what
// the servers show is inferred.
func (b *board) verify(v *stepView) {
	b.occupy(v)
	onRecord := v.past.Outcome != engine.None
	runner := b.runner(v)
	b.read(func(ctx context.Context) change {
		var res engine.Result
		var err error
		if onRecord {
			res, err = runner.Verify(ctx, b.cfg.Procedure.ID, v.step, b.listen(v, nil))
		} else if res.Proof, err = engine.Proved(ctx, v.step); err == nil && res.Proof.Holds {
			res.Outcome, res.Already = engine.Done, true
		}
		return func(b *board) {
			if !onRecord && err == nil {
				v.inferred, v.inferredAt = res, b.cfg.Clock.Now()
			}
			b.release(v, res, err)
		}
	})
}

// occupy marks a step as the one under way, and ends the inference that its
// actions would overtake.
func (b *board) occupy(v *stepView) {
	b.stopInferring()
	b.running = v.step.ID
	v.running, v.since = true, b.cfg.Clock.Now()
}

func (b *board) stopInferring() {
	if b.noInference != nil {
		b.noInference()
		b.noInference = nil
	}
}

func (b *board) release(v *stepView, res engine.Result, err error) {
	b.running = ""
	v.end(res, err)
	b.lookAnew(v, res)
	b.lookOut()
	v.provedAt = b.cfg.Clock.Now()
	if err == nil {
		v.asOf = b.ran
	}
	if next := b.next; next != nil {
		b.next = nil
		next()
		return
	}
	if b.cfg.Poll != nil {
		b.cfg.Poll() // the panel follows the step, not the next round
	}
	if b.cfg.Infer && !b.stopping {
		b.infer()
	}
}

// watch infers anew, now and then: people do steps elsewhere, and undo them.
// Snapshots arrive all the time and set the beat.
func (b *board) watch() {
	every := b.cfg.Procedure.Watch
	if every == 0 {
		every = fresh
	}
	if b.mayInfer() && (b.moved || b.cfg.Clock.Now().Sub(b.inferredAt) >= every) {
		b.infer()
	}
}

// moved reports whether a database is not what the snapshot before showed: its
// state, its role, that it is there at all, or that it is that one and has come as
// far as it had. A tick may be none any more then. So may a gate hold, or none, once
// there is another verdict on a server.
func moved(before, now *status.Snapshot) bool {
	if before == nil || now == nil || len(before.Nodes) != len(now.Nodes) {
		return false
	}
	for i := range now.Nodes {
		was, is := &before.Nodes[i], &now.Nodes[i]
		if was.Life.Verdict != is.Life.Verdict {
			return true
		}
		if was.Answered.IsZero() || !is.Reachable {
			continue
		}
		a, b := was.Facts, is.Facts
		if a.Mirroring.Configured != b.Mirroring.Configured || a.Mirroring.Role != b.Mirroring.Role || replaced(a.Database, b.Database) {
			return true
		}
	}
	return false
}

// replaced reports whether a database is another one by now, or in another state. Log
// that is applied brings it forward; a restore from the beginning takes it back.
func replaced(was, is status.Database) bool {
	return was.Exists != is.Exists || was.State != is.State || was.Standby != is.Standby || is.RedoLSN.Compare(was.RedoLSN) < 0 ||
		was.Family != is.Family || was.Fork != is.Fork || was.RedoFork != is.RedoFork
}

// mayInfer reports whether this console infers and has nothing better to do. One
// that only observes infers, too: what nobody has put on record it has to see for
// itself, as the console does that drives.
func (b *board) mayInfer() bool {
	return b.cfg.Infer && (b.readOnly == "" || b.cfg.Follow != nil) && b.running == "" && !b.stopping
}
