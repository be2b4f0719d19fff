package incident

import (
	"context"
	"encoding/json"
	"strings"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/journal"
)

// maxWords is the longest note or reason, in bytes.
const maxWords = 2_000

// Plan reads afresh what a step would do.
func (i *Incident) Plan(step string) error {
	return i.ask(func(b *board) error {
		v, err := b.find("plan", step)
		if err != nil || v.plans || v.running {
			return err // a plan is on its way already
		}
		v.plans = true
		b.read(func(ctx context.Context) change {
			plan, err := engine.Planned(ctx, v.step)
			return func(b *board) {
				v.plans = false
				if !v.running {
					v.planned(plan, err, b.cfg.Clock.Now())
				}
			}
		})
		return nil
	})
}

// Run runs a step with the confirmation that the operator gave for it.
func (i *Incident) Run(step string, c engine.Confirmation) error {
	return i.ask(func(b *board) error { return b.run(order{step: step, ask: engine.Given(c)}) })
}

// Verify proves a step's outcome by reading the servers.
func (i *Incident) Verify(step string) error {
	return i.ask(func(b *board) error {
		v, err := b.mayWork("verify", step)
		if err != nil {
			return err
		}
		b.verify(v)
		return nil
	})
}

// Skip records that a step is left out, and why.
func (i *Incident) Skip(step, reason string) error {
	return i.ask(func(b *board) error {
		v, err := b.mayWork("skip", step)
		if err != nil {
			return err
		}
		reason = strings.TrimSpace(reason)
		switch {
		case reason == "" || len(reason) > maxWords:
			return refused("skip "+step, "a step is skipped with a reason", "say why, in a sentence or two")
		case v.outcome() == engine.Done:
			return refused("skip "+step, "it is done", "go on with the next step")
		}
		return b.put(journal.Skip, b.skip(v, reason))
	})
}

func (b *board) skip(v *stepView, reason string) engine.StepRecord {
	return engine.StepRecord{
		Type: "step", Procedure: b.cfg.Procedure.ID, Step: v.step.ID, Title: v.step.Title,
		Outcome: engine.Skipped, Reason: reason,
	}
}

// Note keeps the operator's words.
func (i *Incident) Note(text string) error {
	return i.ask(func(b *board) error {
		text = strings.TrimSpace(text)
		switch {
		case b.readOnly != "" || b.stopping:
			return refused("keep a note", b.blocked(0), "keep it on the console that drives")
		case text == "" || len(text) > maxWords:
			return refused("keep a note", "a note has between 1 and 2,000 bytes", "write a shorter one, or two")
		}
		return b.put(journal.Note, noteRecord{Text: text})
	})
}

// Poll asks every node now, and infers anew where the steps stand.
func (i *Incident) Poll() error {
	return i.ask(func(b *board) error {
		if b.cfg.Poll != nil {
			b.cfg.Poll()
		}
		if b.mayInfer() {
			b.infer()
		}
		return nil
	})
}

// put appends a line in a goroutine of its own, because a disk may be slow.
func (b *board) put(t journal.Type, data any) error {
	raw, err := json.Marshal(data)
	if err != nil {
		return err
	}
	b.act(func(context.Context) change {
		_, _ = recorder{b.Incident}.Append(journal.Line{Type: t, By: b.cfg.By, Data: raw}) // a failure ends the driving and is shown
		return (*board).lookOut
	})
	return nil
}

func (b *board) find(verb, step string) (*stepView, error) {
	if b.stopping {
		return nil, refused(verb+" "+step, "the console is ending", "open it again: it stands where this one stood")
	}
	if k, ok := b.byID[step]; ok {
		return b.steps[k], nil
	}
	return nil, noStep(verb, step, b.cfg.Procedure)
}

// mayWork finds a step and refuses where this console may not act, or is
// acting already.
func (b *board) mayWork(verb, step string) (*stepView, error) {
	v, err := b.mayAct(verb, step)
	if err == nil && b.running != "" {
		return nil, refused(verb+" "+step, b.running+" is running", "wait for its end")
	}
	return v, err
}

// mayRun is mayWork for a step to be run, which need not wait for one whose work
// goes on by itself.
func (b *board) mayRun(step string) (*stepView, error) {
	if b.apart() && b.running != step {
		return b.mayAct("run", step)
	}
	return b.mayWork("run", step)
}

func (b *board) mayAct(verb, step string) (*stepView, error) {
	v, err := b.find(verb, step)
	switch {
	case err != nil:
		return nil, err
	case b.readOnly != "":
		return nil, refused(verb+" "+step, b.readOnly, "")
	case b.old != nil:
		return nil, refused(verb+" "+step, b.undecided(), "")
	}
	return v, nil
}

func noStep(verb, step string, p *engine.Procedure) error {
	return refused(verb+" "+step, "the procedure "+p.ID+" has no such step", "it has "+p.Steps[0].ID+" to "+p.Steps[len(p.Steps)-1].ID)
}

func refused(tried, text, do string) error {
	return &fault.Error{Class: fault.Refused, Tried: tried, Text: text, Do: do}
}
