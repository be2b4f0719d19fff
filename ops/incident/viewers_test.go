package incident_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/incident"
	"pchatops/ops/journal"
)

// The terminal is gone: the step runs to its end, nothing else begins.
func TestStepOutlivesItsScreen(t *testing.T) {
	dir, w := t.TempDir(), newWorld()
	w.hold, w.inside = make(chan struct{}), make(chan struct{}, 9)
	c := open(t, dir, w, inferring)
	require.NoError(t, c.Run("F1", given))
	c.until("F1 done", func(s *incident.State) bool { return step(s, "F1").Outcome == engine.Done && s.Running == "" })
	require.NoError(t, c.Run("F3", given))
	<-w.inside
	c.box.Close()
	c.Shutdown()
	require.True(t, fault.Is(c.Run("F5", given), fault.Refused))
	require.True(t, fault.Is(c.Note("too late"), fault.Refused))
	close(w.hold)
	require.NoError(t, c.close())
	require.Equal(t, 4, w.restored, "the step ran to its end")

	next := open(t, dir, w)
	s := next.until("a state", func(*incident.State) bool { return true })
	require.Equal(t, engine.Done, step(s, "F3").Outcome)
	require.NoError(t, next.close())
	require.True(t, fault.Is(next.Run("F5", given), fault.Refused), "an ended incident says so")
}

func TestStalledViewerHoldsUpNobody(t *testing.T) {
	w := newWorld()
	w.backups = 500
	c := open(t, t.TempDir(), w)
	stalled := c.Subscribe()
	require.Equal(t, engine.EndDone, c.RunAll(t.Context(), "", yes, nil).Outcome)
	require.NoError(t, c.close())

	s, err := stalled.Next(t.Context())
	require.NoError(t, err)
	require.Equal(t, 500, step(s, "F3").Sent, "it wakes to the newest State")
	require.LessOrEqual(t, len(step(s, "F3").Actions), 500)
	_, err = stalled.Next(t.Context())
	require.ErrorIs(t, err, context.Canceled)
	late := c.Subscribe()
	_, err = late.Next(t.Context())
	require.NoError(t, err, "whoever comes late sees how it ended")
}

func TestViewersGetAboutTenStatesASecond(t *testing.T) {
	w := newWorld()
	w.backups = 300
	c := open(t, t.TempDir(), w, func(c *incident.Config) { c.Clock = stopped{} })
	first := c.until("the first", func(*incident.State) bool { return true })
	c.RunAll(t.Context(), "", yes, nil)
	require.NoError(t, c.close())
	last := c.until("the last", func(s *incident.State) bool { return step(s, "F3").Sent == 300 })
	require.Less(t, last.Seq-first.Seq, uint64(5), "no time has passed on the clock, so hardly a State was made")
}

func TestStatesDoNotChangeUnderTheirViewer(t *testing.T) {
	w := newWorld()
	w.hold, w.inside, w.shipping = make(chan struct{}), make(chan struct{}, 9), false
	c := open(t, t.TempDir(), w)
	require.NoError(t, c.Run("F3", given))
	<-w.inside
	held := c.until("the first restore", func(s *incident.State) bool { return len(step(s, "F3").Actions) == 1 })
	lines := len(step(held, "F3").Output)
	close(w.hold)
	c.until("F3 done", func(s *incident.State) bool { return step(s, "F3").Outcome == engine.Done })
	require.Equal(t, engine.None, step(held, "F3").Actions[0].Outcome)
	require.Len(t, step(held, "F3").Output, lines)
	require.NoError(t, c.close())
}

func TestLostLeaseAndBrokenJournalEndTheDriving(t *testing.T) {
	w := newWorld()
	l := lease{lost: make(chan struct{})}
	c := open(t, t.TempDir(), w, func(c *incident.Config) { c.Lease = l })
	close(l.lost)
	s := c.until("read only", func(s *incident.State) bool { return s.ReadOnly != "" })
	require.Contains(t, s.ReadOnly, "lost")
	require.True(t, fault.Is(c.Run("F1", given), fault.Refused))
	require.NoError(t, c.close())

	c = open(t, t.TempDir(), w, func(c *incident.Config) {
		c.Journal = &mortal{Journal: c.Journal.(*journal.Journal), n: 1, how: before}
	})
	require.NoError(t, c.Run("F1", given))
	s = c.until("read only", func(s *incident.State) bool { return s.ReadOnly != "" && s.Running == "" })
	require.Contains(t, s.ReadOnly, "killed")
	require.True(t, fault.Is(c.Run("F1", given), fault.Refused))
	require.NoError(t, c.close())
	require.True(t, w.shipping, "nothing was sent")
}

func TestJournalThatCannotTakeTheDriverRefusesToServe(t *testing.T) {
	c := open(t, t.TempDir(), newWorld(), func(c *incident.Config) {
		c.Journal = &mortal{Journal: c.Journal.(*journal.Journal), how: before}
	})
	require.ErrorContains(t, <-c.served, "killed")
	require.Error(t, c.Run("F1", given))
	require.NoError(t, c.journal.Close())
}

func TestWordsAreBounded(t *testing.T) {
	c := open(t, t.TempDir(), newWorld())
	for _, text := range []string{"", " \n", strings.Repeat("x", 2_001)} {
		require.True(t, fault.Is(c.Note(text), fault.Refused))
	}
	require.NoError(t, c.close())
}
