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
