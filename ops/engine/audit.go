package engine

import (
	"encoding/json"
	"fmt"
	"io"

	"pchatops/ops/journal"
)

// Audit is what an offline check of a journal counted.
type Audit struct {
	Lines     uint64
	Actions   int // sent
	Gates     int // that held, or were passed by name
	Overrides int // of these, passed by name
	Proofs    int // steps that were done, with a proof that holds
}

// Audited reads a journal and checks that every action had an intent before
// it, every intent a plan whose gates were true (or passed by name) and whose
// confirmation the risk of the step asks for, and every done step a proof. The
// error names the first line of which that is not so.
func Audited(r io.Reader) (Audit, error) {
	a := &auditor{}
	end, err := journal.Replay(r, a.check)
	a.Lines = end.Lines
	return a.Audit, err
}

// auditor walks the lines of one journal.
type auditor struct {
	Audit
	plan *PlanRecord // confirmed, and without an outcome so far
	open string      // id of the action whose outcome is awaited
}

func (a *auditor) check(l journal.Line) error {
	switch l.Type {
	case journal.Driver: // what the console before had under way ended with it
		a.plan, a.open = nil, ""
	case journal.Plan:
		return a.checkPlan(l)
	case journal.Intent:
		return a.checkIntent(l)
	case journal.Action:
		return a.checkAction(l)
	case journal.Step:
		return a.checkStep(l)
	case journal.Skip:
		var s StepRecord
		if err := json.Unmarshal(l.Data, &s); err != nil {
			return err
		}
		if s.Reason == "" || l.By == "" {
			return fmt.Errorf("%s was skipped without a reason or a name", s.Step)
		}
	default: // promises nothing
	}
	return nil
}

func (a *auditor) checkPlan(l journal.Line) error {
	var p PlanRecord
	if err := json.Unmarshal(l.Data, &p); err != nil {
		return err
	}
	a.plan, a.open = nil, ""
	if p.wasRefused() {
		return nil
	}
	for _, g := range p.Gates {
		switch {
		case g.Holds:
		case g.Override != "" && p.Overrides[g.Name] == g.Override:
			a.Overrides++
		default:
			return fmt.Errorf("%s went on although its gate %q did not hold: %s, wanted %s", p.Step, g.Name, g.Seen, g.Want)
		}
		a.Gates++
	}
	a.plan = &p
	return nil
}

func (a *auditor) checkIntent(l journal.Line) error {
	var r ActionRecord
	if err := json.Unmarshal(l.Data, &r); err != nil {
		return err
	}
	switch {
	case a.plan == nil || a.plan.Step != r.Step:
		return fmt.Errorf("%s was to send %q without a confirmed plan", r.Step, r.ID)
	case a.open != "":
		return fmt.Errorf("%s was to send %q while the outcome of %q was open", r.Step, r.ID, a.open)
	}
	given := Confirmation{Accepted: a.plan.Accepted, Typed: a.plan.Typed}
	if !confirmed(a.plan.Risk, &Plan{Confirm: a.plan.Confirm}, given) {
		return fmt.Errorf("%s was to send %q without the confirmation that a step of risk %s asks for", r.Step, r.ID, a.plan.Risk)
	}
	a.open = r.ID
	a.Actions++
	return nil
}

func (a *auditor) checkAction(l journal.Line) error {
	var r ActionRecord
	if err := json.Unmarshal(l.Data, &r); err != nil {
		return err
	}
	if !r.Settled && (a.open == "" || a.open != r.ID) {
		return fmt.Errorf("%s has an outcome for %q without an intent before it", r.Step, r.ID)
	}
	a.open = ""
	return nil
}

func (a *auditor) checkStep(l journal.Line) error {
	var s StepRecord
	if err := json.Unmarshal(l.Data, &s); err != nil {
		return err
	}
	if s.Outcome == Done {
		if s.Proof == nil || !s.Proof.Holds {
			return fmt.Errorf("%s is recorded as done without a proof that holds", s.Step)
		}
		a.Proofs++
	}
	a.plan, a.open = nil, ""
	return nil
}
