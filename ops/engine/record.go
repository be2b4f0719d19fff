package engine

import (
	"encoding/json"
	"math"
	"time"

	"pchatops/ops/fault"
	"pchatops/ops/journal"
)

// ActionRecord is the data of intent and action lines, and the action line
// that run and rehearse --json print.
type ActionRecord struct {
	Type      string       `json:"type"` // "action"
	Procedure string       `json:"procedure,omitempty"`
	Step      string       `json:"step"`
	ID        string       `json:"id"`
	Target    string       `json:"target"`
	Kind      Kind         `json:"kind"`
	Text      string       `json:"text"`
	Outcome   Outcome      `json:"outcome,omitempty"` // empty in an intent
	Seconds   float64      `json:"seconds"`
	Settled   bool         `json:"settled,omitempty"` // found to have taken effect already; not sent again
	Facts     []Fact       `json:"facts,omitempty"`   // observed while it ran
	Error     *fault.Error `json:"error,omitempty"`
}

// StepRecord is the data of step and skip lines, and the step line that run
// and rehearse --json print.
type StepRecord struct {
	Type      string       `json:"type"` // "step"
	Procedure string       `json:"procedure"`
	Step      string       `json:"step"`
	Title     string       `json:"title"`
	Outcome   Outcome      `json:"outcome"`
	Seconds   float64      `json:"seconds"`
	Actions   int          `json:"actions"`
	Already   bool         `json:"already,omitempty"`
	Verified  bool         `json:"verified,omitempty"` // decided by reading alone
	Stands    Outcome      `json:"stands,omitempty"`   // unknown: nothing could be read, and the step stays on record as this
	Changed   *bool        `json:"changed,omitempty"`  // failed or unknown: whether anything was changed
	Reason    string       `json:"reason,omitempty"`   // of a skip
	Proof     *Proof       `json:"proof,omitempty"`
	Error     *fault.Error `json:"error,omitempty"`
}

// PlanRecord is the data of plan lines: what was shown, and what was given. A
// text that is not the one asked for is not kept: it may be a password that
// was typed into the wrong window.
type PlanRecord struct {
	Procedure string            `json:"procedure"`
	Step      string            `json:"step"`
	Risk      Risk              `json:"risk"`
	Gates     []Gate            `json:"gates,omitempty"`
	Overrides map[string]string `json:"overrides,omitempty"` // gate name to what was typed
	Confirm   string            `json:"confirm,omitempty"`   // what had to be typed
	Typed     string            `json:"typed,omitempty"`
	Given     string            `json:"given,omitempty"` // the digest that was given in place of all texts
	Accepted  bool              `json:"accepted,omitempty"`
	Loss      string            `json:"loss,omitempty"`
	Shown     *Shown            `json:"shown,omitempty"`     // what there is to see in the plan
	Digest    string            `json:"digest,omitempty"`    // of that
	Confirmed *Shown            `json:"confirmed,omitempty"` // what the operator saw, where it was another plan
	Notes     []string          `json:"notes,omitempty"`
	Total     int               `json:"total"`
	Actions   []ActionRecord    `json:"actions,omitempty"` // the first of them
	Facts     []Fact            `json:"facts,omitempty"`   // seen while planning
	Refused   *fault.Error      `json:"refused,omitempty"`
}

func (p *PlanRecord) wasRefused() bool { return p.Refused != nil }

func (x *run) actionRecord(a *Action) ActionRecord {
	return ActionRecord{
		Type: "action", Procedure: x.proc, Step: x.step.ID, ID: clip(a.ID, maxName),
		Target: clip(a.Target, maxName), Kind: a.Kind, Text: clip(a.Text, maxText),
	}
}

func (x *run) planRecord(p *Plan, c Confirmation, refused error) PlanRecord {
	r := PlanRecord{
		Procedure: x.proc, Step: x.step.ID, Risk: x.step.Risk,
		Confirm: clip(p.Confirm, maxName), Accepted: c.Accepted, Given: c.Digest, Loss: clip(p.Loss, maxValue),
		Total: max(p.Total, len(p.Actions)), Refused: Fault(refused), Shown: &x.shown, Digest: x.shown.Digest(),
	}
	if c.Shown != nil && c.Shown.Digest() != r.Digest {
		r.Confirmed = c.Shown
	}
	if c.Typed == p.Confirm {
		r.Typed = r.Confirm
	}
	for _, g := range p.Gates[:min(len(p.Gates), maxGates)] {
		r.Gates = append(r.Gates, Gate{
			Name: clip(g.Name, maxName), Holds: g.Holds, Seen: clip(g.Seen, maxName), Want: clip(g.Want, maxName),
			Do: clip(g.Do, maxName), Override: clip(g.Override, maxName),
		})
		if !g.Holds && g.Override != "" && c.Overrides[g.Name] == g.Override {
			if r.Overrides == nil {
				r.Overrides = map[string]string{}
			}
			r.Overrides[clip(g.Name, maxName)] = clip(g.Override, maxName)
		}
	}
	for _, n := range p.Notes[:min(len(p.Notes), maxListed)] {
		r.Notes = append(r.Notes, clip(n, maxExcerpt))
	}
	for _, f := range p.Facts[:min(len(p.Facts), maxListed)] {
		r.Facts = append(r.Facts, fact(f.Name, f.Value))
	}
	for i := range p.Actions[:min(len(p.Actions), maxListed)] {
		a := x.actionRecord(&p.Actions[i])
		a.Text = clip(a.Text, maxExcerpt)
		r.Actions = append(r.Actions, a)
	}
	return r
}

// fill takes over what came of the step.
func (s *StepRecord) fill(proc string, step Step, res Result) {
	s.Type, s.Procedure, s.Step, s.Title = "step", proc, step.ID, step.Title
	s.Outcome, s.Seconds, s.Actions, s.Already = res.Outcome, Seconds(res.Took), res.Actions, res.Already
	s.Reason, s.Proof, s.Error = clip(res.Reason, maxValue), bounded(res.Proof), Fault(res.Err)
	if res.Outcome == Failed || res.Outcome == Unknown {
		s.Changed = &res.Changed
	}
}

// record appends one line to the journal.
func (x *run) record(t journal.Type, by string, data any) error {
	raw, err := json.Marshal(data)
	if err != nil {
		return err
	}
	_, err = x.Journal.Append(journal.Line{Type: t, By: by, Data: raw})
	return err
}

// Seconds rounds to milliseconds, which is what people read.
func Seconds(d time.Duration) float64 { return math.Round(d.Seconds()*1000) / 1000 }
