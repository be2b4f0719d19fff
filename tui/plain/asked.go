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
