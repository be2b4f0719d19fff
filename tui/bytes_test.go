package tui_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/incident"
	"pchatops/tui/tuitest"
)

// What a screen may send for the usual changes. The lines of on-call engineers
// are slow, and every viewer of a session pays again.
func TestTheUsualChangesCostFewBytes(t *testing.T) {
	s := failover()
	s.Started = night
	f := tuitest.NewIncident(s)
	d := console(t, f, 100, 30)
	d.Count()

	d.Idle()
	require.Zero(t, d.Count(), "nothing has changed")
	f.Change(func(*incident.State) {})
	d.Idle()
	require.Zero(t, d.Count(), "a state that looks the same")
	for range 5 {
		d.Advance(time.Second)
		require.LessOrEqual(t, d.Count(), 45, "a second")
	}
	f.Change(func(s *incident.State) {
		n := *s.Snapshot
		n.Nodes = append(n.Nodes[:0:0], n.Nodes...)
		n.Nodes[2].Facts.Database.State = "ONLINE"
		s.Snapshot = &n
	})
	d.Idle()
	require.LessOrEqual(t, d.Count(), 60, "one state word")
}

func TestMovingInAListCostsFewBytes(t *testing.T) {
	d := console(t, tuitest.NewIncident(failover()), 40, 12)
	d.Count()
	for _, k := range []string{"j", "j", "k", "down"} {
		d.Press(k)
		n := d.Count()
		require.Positive(t, n)
		require.LessOrEqual(t, n, 60)
	}
}

func TestTypingALetterCostsFewBytes(t *testing.T) {
	d := console(t, tuitest.NewIncident(failover()), 80, 24)
	d.Press("n").Type("a")
	d.Count()
	d.Type("b")
	require.LessOrEqual(t, d.Count(), 30)
}
