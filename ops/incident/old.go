package incident

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/journal"
)

// Old is an unfinished incident that may have nothing to do with what goes on
// now. Nothing is run before the operator has said whether to go on with it.
type Old struct {
	ID      string
	Last    time.Time // that something was done or decided in it
	Why     string    // it is not simply gone on with
	Changed []string  // since then, as the servers tell; only known once they were read
}

// Resume goes on with an old incident.
func (i *Incident) Resume() error {
	return i.ask(func(b *board) error {
		if b.old == nil {
			return refused("go on with the incident", "nothing is asked about it", "")
		}
		text := "goes on with this incident, though " + b.old.Why
		b.old = nil
		return b.put(journal.Resume, noteRecord{Text: text})
	})
}

// Conclude ends the incident as it stands. What is to come begins a new one.
func (i *Incident) Conclude(reason string) error {
	return i.ask(func(b *board) error {
		reason = strings.TrimSpace(reason)
		switch {
		case b.readOnly != "":
			return refused("close the incident", b.readOnly, "")
		case b.running != "" || b.stopping:
			return refused("close the incident", b.running+" is running", "wait for its end")
		case reason == "" || len(reason) > maxWords:
			return refused("close the incident", "an incident is closed with a reason", "say why, in a sentence or two")
		}
		sum := b.summary()
		sum.Outcome, sum.Reason = engine.EndClosed, reason
		b.old, b.readOnly = nil, "the incident is closed: open the console again to begin a new one"
		return b.put(journal.Close, sum)
	})
}

// undecided says what the operator is asked, "" where nothing is.
func (b *board) undecided() string {
	if b.old == nil {
		return ""
	}
	return fmt.Sprintf("this incident is unfinished, and %s: say first whether to go on with it or to begin a new one", b.old.Why)
}

// question is what viewers see of an old incident, once it is known what has
// changed since.
func (b *board) question() *Old {
	if b.old == nil || b.cfg.Infer && !b.looked {
		return nil
	}
	q := *b.old
	for _, v := range b.steps {
		switch {
		case v.outcome() == engine.Undone:
			q.Changed = append(q.Changed, v.step.ID+" "+notSo(v.past.Outcome == engine.Skipped)+": "+v.undone.Says)
		case v.past.Outcome == engine.None && v.inferred.Outcome == engine.Done:
			q.Changed = append(q.Changed, v.step.ID+" was not run, and is so by now")
		case v.planErr != nil && v.past.Outcome != engine.Done:
			q.Changed = append(q.Changed, v.step.ID+" cannot be read: "+v.planErr.Error())
		}
	}
	return &q
}

// oldLook bounds how long the servers are asked whether they contradict an incident:
// nobody drives meanwhile, and what is not read by then is read before it matters.
const oldLook = 30 * time.Second

// Contradicted gives the steps that are done on record and that the servers say
// are not so. What cannot be read is no contradiction; it is read again before
// a step that needs it. A step that may be put off is no reason to hold up the
// others: its turn comes. Nor is one that rescues and has more to do by now: a run
// goes on from it, as it would have gone back to it. Nor is one that this incident has
// taken back itself: a run does it again.
func Contradicted(ctx context.Context, steps []engine.Step, c *Chronicle) (out []string) {
	var views []*stepView
	for _, s := range steps {
		views = append(views, &stepView{step: s, past: c.past(s.ID)})
	}
	takeBack(views)
	doubts := recorded(views[final(views):], func(v *stepView) bool { return !v.step.Deferrable })
	ctx, stop := context.WithTimeout(ctx, oldLook)
	defer stop()
	readAll(ctx, doubts)
	from := len(doubts)
	if d := firstOvertaken(doubts); d != nil {
		from = slices.Index(doubts, d)
	}
	for i, d := range doubts {
		anew := d.again || i >= from && d.step.Rescues
		if d.err == nil && d.contradicted() && !anew {
			out = append(out, d.step.ID+" "+notSo(d.skipped)+": "+d.res.Proof.Says)
		}
	}
	return out
}

// past gives the record of a step, without its actions.
func (c *Chronicle) past(step string) engine.Past {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := *c.history.Step(step)
	p.Actions, p.Unsettled = nil, nil
	return p
}

// Concluded is the data of the line that closes an incident from outside, as it
// stands on record.
func Concluded(h *engine.History, procedure, reason string) ([]byte, error) {
	sum := engine.Summary{
		Type: "summary", Procedure: procedure, Outcome: engine.EndClosed, Reason: reason,
		Steps: map[engine.Outcome]int{}, RecoveredTo: h.Facts[engine.RecoveredTo],
	}
	for _, p := range h.Steps {
		sum.Steps[p.Outcome]++
	}
	return json.Marshal(sum)
}
