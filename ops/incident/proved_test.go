package incident_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/await"
	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/ops/status"
)

// What somebody undoes while the last step runs is not told to be done.
func TestARunDoesNotEndWellOverATickThatIsNone(t *testing.T) {
	for name, c := range map[string]struct {
		undo   func(*world)
		step   string
		ending engine.Ending
	}{
		"log shipping is set up anew": {func(w *world) { w.shipping = true }, "F1", engine.EndFailed},
		"the database is offline":     {func(w *world) { w.online = false }, "F4b", engine.EndFailed},
		"the pool is set back":        {func(w *world) { w.pool = "Normal" }, "F5", engine.EndIncomplete}, // deferrable here
	} {
		t.Run(name, func(t *testing.T) {
			w, dir := newWorld(), t.TempDir()
			con := open(t, dir, w)
			sum := con.RunAll(t.Context(), "", yes, func(e engine.Event) {
				if e.Type == engine.EventStep && e.Step == "F6" {
					w.mu.Lock()
					defer w.mu.Unlock()
					c.undo(w)
				}
			})
			require.Equal(t, c.ending, sum.Outcome)
			require.Equal(t, c.step, sum.Stopped)
			require.ErrorContains(t, sum.Error, c.step+" step "+c.step+" was done, and is not so any more")
			require.Equal(t, 1, sum.Steps[engine.Undone])
			require.Equal(t, 3, sum.Steps[engine.Done])
			con.until("the list shows it", func(s *incident.State) bool { return step(s, c.step).Outcome == engine.Undone })
			require.NoError(t, con.close())
			audited(t, dir)
		})
	}
}

// A tick that cannot be read at the end is not known to be one.
func TestARunThatCannotProveItsTicksEndsUnknown(t *testing.T) {
	for _, lost := range []int32{1, 100} { // answers
		w := newWorld()
		var left atomic.Int32
		c := open(t, t.TempDir(), w, func(c *incident.Config) {
			c.Clock = soon{}
			verify := c.Procedure.Steps[2].Verify
			c.Procedure.Steps[2].Verify = func(ctx context.Context) (*engine.Proof, error) {
				if left.Add(-1) >= 0 {
					return nil, errors.New("no answer")
				}
				return verify(ctx)
			}
		})
		sum := c.RunAll(t.Context(), "", yes, func(e engine.Event) {
			if e.Type == engine.EventStep && e.Step == "F6" {
				left.Store(lost)
			}
		})
		require.NoError(t, c.close())
		if lost == 1 {
			require.Equal(t, engine.EndDone, sum.Outcome, "one answer that is lost says nothing")
			continue
		}
		require.Equal(t, engine.EndUnknown, sum.Outcome)
		require.Equal(t, "F4b", sum.Stopped)
		require.ErrorContains(t, sum.Error, "no answer")
	}
}

func TestAServiceThatGoesAwayAgainLeavesTheRunIncomplete(t *testing.T) {
	w, dir := newWorld(), t.TempDir()
	var p people
	p.back.Store(true)
	c := open(t, dir, w, p.wait(50*time.Millisecond))
	sum := c.RunAll(t.Context(), "", yes, func(e engine.Event) {
		if e.Type == engine.EventPlanned && e.Step == "F6" {
			c.until("it is back", func(s *incident.State) bool { return s.ChatBack != nil })
			p.back.Store(false)
		}
	})
	require.Equal(t, engine.EndIncomplete, sum.Outcome)
	require.Equal(t, "F5", sum.Stopped)
	require.ErrorContains(t, sum.Error, "it was back, and has gone away again")
	require.NotNil(t, sum.ChatBack, "it was there for a while")
	s := c.until("a finding says so", func(s *incident.State) bool { return len(s.Findings) == 1 })
	require.Equal(t, "chat-not-back", s.Findings[0].Code)
	require.NoError(t, c.close())
}

// Who watches a screen is told without a key, whenever it happens.
func TestAScreenShowsThatTheServiceHasGoneAwayAgain(t *testing.T) {
	w := newWorld()
	var p people
	p.back.Store(true)
	c := open(t, t.TempDir(), w, p.wait(50*time.Millisecond), func(c *incident.Config) { c.Infer, c.Clock = true, soon{} })
	require.Equal(t, engine.EndDone, c.RunAll(t.Context(), "", yes, nil).Outcome)
	p.back.Store(false)
	gone := func(s *incident.State) bool {
		return len(s.Findings) == 1 && s.Findings[0].Code == status.ChatNotBack("", "").Code
	}
	c.until("it has gone away", gone)
	p.back.Store(true)
	c.until("it is there again", func(s *incident.State) bool { return len(s.Findings) == 0 })
	require.NoError(t, c.close())
}

// A wait is told from when it began: that of a server which has gone away from the
// loss on, and that of an answer that was lost, where no right was, from then on.
func TestAWaitAtTheEndIsToldFromItsBeginning(t *testing.T) {
	now := time.Now()
	for name, lost := range map[string]*incident.Retaking{"never": nil, "just now": {Since: now.Add(-10 * time.Second)}, "long ago": {Since: now.Add(-time.Hour)}} {
		t.Run(name, func(t *testing.T) {
			ctx, book := await.With(t.Context())
			var told atomic.Pointer[await.Wait]
			var left atomic.Int32
			c := open(t, t.TempDir(), newWorld(), func(c *incident.Config) {
				c.Clock = looking{book, &told}
				c.LastLost = func() *incident.Retaking { return lost }
				verify := c.Procedure.Steps[2].Verify
				c.Procedure.Steps[2].Verify = func(ctx context.Context) (*engine.Proof, error) {
					if left.Add(-1) == 0 {
						return nil, errors.New("no answer")
					}
					return verify(ctx)
				}
			})
			sum := c.RunAll(ctx, "", yes, func(e engine.Event) {
				if e.Type == engine.EventStep && e.Step == "F6" {
					left.Store(1)
				}
			})
			require.NoError(t, c.close())
			require.Equal(t, engine.EndDone, sum.Outcome, "%v", sum.Error)
			w := told.Load()
			require.NotNil(t, w)
			want := now
			if name == "just now" {
				want = lost.Since
			}
			require.WithinDuration(t, want, w.Since, time.Minute/2)
			require.True(t, w.Until.After(now), "%s", w.Says())
		})
	}
}

// looking is a clock that notes what is waited for while it is asked to wake.
type looking struct {
	book *await.Book
	told *atomic.Pointer[await.Wait]
}

func (looking) Now() time.Time { return time.Now() }
func (l looking) After(d time.Duration) <-chan time.Time {
	if w := l.book.Long(time.Now(), 0); w != nil && strings.HasPrefix(w.For, "a server ") {
		l.told.Store(w)
	}
	return soon{}.After(d)
}

// soon is a clock whose pauses are short.
type soon struct{}

func (soon) Now() time.Time { return time.Now() }
func (soon) After(d time.Duration) <-chan time.Time {
	return time.After(min(d, 10*time.Millisecond))
}
