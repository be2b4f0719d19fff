package tui_test

import (
	"testing"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
)

// A step may be over before anybody saw it run: nothing announces it then.
func TestAStepThatIsOverIsNotAnnouncedAnyMore(t *testing.T) {
	f := newFake(failover())
	d := console(t, f, 80, 24)
	d.Press("G", "enter").Shows("FX requested")
	f.step("FX", func(s *incident.StepState) { s.Outcome, s.Started = engine.Done, night.Add(time.Second) })
	d.Idle().Lacks("FX requested").Shows("✓ FX", "enter run")
}

// What is read in the background may take the old plan away while the operator
// waits for the new one.
func TestAKeyIsNotForgottenWhenTheOldPlanGoes(t *testing.T) {
	f := newFake(failover())
	f.hold = true
	d := console(t, f, 80, 24)
	d.Press("enter").Shows("planning F1")
	f.step("F1", func(s *incident.StepState) { s.Plan, s.PlanAt = nil, night.Add(time.Second) })
	d.Idle().Shows("planning F1")
	f.step("F1", func(s *incident.StepState) {
		s.Plan, s.PlanAt = plan(`SQL11\RTC`, "exec sp_one", ""), night.Add(2*time.Second)
	})
	d.Idle().Shows("LIVE · Run F1")
}
