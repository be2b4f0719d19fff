package tui_test

import (
	"testing"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/tui/tuitest"
)

// A step may be over before anybody saw it run: nothing announces it then.
func TestAStepThatIsOverIsNotAnnouncedAnyMore(t *testing.T) {
	f := tuitest.NewIncident(failover())
	d := console(t, f, 80, 24)
	d.Press("G", "enter").Shows("FX requested")
	f.Step("FX", func(s *incident.StepState) { s.Outcome, s.Started = engine.Done, night.Add(time.Second) })
	d.Idle().Lacks("FX requested").Shows("✓ FX", "enter run")
}

// What is read in the background may take the old plan away while the operator
// waits for the new one.
func TestAKeyIsNotForgottenWhenTheOldPlanGoes(t *testing.T) {
	f := tuitest.NewIncident(failover())
	f.Hold = true
	d := console(t, f, 80, 24)
	d.Press("enter").Shows("planning F1")
	f.Step("F1", func(s *incident.StepState) { s.Plan, s.PlanAt = nil, night.Add(time.Second) })
	d.Idle().Shows("planning F1")
	f.Step("F1", func(s *incident.StepState) {
		s.Plan, s.PlanAt = plan(`SQL11\RTC`, "exec sp_one", ""), night.Add(2*time.Second)
	})
	d.Idle().Shows("LIVE · Run F1")
}
