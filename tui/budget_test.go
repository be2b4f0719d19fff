package tui_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/ops/site"
	"pchatops/ops/status"
	"pchatops/tui/tuitest"
)

// What a change may cost on the line, at the sizes of the two usual terminals.
func TestChangesStayWithinTheirBytes(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			f := tuitest.NewIncident(failover())
			f.Plans["F1"] = plan(`SQL11\RTC`, "exec sp_delete_log_shipping_secondary_database N'mgc'", "")
			d := console(t, f, size[0], size[1])
			cost := func(most int, what string, change func()) {
				t.Helper()
				d.Idle().Count()
				change()
				sent := d.Idle().Count()
				require.Positive(t, sent, what)
				require.LessOrEqual(t, sent, most, what)
			}

			d.Press("p").Advance(20 * time.Second) // the plan is read, and nothing announced stands in the footer
			cost(45, "a status word", func() { f.Change(stateOf(site.Secondary, "RECOVERING")) })
			cost(900, "a dialog opens", func() { d.Press("enter").Shows("Run F1") })
			d.Advance(time.Second).Press("esc").Lacks("Run F1 Remove")

			f.Step("F3", func(s *incident.StepState) { s.Running, s.Started, s.Total, s.Sent = true, night, 14, 3 })
			for percent := range 5 {
				cost(60, "a tick of progress", func() {
					f.Step("F3", func(s *incident.StepState) {
						s.Progress = &engine.Progress{Done: 3, Total: 14, Percent: 40 + float64(percent)}
					})
				})
			}
		})
	}
}

// stateOf changes what a node of the snapshot says of its database.
func stateOf(role site.Role, state string) func(*incident.State) {
	return func(s *incident.State) {
		snap := *s.Snapshot
		snap.Nodes = append([]status.Node(nil), snap.Nodes...)
		for i := range snap.Nodes {
			if snap.Nodes[i].Role == role {
				snap.Nodes[i].Facts.Database.State = state
			}
		}
		s.Snapshot = &snap
	}
}

// A key sends the mark; what the detail and the footer then say of another step
// comes in a frame of its own, once the selection rests.
func TestMovingTheSelectionSendsTheMarkAndThenTheDetail(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		f := tuitest.NewIncident(failover())
		f.State.Steps[1].Blocked, f.State.Steps[2].Outcome = "F1 is not done", engine.Done
		d := console(t, f, size[0], size[1])
		d.Count()
		for _, key := range []string{"j", "j", "k", "down", "up", "G", "g"} {
			sent := d.Press(key).Count()
			require.Positive(t, sent)
			require.LessOrEqual(t, sent, 60, "%s at %v", key, size)
			sent = d.Advance(pause).Count()
			require.Positive(t, sent)
			require.LessOrEqual(t, sent, 900, "the detail after %s at %v", key, size)
		}
	}
}

// A minute of a site that answers every two seconds and where nothing happens
// but that everything grows older, in the minute in which ages change most.
func TestAnIdleSiteStaysWithinItsBytesASecond(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		f := tuitest.NewIncident(healthy(0))
		d := console(t, f, size[0], size[1])
		d.Shows("backup <10s ago", "copied <10s ago · restored <10s ago").Count()
		for second := range 60 {
			d.Advance(time.Second)
			if second%2 == 0 {
				f.Change(aged(second + 1))
				d.Idle()
			}
		}
		d.Shows("backup 1m ago", "copied 1m ago · restored 1m ago")
		sent := d.Count()
		t.Logf("%v: %d bytes a minute", size, sent)
		require.Positive(t, sent, "its ages tick")
		require.LessOrEqual(t, sent/60, 45, "at %v", size)
	}
}

func TestAPausedScreenCostsNothing(t *testing.T) {
	f := tuitest.NewIncident(healthy(0))
	d := console(t, f, 120, 40)
	d.Press("Z").Expect("FROZEN since").Count()
	for second := range 30 {
		f.Change(aged(second))
		d.Advance(time.Second)
	}
	require.Zero(t, d.Count())
}

// aged is a poll of the healthy site at a second of the night.
func aged(second int) func(*incident.State) {
	return func(s *incident.State) {
		now := healthy(second)
		s.Snapshot, s.Exposure = now.Snapshot, now.Exposure
	}
}

// healthy is a site as it should be, at a second of the night: log shipping has
// just gone through all its servers.
func healthy(second int) incident.State {
	s := failover()
	old := time.Duration(second) * time.Second
	now := night.Add(old)
	snap := *s.Snapshot
	snap.Seq, snap.Taken = uint64(second)+1, now
	snap.Nodes = append([]status.Node(nil), snap.Nodes...)
	for i := range snap.Nodes {
		n := &snap.Nodes[i]
		n.Reachable, n.Err, n.Failures, n.Silent, n.Asked, n.Answered = true, nil, 0, time.Time{}, now, now
		n.Facts.Sysadmin, n.Facts.Agent.State = true, "running"
		switch n.Role {
		case site.Primary:
			n.Facts.Mirroring = status.Mirroring{Configured: true, Role: "PRINCIPAL", State: "SYNCHRONIZED"}
			n.Facts.Primary = &status.ShippingPrimary{BackupAge: 5*time.Second + old, Threshold: time.Hour}
		case site.Mirror:
			n.Facts.Mirroring = status.Mirroring{Configured: true, Role: "MIRROR", State: "SYNCHRONIZED"}
			n.Facts.Primary = &status.ShippingPrimary{BackupAge: 11*time.Second + old, Threshold: time.Hour}
		case site.Secondary:
			n.Facts.Secondary = &status.ShippingSecondary{CopyAge: 3*time.Second + old, RestoreAge: 8*time.Second + old, Threshold: time.Hour}
		default: // ships nothing
		}
	}
	snap.Pool.Asked, snap.Pool.Answered = now, now
	s.Snapshot, s.Findings, s.Exposure = &snap, nil, status.Exposure{Known: true, Seconds: 5 + float64(second)}
	return s
}
