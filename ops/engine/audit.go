package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

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
	if err == nil && end.Lines == 0 {
		err = errNoOpening
	}
	return a.Audit, err
}

// errNoOpening is about a file that may be anything, or the rest of a journal.
var errNoOpening = errors.New("it does not begin with an open line, so it is no whole journal")

// auditor walks the lines of one journal.
type auditor struct {
	Audit
	format int         // of the journal
	plan   *PlanRecord // confirmed, and without an outcome so far
	open   string      // id of the action whose outcome is awaited
}

func (a *auditor) check(l journal.Line) error {
	if l.Seq == 1 && l.Type != journal.Open {
		return errNoOpening
	}
	switch l.Type {
	case journal.Open:
		var o journal.Opening
		if err := json.Unmarshal(l.Data, &o); err != nil {
			return journal.Ours(err)
		}
		a.format = o.Format
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
			return journal.Ours(err)
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
		return journal.Ours(err)
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
			return fmt.Errorf("%s went on although its gate %q did not hold: %s; wanted: %s", p.Step, g.Name, g.Seen, g.Want)
		}
		a.Gates++
	}
	if p.Shown == nil && a.format > 1 {
		return fmt.Errorf("%s went on without a record of what was shown", p.Step)
	}
	if err := p.covered(); err != nil {
		return fmt.Errorf("%s went on although %w", p.Step, err)
	}
	a.plan = &p
	return nil
}

// lacks says what the confirmation on record is short of.
func (p *PlanRecord) lacks() string {
	given := Confirmation{Accepted: p.Accepted, Typed: p.Typed, Overrides: p.Overrides}
	return Demanded(p.Risk, &Plan{Confirm: p.Confirm, Gates: p.Gates}).meets(given)
}

// covered holds what the operator saw against what was about to be sent.
// Journals of the first format do not tell.
func (p *PlanRecord) covered() error {
	if p.Shown == nil {
		return nil
	}
	seen := p.Confirmed
	if seen == nil {
		seen = p.Shown
	}
	switch news := seen.Beyond(*p.Shown); {
	case p.Shown.Digest() != p.Digest:
		return fmt.Errorf("its digest %s is not that of what was shown", p.Digest)
	case news != nil:
		return &Changed{News: news}
	}
	return nil
}

func (a *auditor) checkIntent(l journal.Line) error {
	var r ActionRecord
	if err := json.Unmarshal(l.Data, &r); err != nil {
		return journal.Ours(err)
	}
	switch {
	case a.plan == nil || a.plan.Step != r.Step:
		return fmt.Errorf("%s was to send %q without a confirmed plan", r.Step, r.ID)
	case a.open != "":
		return fmt.Errorf("%s was to send %q while the outcome of %q was open", r.Step, r.ID, a.open)
	}
	if lacks := a.plan.lacks(); lacks != "" {
		return fmt.Errorf("%s was to send %q without the confirmation that a step of risk %s asks for: %s", r.Step, r.ID, a.plan.Risk, lacks)
	}
	if s, does := a.plan.Shown, deed(&Action{Kind: r.Kind, Target: r.Target}); s != nil && len(s.Targets) > 0 && !slices.Contains(s.Targets, does) {
		return fmt.Errorf("%s was to send %q as %s, which was not confirmed", r.Step, r.ID, does)
	}
	a.open = r.ID
	a.Actions++
	return nil
}

func (a *auditor) checkAction(l journal.Line) error {
	var r ActionRecord
	if err := json.Unmarshal(l.Data, &r); err != nil {
		return journal.Ours(err)
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
		return journal.Ours(err)
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
