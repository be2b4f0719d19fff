package incident

import (
	"context"
	"fmt"
	"maps"

	"pchatops/ops/engine"
)

// run begins a step. sink (may be nil) sees its events in the step's own
// goroutine; done (may be nil) is called by the owner once all is taken over.
func (b *board) run(step string, ask engine.Asker, sink func(engine.Event), done func(engine.Result, error)) error {
	v, err := b.mayWork("run", step)
	if err != nil {
		return err
	}
	k := b.byID[step]
	if why := b.blocked(k); why != "" {
		return refused("run "+step, why, "")
	}
	before := b.unproven(k)
	b.occupy(v)
	v.begin(b.cfg.Clock.Now())
	runner := b.runner(maps.Clone(v.past.Unsettled))
	b.act(func(ctx context.Context) change {
		err := b.look(ctx, step, before)
		var res engine.Result
		if err == nil {
			res, err = runner.Run(ctx, b.cfg.Procedure.ID, v.step, ask, b.listen(v, sink))
		}
		return func(b *board) {
			b.release(v, res, err)
			if done != nil {
				done(res, err)
			}
		}
	})
	return nil
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

// unproven gives the steps before the kth that have no outcome on record and
// were not seen to be so just now.
func (b *board) unproven(k int) []*stepView {
	if b.steps[k].step.WayBack {
		return nil
	}
	var out []*stepView
	for _, v := range b.steps[:k] {
		if !v.step.Deferrable && v.past.Outcome == engine.None && b.cfg.Clock.Now().Sub(v.inferredAt) > fresh {
			out = append(out, v)
		}
	}
	return out
}

// look reads whether the steps before one are so, and refuses where one is not.
func (b *board) look(ctx context.Context, step string, before []*stepView) error {
	for _, v := range before {
		res, err := engine.Inferred(ctx, v.step)
		b.tell(func(b *board) { b.infers(v, res, err) })
		if err != nil {
			return fmt.Errorf("%s is to be run after %s: %w", step, v.step.ID, err)
		}
		if res.Outcome == engine.None {
			return refused("run "+step, v.step.ID+" "+v.step.Title+" is not done", "run it first, or skip it with a reason")
		}
	}
	return nil
}

// verify proves a step. Where nothing is on record nothing is recorded: what
// the servers show is inferred.
func (b *board) verify(v *stepView) {
	b.occupy(v)
	onRecord := v.past.Outcome != engine.None
	runner := b.runner(maps.Clone(v.past.Unsettled))
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
	if b.noInference != nil {
		b.noInference()
		b.noInference = nil
	}
	b.running = v.step.ID
	v.running, v.since = true, b.cfg.Clock.Now()
}

func (b *board) release(v *stepView, res engine.Result, err error) {
	b.running = ""
	v.end(res, err)
	if b.cfg.Poll != nil {
		b.cfg.Poll() // the panel follows the step, not the next round
	}
	if b.cfg.Infer && !b.stopping {
		b.infer()
	}
}

// watch infers anew, now and then, where people do steps elsewhere. Snapshots
// arrive all the time and set the beat.
func (b *board) watch() {
	if every := b.cfg.Procedure.Watch; every > 0 && b.mayInfer() && b.cfg.Clock.Now().Sub(b.inferredAt) >= every {
		b.infer()
	}
}

// mayInfer reports whether this console infers and has nothing better to do.
func (b *board) mayInfer() bool {
	return b.cfg.Infer && b.readOnly == "" && b.running == "" && !b.stopping
}

// infer reads in the background where the steps without an outcome stand.
func (b *board) infer() {
	if b.noInference != nil {
		return
	}
	b.inferredAt = b.cfg.Clock.Now()
	var open []*stepView
	for _, v := range b.steps {
		if v.past.Outcome == engine.None {
			open = append(open, v)
		}
	}
	b.noInference = b.read(func(ctx context.Context) change {
		for _, v := range open {
			res, err := engine.Inferred(ctx, v.step)
			if ctx.Err() != nil {
				return nil
			}
			b.tell(func(b *board) {
				if ctx.Err() == nil { // nothing has been run meanwhile
					b.infers(v, res, err)
				}
			})
		}
		return func(b *board) {
			if ctx.Err() == nil {
				b.noInference = nil
			}
		}
	})
}

// infers takes over what the servers say of a step.
func (b *board) infers(v *stepView, res engine.Result, err error) {
	now := b.cfg.Clock.Now()
	v.planned(res.Plan, err, now)
	if err == nil {
		v.inferred, v.inferredAt = res, now
	}
	if res.Outcome == engine.Done {
		v.refused = nil // what stood in the way then does no longer
	}
}
