package incident_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/incident"
	"pchatops/ops/journal"
)

// watch opens an observer of another console's journal.
func watch(t *testing.T, path string, w *world) *console {
	t.Helper()
	c := &console{t: t, served: make(chan error, 1)}
	c.cfg = incident.Config{
		Site: litware, Procedure: w.procedure(), Chronicle: incident.NewChronicle(),
		ReadOnly: "alice drives",
		Follow: func(ctx context.Context, apply func(journal.Line) error, idle func()) error {
			tick := time.NewTicker(5 * time.Millisecond)
			defer tick.Stop()
			return journal.Tail(ctx, path, tick.C, apply, idle)
		},
	}
	c.serve()
	return c
}

func TestObserverSeesWhatTheDriverDoes(t *testing.T) {
	w := newWorld()
	w.hold, w.inside, w.shipping = make(chan struct{}), make(chan struct{}, 9), false
	driver := open(t, t.TempDir(), w)
	observer := watch(t, driver.journal.Path(), w)

	require.NoError(t, driver.Run("F3", given))
	<-w.inside
	s := observer.until("F3 runs over there", func(s *incident.State) bool {
		return s.Running == "F3" && len(step(s, "F3").Actions) == 1
	})
	require.Equal(t, "alice", s.Driver)
	require.Equal(t, map[string]string{secondary: "F3"}, s.Busy)
	require.True(t, step(s, "F3").Running)
	require.Equal(t, "alice drives", step(s, "F4b").Blocked)
	for name, err := range map[string]error{
		"run": observer.Run("F3", given), "verify": observer.Verify("F3"), "skip": observer.Skip("F3", "x"), "note": observer.Note("x"),
	} {
		require.True(t, fault.Is(err, fault.Refused), name)
		require.ErrorContains(t, err, "alice drives", name)
	}
	close(w.hold)
	driver.until("F3 done", func(s *incident.State) bool { return step(s, "F3").Outcome == engine.Done })
	s = observer.until("F3 done over there", func(s *incident.State) bool { return step(s, "F3").Outcome == engine.Done })
	require.Empty(t, s.Running)
	require.Equal(t, 4, step(s, "F3").Sent)
	require.True(t, step(s, "F3").Proof.Holds)
	require.NoError(t, observer.close())
	require.NoError(t, driver.close())
	require.Empty(t, w.mistakes)
}

func TestObserverSaysWhenItCannotFollow(t *testing.T) {
	c := watch(t, "/nowhere/i1.jsonl", newWorld())
	s := c.until("the reason", func(s *incident.State) bool { return s.ReadOnly != "alice drives" })
	require.Contains(t, s.ReadOnly, "cannot be followed")
	require.NoError(t, c.close())
}
