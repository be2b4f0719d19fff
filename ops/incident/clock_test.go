package incident_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
)

// hurried is the machine's clock some hours on.
type hurried struct{ hours atomic.Int64 }

func (h *hurried) Now() time.Time {
	return time.Now().Add(time.Duration(h.hours.Load()) * time.Hour)
}

func (h *hurried) After(d time.Duration) <-chan time.Time { return time.After(d) }

// stopped is a clock on which no time passes.
type stopped struct{}

func (stopped) Now() time.Time                       { return time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC) }
func (stopped) After(time.Duration) <-chan time.Time { return nil }

// Somebody sets the clock back in the middle of the night: the screen goes on,
// and no time comes out negative.
func TestAClockThatIsSetBackHoldsNothingUp(t *testing.T) {
	w, clock := newWorld(), &hurried{}
	w.hold, w.inside = make(chan struct{}), make(chan struct{}, 9)
	c := open(t, t.TempDir(), w, func(c *incident.Config) { c.Clock = clock })
	require.NoError(t, c.Run("F1", given))
	c.until("F1 done", func(s *incident.State) bool { return step(s, "F1").Outcome == engine.Done && s.Running == "" })
	require.NoError(t, c.Run("F3", given))
	<-w.inside
	clock.hours.Store(-5)
	close(w.hold)
	s := c.until("F3 done", func(s *incident.State) bool { return step(s, "F3").Outcome == engine.Done && s.Running == "" })
	require.GreaterOrEqual(t, step(s, "F3").Took, time.Duration(0))
	sum := c.RunAll(t.Context(), "", yes, nil)
	require.Equal(t, engine.EndDone, sum.Outcome)
	require.NoError(t, c.close())
	w.failedOver(t)
}
