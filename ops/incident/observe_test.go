package incident_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/incident"
	"pchatops/ops/journal"
	"pchatops/ops/status"
)

// watch opens an observer of another console's journal.
func watch(t *testing.T, path string, w *world, change ...func(*incident.Config)) *console {
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
	for _, f := range change {
		f(&c.cfg)
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

// The console that drives is killed in the middle of a restore: nobody writes
// that down. The one that watches says so, and takes it back when another
// console goes on.
func TestObserverSaysThatTheDriverIsGone(t *testing.T) {
	dir, w := t.TempDir(), newWorld()
	w.hold, w.inside, w.shipping = make(chan struct{}), make(chan struct{}, 9), false
	var present atomic.Bool
	var instead atomic.Value
	present.Store(true)
	m := &mortal{n: 3, how: before} // says who drives, what is planned and what is sent
	driver := open(t, dir, w, func(c *incident.Config) {
		m.Journal = c.Journal.(*journal.Journal)
		c.Journal = m
	})
	observer := watch(t, driver.journal.Path(), w, func(c *incident.Config) {
		c.Infer = true // what the servers say of a step that was left says nothing of its outcome
		c.Presence = func() incident.Presence {
			if present.Load() {
				return incident.Presence{Says: "alice drives"}
			}
			who, _ := instead.Load().(string)
			return incident.Presence{Gone: true, Who: who, Says: "nobody drives → start again"}
		}
	})
	require.NoError(t, driver.Run("F3", given))
	<-w.inside
	observer.until("F3 runs over there", func(s *incident.State) bool { return s.Running == "F3" })
	driver.kill()
	require.True(t, m.dead)
	present.Store(false)
	s := observer.until("the driver is gone", func(s *incident.State) bool { return s.Running == "" })
	require.Equal(t, "nobody", s.Driver)
	require.Equal(t, "nobody drives → start again", s.ReadOnly)
	require.Empty(t, s.Busy)
	require.Equal(t, "driver-gone", s.Findings[0].Code)
	require.Contains(t, s.Findings[0].Why, "the console of alice ended in the middle of F3")
	require.Equal(t, engine.Unknown, step(s, "F3").Outcome)
	require.ErrorContains(t, step(s, "F3").Err, "restore 1")
	require.ErrorContains(t, step(s, "F3").Err, "verify the step")

	instead.Store("bob (ship-primary)") // and goes on with another procedure
	observer.until("bob drives that", func(s *incident.State) bool { return s.Driver == "bob (ship-primary)" && s.Running == "" })
	present.Store(true)
	next := open(t, dir, w)
	s = next.until("the next console sees it, too", func(s *incident.State) bool { return step(s, "F3").Err != nil })
	require.Equal(t, engine.Unknown, step(s, "F3").Outcome)
	require.NoError(t, next.Run("F3", given))
	<-w.inside
	observer.until("F3 runs again over there", func(s *incident.State) bool { return s.Running == "F3" && s.ReadOnly == "alice drives" })
	close(w.hold)
	observer.until("F3 done", func(s *incident.State) bool { return step(s, "F3").Outcome == engine.Done })
	require.NoError(t, observer.close())
	require.NoError(t, next.close())
	require.Empty(t, w.mistakes)
}

// Whoever only watches sees each step as the console does that drives, also where
// nothing is on record: what the servers say of a step is read by both.
func TestObserverSeesEveryStepAsTheDriverDoes(t *testing.T) {
	w, clock := newWorld(), &hurried{}
	infers := func(snapshots chan *status.Snapshot) func(*incident.Config) {
		return func(c *incident.Config) {
			c.Infer, c.Clock, c.Snapshots = true, clock, snapshots
			c.Procedure.Steps[3].Verify = func(context.Context) (*engine.Proof, error) {
				return &engine.Proof{Says: "it does not hold"}, nil
			}
		}
	}
	seen, watched := make(chan *status.Snapshot), make(chan *status.Snapshot)
	driver := open(t, t.TempDir(), w, infers(seen))
	observer := watch(t, driver.journal.Path(), w, infers(watched))
	alike := func(id string, want engine.Outcome) {
		t.Helper()
		for who, c := range map[string]*console{"driver": driver, "observer": observer} {
			c.until(who+": "+id+" is "+string(want), func(s *incident.State) bool {
				v := step(s, id)
				return s.Running == "" && v.Outcome == want && !v.Running
			})
		}
	}
	alike("F6", engine.Skipped) // as the servers say
	alike("F1", engine.None)
	require.NoError(t, driver.Run("F1", given))
	alike("F1", engine.Done)
	change(w, func() { w.shipping = true })
	clock.hours.Store(1)
	seen <- &status.Snapshot{Seq: 1}
	watched <- &status.Snapshot{Seq: 1}
	alike("F1", engine.Undone)
	require.NoError(t, driver.Run("F1", given))
	alike("F1", engine.Done)
	change(w, func() { w.restored = w.backups })
	clock.hours.Store(2)
	seen <- &status.Snapshot{Seq: 2}
	watched <- &status.Snapshot{Seq: 2}
	alike("F3", engine.Done) // somebody did it elsewhere
	require.True(t, step(observer.last, "F3").Already)
	require.NoError(t, driver.Run("F4b", given))
	alike("F4b", engine.Done)
	require.NoError(t, driver.Run("F5", given))
	alike("F5", engine.Failed)
	require.NoError(t, driver.Skip("F5", "the pool is gone"))
	alike("F5", engine.Skipped)
	require.Equal(t, "the pool is gone", step(observer.last, "F5").Reason)
	require.NoError(t, observer.close())
	require.NoError(t, driver.close())
	require.Empty(t, w.mistakes)
}

// What the servers prove of a step whose outcome is unknown goes on record at the
// console that drives, and never at one that only watches.
func TestObserverDecidesNothing(t *testing.T) {
	w, dir := newWorld(), t.TempDir()
	w.shipping, w.lose = false, 3
	driver := open(t, dir, w)
	require.NoError(t, driver.Run("F3", given))
	driver.until("F3 is unknown", func(s *incident.State) bool { return s.Running == "" && step(s, "F3").Outcome == engine.Unknown })
	change(w, func() { w.restored = w.backups })
	observer := watch(t, driver.journal.Path(), w, func(c *incident.Config) { c.Infer = true })
	s := observer.until("all is read", func(s *incident.State) bool { return step(s, "F6").Outcome == engine.Skipped })
	require.Equal(t, engine.Unknown, step(s, "F3").Outcome)
	require.NoError(t, observer.close())
	require.NoError(t, driver.close())
}

func change(w *world, f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f()
}

// A console of another host holds the locks of the SQL Servers: as long as it does,
// this one only observes, and says whom.
func TestWhoElseDrivesIsSaidBeforeAKeyIsPressed(t *testing.T) {
	news := make(chan *incident.Other)
	c := open(t, t.TempDir(), newWorld(), func(c *incident.Config) {
		c.Other = func(ctx context.Context, _ *incident.Other) (*incident.Other, error) {
			select {
			case now := <-news:
				return now, nil
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
	})
	c.until("it drives", func(s *incident.State) bool { return s.Driver == "alice" && s.ReadOnly == "" })
	news <- &incident.Other{Who: "bob", Says: "bob's console on ops2 drives this site"}
	s := c.until("bob drives", func(s *incident.State) bool { return s.Driver == "bob" })
	require.Equal(t, "bob's console on ops2 drives this site", s.ReadOnly)
	require.Equal(t, s.ReadOnly, step(s, "F1").Blocked)
	require.ErrorContains(t, c.Run("F1", given), s.ReadOnly)
	news <- nil
	s = c.until("it drives again", func(s *incident.State) bool { return s.Driver == "alice" })
	require.Empty(t, s.ReadOnly)
	require.NoError(t, c.Run("F1", given))
	c.until("F1 is done", func(s *incident.State) bool { return step(s, "F1").Outcome == engine.Done })
	require.NoError(t, c.close())
}
