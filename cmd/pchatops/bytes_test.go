package main

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/incident"
	"pchatops/ops/site"
	"pchatops/tui/drive"
)

// restful is after which the detail has followed the selection, and calm after
// which a dialog takes keys.
const (
	restful = 200 * time.Millisecond
	calm    = 500 * time.Millisecond
)

// What keys and changes may send on the states of a real failover, whose plans
// and details are as long as they come.
func TestTheScreenOfARealFailoverStaysWithinItsBytes(t *testing.T) {
	m := failOver(t)
	for _, size := range sizes {
		w, h := int(size.cols), int(size.rows)
		for i, state := range m.before {
			id := state.Steps[i].ID
			t.Run(fmt.Sprintf("moving the mark before %s at %dx%d", id, w, h), func(t *testing.T) {
				_, d := m.at(t, state, w, h)
				measureMoves(meter{t, d}, len(state.Steps), w*h/2)
			})
			t.Run(fmt.Sprintf("the dialog of %s at %dx%d", id, w, h), func(t *testing.T) {
				_, d := m.at(t, state, w, h)
				d.Press("g").Press(slices.Repeat([]string{"j"}, i)...).Advance(restful)
				meter{t, d}.cost(900, "it opens", func() { d.Press("enter").Shows("LAB · Run " + id) })
				meter{t, d}.cost(300, "it takes keys", func() { d.Advance(calm).Shows("esc cancel") })
			})
		}
		t.Run(fmt.Sprintf("changes while F3 runs at %dx%d", w, h), func(t *testing.T) {
			s, d := m.at(t, m.restoring, w, h)
			d.Shows("F3", "►")
			measureChanges(meter{t, d}, s)
		})
	}
}

// meter counts what something sends.
type meter struct {
	t *testing.T
	d *drive.Console
}

func (m meter) cost(most int, what string, does func()) {
	m.t.Helper()
	m.d.Idle().Count()
	does()
	sent := m.d.Idle().Count()
	require.Positive(m.t, sent, what)
	require.LessOrEqual(m.t, sent, most, what)
}

// measureMoves goes down the checklist and up again: a key sends the mark, and
// the detail and the keys of the step follow in a frame of their own.
func measureMoves(m meter, steps, detail int) {
	m.d.Press("g").Advance(restful)
	for _, key := range []string{"j", "k"} {
		for range steps - 1 {
			m.cost(60, "the mark moves by "+key, func() { m.d.Press(key) })
			m.cost(detail, "the detail follows", func() { m.d.Advance(restful) })
		}
	}
}

func measureChanges(m meter, s *scene) {
	s.change(func(now *incident.State) { stepOf(now, "F3").Started = now.Snapshot.Taken.Add(-50 * time.Second) })
	for percent := range 20 {
		m.cost(60, "a tick of progress", func() {
			s.change(func(now *incident.State) {
				progress := *stepOf(now, "F3").Progress
				progress.Percent = 30 + float64(percent)
				stepOf(now, "F3").Progress = &progress
			})
		})
	}
	m.cost(45, "a status word", func() {
		s.change(func(now *incident.State) {
			snap := *now.Snapshot
			snap.Nodes = slices.Clone(snap.Nodes)
			for i := range snap.Nodes {
				if snap.Nodes[i].Role == site.Secondary {
					snap.Nodes[i].Facts.Database.State = "RECOVERING"
				}
			}
			now.Snapshot = &snap
		})
	})
}
