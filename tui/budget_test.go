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
)

// What a change may cost on the line, at the sizes of the two usual terminals.
func TestChangesStayWithinTheirBytes(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			f := newFake(failover())
			f.plans["F1"] = plan(`SQL11\RTC`, "exec sp_delete_log_shipping_secondary_database N'mgc'", "")
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
			cost(45, "a status word", func() { f.change(stateOf(site.Secondary, "RECOVERING")) })
			cost(900, "a dialog opens", func() { d.Press("enter").Shows("Run F1") })
			d.Advance(time.Second).Press("esc").Lacks("Run F1 Remove")

			f.step("F3", func(s *incident.StepState) { s.Running, s.Started, s.Total, s.Sent = true, night, 14, 3 })
			for percent := range 5 {
				cost(60, "a tick of progress", func() {
					f.step("F3", func(s *incident.StepState) {
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

// The mark alone: what the detail then says of another step comes on top.
func TestMovingTheSelectionStaysWithinItsBytes(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		f := newFake(failover())
		for i := range f.state.Steps {
			st := &f.state.Steps[i]
			st.Title, st.Why, st.Source, st.Risk = "Look around", "", "", engine.Read
		}
		d := console(t, f, size[0], size[1])
		d.Count()
		for _, key := range []string{"j", "j", "k", "down", "up"} {
			sent := d.Press(key).Count()
			require.Positive(t, sent)
			require.LessOrEqual(t, sent, 60, "%s at %v", key, size)
		}
	}
}

// A minute of a site that answers every two seconds and where nothing happens.
func TestAnIdleSiteStaysWithinItsBytesASecond(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		f := newFake(healthy(0))
		d := console(t, f, size[0], size[1])
		d.Count()
		for second := range 60 {
			d.Advance(time.Second)
			if second%2 == 0 {
				f.change(func(s *incident.State) { s.Snapshot = healthy(second + 1).Snapshot })
				d.Idle()
			}
		}
		sent := d.Count()
		require.Positive(t, sent, "its ages tick")
		t.Logf("%v: %d bytes a minute", size, sent)
		require.LessOrEqual(t, sent/60, 45, "at %v", size)
	}
}

func TestAPausedScreenCostsNothing(t *testing.T) {
	f := newFake(healthy(0))
	d := console(t, f, 120, 40)
	d.Press("Z").Expect("FROZEN since").Count()
	for second := range 30 {
		f.change(func(s *incident.State) { s.Snapshot = healthy(second).Snapshot })
		d.Advance(time.Second)
	}
	require.Zero(t, d.Count())
}

// healthy is a site as it should be, at a second of the night.
func healthy(second int) incident.State {
	s := failover()
	now := night.Add(time.Duration(second) * time.Second)
	snap := *s.Snapshot
	snap.Seq, snap.Taken = uint64(second)+1, now
	snap.Nodes = append([]status.Node(nil), snap.Nodes...)
	for i := range snap.Nodes {
		n := &snap.Nodes[i]
		n.Reachable, n.Err, n.Failures, n.Silent, n.Asked, n.Answered = true, nil, 0, time.Time{}, now, now
		n.Facts.Sysadmin, n.Facts.Agent.State = true, "running"
		if l := n.Facts.Secondary; l != nil {
			moved := *l
			moved.CopyAge += time.Duration(second) * time.Second
			moved.RestoreAge += time.Duration(second) * time.Second
			n.Facts.Secondary = &moved
		}
	}
	snap.Pool.Asked, snap.Pool.Answered = now, now
	s.Snapshot, s.Findings, s.Exposure = &snap, nil, status.Exposure{Known: true, Seconds: 872 + float64(second)}
	return s
}
