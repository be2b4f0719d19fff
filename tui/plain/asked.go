package plain

import (
	"errors"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/incident"
)

// asked is a step that the operator had run or verified and that has not come
// to anything yet.
type asked struct {
	step string
	was  trace
	ran  bool // it was seen under way
	// changed is what it said of an earlier confirmation, left what an earlier run
	// had left to decide.
	changed *engine.Changed
	left    *incident.Left
}

// anew reports whether the step has to be asked about again.
func (a *asked) anew(s *incident.StepState) bool {
	return s != nil && (s.Changed != nil && s.Changed != a.changed || s.Left != nil && s.Left != a.left)
}

// over reports whether the step has come to something since.
func (a *asked) over(s *incident.StepState) bool {
	if s == nil {
		return true
	}
	ran := a.ran
	a.ran = ran || s.Running
	return !s.Running && (ran || traceOf(s) != a.was)
}

// trace tells two results of a step apart that read the same.
type trace struct {
	outcome engine.Outcome
	proof   *engine.Proof
	fault   *fault.Error
	text    string
	started time.Time
}

func traceOf(s *incident.StepState) trace {
	p := trace{outcome: s.Outcome, proof: s.Proof, started: s.Started}
	if s.Err != nil {
		p.text = s.Err.Error()
		errors.As(s.Err, &p.fault)
	}
	return p
}
