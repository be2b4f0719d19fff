package main

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
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
func TestMovesDialogsAndChangesOfARealFailoverStayWithinTheirBytes(t *testing.T) {
	m := failOver(t)
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		w, h := size[0], size[1]
		for i, state := range m.before {
			id := state.Steps[i].ID
			if id == "F5a" {
				continue // nothing is left to do there, so that it asks nothing
			}
			t.Run(fmt.Sprintf("%s at %dx%d", id, w, h), func(t *testing.T) {
				_, d := m.at(t, state, w, h)
				d.Press("g").Press(slices.Repeat([]string{"j"}, i)...).Advance(restful)
				meter{t, d}.cost(900, "its dialog opens", func() { d.Press("enter").Shows("LAB · Run " + id) })
				meter{t, d}.cost(300, "its dialog takes keys", func() { d.Advance(calm).Shows("esc cancel") })
				d.Press("esc").Advance(time.Second - calm - restful) // the next second begins
				measureMoves(meter{t, d}, i, len(state.Steps), w*h*2/3)
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
	t testing.TB
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

// measureMoves goes from a step to its neighbours and back. A key sends the
// mark; the detail and the keys of the step follow in a frame of their own.
func measureMoves(m meter, at, steps, detail int) {
	var keys []string
	if at > 0 {
		keys = append(keys, "k", "j")
	}
	if at < steps-1 {
		keys = append(keys, "j", "k")
	}
	for _, key := range keys {
		m.cost(60, "the mark moves by "+key, func() { m.d.Press(key) })
		m.cost(detail, "the detail follows", func() { m.d.Advance(restful) })
	}
}

func measureChanges(m meter, s *scene) {
	at := func(percent float64) {
		s.change(func(now *incident.State) {
			step := stepOf(now, "F3")
			step.Started, step.Sent, step.Total = now.Snapshot.Taken.Add(-50*time.Second), 2, 4
			step.Progress = &engine.Progress{Percent: percent}
		})
	}
	at(0)
	m.d.Idle().Shows("2/4  0 % · about 3m")
	for percent := 1; percent < 100; percent++ {
		m.cost(60, "a tick of progress", func() { at(float64(percent)) })
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
