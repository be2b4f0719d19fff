package tui_test

import (
	"testing"
	"time"

	"pchatops/ops/await"
	"pchatops/ops/incident"
	"pchatops/ops/status"
	"pchatops/tui/tuitest"
)

// A cut has ended the session of a lock. Until the right is taken again nothing is
// sent, and whoever looks sees that, since when, and what was lost.
func TestARightThatIsBeingTakenAgainIsOnTheScreen(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		f := tuitest.NewIncident(failover())
		f.Step("F3", func(s *incident.StepState) { s.Running, s.Started = true, night })
		d := console(t, f, size[0], size[1])
		choose(d, 2).Lacks("RIGHT LOST")
		lost := &incident.Retaking{Since: night, Until: night.Add(time.Minute), Why: `SQL11\RTC: the session was ended`}
		f.Change(func(s *incident.State) {
			s.Retaking, s.Running = lost, "F3"
			s.Findings = status.Ranked(s.Findings, []status.Finding{status.RightLost(lost.Says())})
		})
		d.Idle().Shows("RIGHT LOST 0s", `✗ RIGHT LOST: nothing has been sent since 02:59:32 UTC: SQL11`, "! nothing has been sent since")
		d.Advance(12 * time.Second).Shows("RIGHT LOST 12s")
		f.Change(func(s *incident.State) { s.Retaking, s.Findings = nil, failover().Findings })
		d.Idle().Lacks("RIGHT LOST").Lacks("nothing is sent")
	}
}

// A step that waits for something says what that is, and for how long at most.
func TestWhatIsWaitedForIsOnTheScreen(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		f := tuitest.NewIncident(failover())
		f.Step("F3", func(s *incident.StepState) { s.Running, s.Started = true, night })
		d := console(t, f, size[0], size[1])
		choose(d, 2).Lacks("waiting since")
		f.Change(func(s *incident.State) {
			s.Running, s.Waiting = "F3", &await.Wait{For: "SQL11 to answer", Since: night, Until: night.Add(time.Minute)}
		})
		d.Idle().Shows("… waiting since 02:59:32 UTC for")
		f.Change(func(s *incident.State) { s.Waiting = nil })
		d.Idle().Lacks("waiting since")
	}
}
