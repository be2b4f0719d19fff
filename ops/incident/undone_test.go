package incident_test

import (
	"context"
	"errors"
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

// brokenOff is a failover that stopped before F4b, days ago: the ticks of the
// first steps stand on record.
func brokenOff(t *testing.T, dir string, w *world) {
	t.Helper()
	c := open(t, dir, w)
	for _, id := range []string{"F1", "F3"} {
		require.NoError(t, c.Run(id, given))
		c.until(id+" is done", func(s *incident.State) bool { return s.Running == "" && step(s, id).Outcome == engine.Done })
	}
	require.NoError(t, c.close())
}

// Since then log shipping was set up again. The old ticks do not let F4b
// through, and the list says at once which of them are no more so.
func TestATickThatTheServersContradictIsNoTick(t *testing.T) {
	for name, c := range map[string]struct {
		undo   func(*world)
		undone []string
	}{
		"nothing has changed":       {func(*world) {}, nil},
		"log shipping is set up":    {func(w *world) { w.shipping = true }, []string{"F1"}},
		"more backups were shipped": {func(w *world) { w.backups = 6 }, []string{"F3"}},
		"a whole new secondary":     {func(w *world) { w.shipping, w.restored = true, 0 }, []string{"F1", "F3"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir, w := t.TempDir(), newWorld()
			brokenOff(t, dir, w)
			w.mu.Lock()
			c.undo(w)
			w.mu.Unlock()
			next := open(t, dir, w)
			require.NoError(t, next.Run("F4b", given))
			s := next.until("F4b has come to something", func(s *incident.State) bool {
				f4b := step(s, "F4b")
				return s.Running == "" && (f4b.Err != nil || f4b.Outcome == engine.Done)
			})
			for _, id := range []string{"F1", "F3"} {
				want := engine.Done
				for _, u := range c.undone {
					if u == id {
						want = engine.Undone
					}
				}
				require.Equal(t, want, step(s, id).Outcome, id)
			}
			if c.undone == nil {
				require.Equal(t, engine.Done, step(s, "F4b").Outcome)
				require.NoError(t, next.close())
				return
			}
			require.False(t, w.online)
			require.ErrorContains(t, step(s, "F4b").Err, c.undone[0]+" step "+c.undone[0]+" was done, and is not so any more")
			require.Contains(t, step(s, "F4b").Blocked, c.undone[0])
			for _, id := range c.undone { // a run that is not confirmed changes nothing, and run again, all is well
				other := engine.Confirmation{Accepted: true, Typed: "mgc", Shown: &engine.Shown{Step: id, Confirm: "another"}}
				require.NoError(t, next.Run(id, other))
				s = next.until(id+" is refused", func(s *incident.State) bool { return s.Running == "" && step(s, id).Changed != nil })
				require.Equal(t, engine.Undone, step(s, id).Outcome, id)
				require.NoError(t, next.Run(id, given))
				next.until(id+" is done again", func(s *incident.State) bool { return s.Running == "" && step(s, id).Outcome == engine.Done })
			}
			require.NoError(t, next.Run("F4b", given))
			next.until("F4b is done", func(s *incident.State) bool { return step(s, "F4b").Outcome == engine.Done })
			require.NoError(t, next.close())
			require.Empty(t, w.mistakes)
			audited(t, dir)
		})
	}
}

// While nobody does anything the ticks are looked at again as well.
func TestAContradictionShowsWithoutAKey(t *testing.T) {
	dir, w, clock, snapshots := t.TempDir(), newWorld(), &hurried{}, make(chan *status.Snapshot)
	brokenOff(t, dir, w)
	c := open(t, dir, w, func(c *incident.Config) { c.Infer, c.Clock, c.Snapshots = true, clock, snapshots })
	c.until("all is looked at", func(s *incident.State) bool { return step(s, "F6").Outcome != engine.None })
	w.mu.Lock()
	w.shipping = true
	w.mu.Unlock()
	clock.hours.Store(1)
	snapshots <- &status.Snapshot{Seq: 1}
	s := c.until("F1 is undone", func(s *incident.State) bool { return step(s, "F1").Outcome == engine.Undone })
	require.Equal(t, engine.Done, step(s, "F3").Outcome)
	require.Contains(t, step(s, "F4b").Blocked, "F1 was done, and is not so any more")
	w.mu.Lock()
	w.shipping = false
	w.mu.Unlock()
	clock.hours.Store(2)
	snapshots <- &status.Snapshot{Seq: 2}
	c.until("F1 is done after all", func(s *incident.State) bool { return step(s, "F1").Outcome == engine.Done })
	require.NoError(t, c.close())
}

// What cannot be read proves nothing: the step that needs it is not run.
func TestATickThatCannotBeReadStopsWhatCannotBeUndone(t *testing.T) {
	dir, w := t.TempDir(), newWorld()
	brokenOff(t, dir, w)
	silent := &fault.Error{Class: fault.Timeout, Tried: "read the secondary", Target: secondary}
	for _, err := range []error{silent, errors.New("a reply that makes no sense")} {
		c := open(t, dir, w, func(c *incident.Config) {
			c.Procedure.Steps[0].Verify = failing(err)
		})
		require.NoError(t, c.Run("F4b", given))
		s := c.until("F4b is not run", func(s *incident.State) bool { return s.Running == "" && step(s, "F4b").Err != nil })
		require.ErrorIs(t, step(s, "F4b").Err, err)
		require.Equal(t, engine.Done, step(s, "F1").Outcome, "it is not contradicted either")
		require.False(t, w.online)
		require.NoError(t, c.close())
	}
}

// What lies behind a step that cannot be undone is not asked for any more.
func TestWhatLiesBehindAStepThatCannotBeUndoneHoldsUpNothing(t *testing.T) {
	dir, w := t.TempDir(), newWorld()
	brokenOff(t, dir, w)
	c := open(t, dir, w, func(c *incident.Config) { c.Procedure.Steps[3].Risk = engine.RoleChange })
	require.NoError(t, c.Run("F4b", given))
	c.until("F4b is done", func(s *incident.State) bool { return s.Running == "" && step(s, "F4b").Outcome == engine.Done })
	w.mu.Lock()
	w.shipping = true // somebody sets it up again, over there
	w.mu.Unlock()
	require.NoError(t, c.Run("F5", given))
	c.until("F5 is done", func(s *incident.State) bool { return step(s, "F5").Outcome == engine.Done })
	require.NoError(t, c.close())
}

func failing(err error) func(context.Context) (*engine.Proof, error) {
	return func(context.Context) (*engine.Proof, error) { return nil, err }
}

// What may wait is done anew when its turn comes: that it was undone keeps nobody
// from going on with an incident.
func TestWhatMayWaitContradictsNoIncident(t *testing.T) {
	w, dir := newWorld(), t.TempDir()
	c := open(t, dir, w)
	c.RunAll(t.Context(), "", yes, nil)
	steps, chronicle := c.cfg.Procedure.Steps, c.cfg.Chronicle
	require.NoError(t, c.close())
	w.pool = "Normal" // F5 may wait in this world
	require.Empty(t, incident.Contradicted(t.Context(), steps, chronicle))
	w.online = false
	require.Len(t, incident.Contradicted(t.Context(), steps, chronicle), 1)
}

// A step that rescues and has more to do is gone on from, as a run goes back to it;
// whatever else is undone contradicts the incident, and so does that once the database
// is recovered.
func TestWhatHasMoreToRescueContradictsNoIncident(t *testing.T) {
	for name, c := range map[string]struct {
		undo  func(*world)
		steps func([]engine.Step)
		want  []string
	}{
		"more backups were shipped":     {func(w *world) { w.backups = 6 }, nil, nil},
		"log shipping is set up, too":   {func(w *world) { w.backups, w.shipping = 6, true }, nil, []string{"F1"}},
		"a whole new secondary":         {func(w *world) { w.shipping, w.restored = true, 0 }, nil, []string{"F1"}},
		"nobody can do anything for it": {func(w *world) { w.backups = 6 }, closed, []string{"F3"}},
		"a step behind it that rescues": {func(w *world) { w.backups, w.shipping = 6, true }, beforeAll, nil},
	} {
		t.Run(name, func(t *testing.T) {
			dir, w := t.TempDir(), newWorld()
			brokenOff(t, dir, w)
			k := open(t, dir, w, rescuing(w, func() {}))
			steps, chronicle := k.cfg.Procedure.Steps, k.cfg.Chronicle
			require.NoError(t, k.close())
			if c.steps != nil {
				c.steps(steps)
			}
			c.undo(w)
			said := incident.Contradicted(t.Context(), steps, chronicle)
			require.Len(t, said, len(c.want), said)
			for i, id := range c.want {
				require.Contains(t, said[i], id)
			}
		})
	}
}

// closed has a step say that it cannot do anything about what is not so.
func closed(steps []engine.Step) {
	verify := steps[1].Verify
	steps[1].Verify = func(ctx context.Context) (*engine.Proof, error) {
		p, err := verify(ctx)
		p.Open = false
		return p, err
	}
}

// beforeAll has the first step be one that rescues, and the next wait for it.
func beforeAll(steps []engine.Step) {
	steps[0].Rescues = true
	verify := steps[0].Verify
	steps[0].Verify = func(ctx context.Context) (*engine.Proof, error) {
		p, err := verify(ctx)
		p.Open = !p.Holds
		return p, err
	}
	closed(steps)
}

// A refusal stands for as long as what it says: the step that held it up is done again,
// or can be read again, whatever brought that about.
func TestARefusalGoesAwayWithItsReason(t *testing.T) {
	silent := &fault.Error{Class: fault.Timeout, Tried: "read the secondary", Target: secondary}
	for name, wrong := range map[string]struct {
		begin func(*world)
		err   error
	}{
		"undone":         {func(w *world) { w.shipping = true }, nil},
		"cannot be read": {func(*world) {}, silent},
	} {
		t.Run(name, func(t *testing.T) {
			dir, w, clock, snapshots := t.TempDir(), newWorld(), &hurried{}, make(chan *status.Snapshot)
			brokenOff(t, dir, w)
			var why error // guarded by w.mu
			c := open(t, dir, w, func(c *incident.Config) {
				c.Infer, c.Clock, c.Snapshots = true, clock, snapshots
				verify := c.Procedure.Steps[0].Verify
				c.Procedure.Steps[0].Verify = func(ctx context.Context) (*engine.Proof, error) {
					w.mu.Lock()
					err := why
					w.mu.Unlock()
					if err != nil {
						return nil, err
					}
					return verify(ctx)
				}
			})
			c.until("all is looked at", func(s *incident.State) bool { return step(s, "F6").Outcome != engine.None })
			w.mu.Lock()
			wrong.begin(w)
			why = wrong.err
			w.mu.Unlock()
			require.NoError(t, c.Run("F4b", given))
			s := c.until("F4b is refused", func(s *incident.State) bool { return s.Running == "" && step(s, "F4b").Err != nil })
			require.ErrorContains(t, step(s, "F4b").Err, "F1 step F1")
			w.mu.Lock()
			w.shipping, why = false, nil
			w.mu.Unlock()
			clock.hours.Store(1)
			snapshots <- &status.Snapshot{Seq: 1}
			c.until("nothing is said against F4b", func(s *incident.State) bool {
				return step(s, "F1").Outcome == engine.Done && step(s, "F1").Unproved == nil && step(s, "F4b").Err == nil
			})
			require.NoError(t, c.close())
		})
	}
}

// A gate that barred the way is told of until a plan shows that it holds.
func TestARefusalByAGateGoesAwayWithIt(t *testing.T) {
	dir, w, clock, snapshots := t.TempDir(), newWorld(), &hurried{}, make(chan *status.Snapshot)
	brokenOff(t, dir, w)
	var shut atomic.Bool
	shut.Store(true)
	c := open(t, dir, w, func(c *incident.Config) {
		c.Infer, c.Clock, c.Snapshots = true, clock, snapshots
		plan := c.Procedure.Steps[2].Plan
		c.Procedure.Steps[2].Plan = func(ctx context.Context) (*engine.Plan, error) {
			p, err := plan(ctx)
			if p != nil {
				p.Gates = append(p.Gates, engine.Gate{Name: "a way", Holds: !shut.Load(), Seen: "none", Want: "one"})
			}
			return p, err
		}
	})
	require.NoError(t, c.Run("F4b", given))
	s := c.until("F4b is refused", func(s *incident.State) bool { return s.Running == "" && step(s, "F4b").Err != nil })
	require.ErrorContains(t, step(s, "F4b").Err, "a way")
	clock.hours.Store(1)
	snapshots <- &status.Snapshot{Seq: 1}
	c.until("it is read again", func(s *incident.State) bool {
		return step(s, "F4b").PlanAt.After(s.Notes[len(s.Notes)-1].Time.Add(30 * time.Minute))
	})
	require.Error(t, step(c.last, "F4b").Err, "it bars it still")
	shut.Store(false)
	clock.hours.Store(2)
	snapshots <- &status.Snapshot{Seq: 2}
	c.until("nothing is said against F4b", func(s *incident.State) bool { return step(s, "F4b").Err == nil })
	require.NoError(t, c.close())
}

// What a step behind asks about holds up neither that step nor the run, and takes no
// tick back.
func TestATickThatIsAskedAboutLaterHoldsUpNothing(t *testing.T) {
	away := engine.Later(&fault.Error{Class: fault.Unreachable, Tried: "list the share"})
	blind := func(c *incident.Config) {
		c.Procedure.Steps[1].Verify = failing(away)
		c.Procedure.Steps[1].Plan = func(context.Context) (*engine.Plan, error) {
			return &engine.Plan{Gates: []engine.Gate{{Name: "the share", Override: "without it"}}, Actions: []engine.Action{{ID: "give up"}}}, nil
		}
	}
	t.Run("one step", func(t *testing.T) {
		dir, w := t.TempDir(), newWorld()
		brokenOff(t, dir, w)
		c := open(t, dir, w, blind)
		require.NoError(t, c.Run("F4b", given))
		s := c.until("F4b is done", func(s *incident.State) bool { return s.Running == "" && step(s, "F4b").Outcome == engine.Done })
		require.Equal(t, engine.Done, step(s, "F3").Outcome)
		require.NoError(t, c.close())
	})
	t.Run("the run", func(t *testing.T) {
		dir, w := t.TempDir(), newWorld()
		brokenOff(t, dir, w)
		c := open(t, dir, w, blind)
		sum := c.RunAll(t.Context(), "", yes, nil)
		require.True(t, w.online)
		require.NotEqual(t, engine.EndDone, sum.Outcome, "nobody has read it up to the end")
		require.Zero(t, sum.Steps[engine.Undone]+sum.Steps[engine.Failed], "%v", sum.Steps)
		require.NoError(t, c.close())
		audited(t, dir)
	})
	t.Run("it is not on record", func(t *testing.T) {
		w := newWorld()
		c := open(t, t.TempDir(), w, blind)
		require.NoError(t, c.Run("F1", given))
		c.until("F1 is done", func(s *incident.State) bool { return s.Running == "" && step(s, "F1").Outcome == engine.Done })
		sum := c.RunAll(t.Context(), "", func(engine.Step, *engine.Plan) (engine.Confirmation, bool) { return engine.Confirmation{}, false }, nil)
		require.Equal(t, engine.EndRefused, sum.Outcome)
		require.Equal(t, "F3", sum.Stopped, "%v", sum.Error)
		require.False(t, w.online)
		require.NoError(t, c.close())
	})
}

// While the right to drive was lost, another console did the opposite. What it did is
// not undone because of a confirmation that was given before.
func TestWhatAnotherDidWhileTheRightWasLostIsNotUndone(t *testing.T) {
	w := newWorld()
	var done atomic.Bool
	var lost atomic.Pointer[incident.Retaking]
	c := open(t, t.TempDir(), w, func(c *incident.Config) {
		c.LastLost = func() *incident.Retaking {
			if done.Load() && lost.CompareAndSwap(nil, &incident.Retaking{Since: time.Now(), Why: "cut"}) {
				w.mu.Lock()
				w.shipping = true
				w.mu.Unlock()
			}
			return lost.Load()
		}
	})
	var rights []any
	sum := c.RunAll(t.Context(), "", yes, func(e engine.Event) {
		if e.Type == engine.EventRight {
			rights = append(rights, e.Record)
		}
		if e.Type == engine.EventStep && e.Step == "F1" {
			done.Store(true)
		}
	})
	require.Equal(t, engine.EndRefused, sum.Outcome)
	require.Equal(t, "F3", sum.Stopped)
	require.Contains(t, sum.Error.Text, "F1 step F1 was done, and is not so any more")
	require.Len(t, rights, 2, "also of a right that was taken again at once")
	require.True(t, w.shipping)
	require.NoError(t, c.close())
}

// By key, too, an incident ends on what the servers say once its last step has ended, and
// while people have the service.
func TestAnIncidentEndsOnWhatIsReadAfterItsLastStep(t *testing.T) {
	for name, c := range map[string]struct {
		undone, away, leaves, ends bool
	}{
		"all is well": {ends: true}, "a step is undone meanwhile": {undone: true}, "the service went away before this console": {away: true},
		"the service goes away as it is left": {leaves: true},
	} {
		t.Run(name, func(t *testing.T) {
			w, dir := newWorld(), t.TempDir()
			var p people
			p.back.Store(true)
			last, killed := false, false
			set := func(cfg *incident.Config) {
				cfg.Infer, cfg.Clock = !c.away || killed, soon{}
				cfg.Procedure.Steps[4] = w.simple("F6", engine.RoleChange, func() bool { return last }, func() { last, w.shipping = true, c.undone })
			}
			con := open(t, dir, w, p.wait(50*time.Millisecond), set)
			for _, id := range []string{"F1", "F3", "F4b", "F5"} {
				require.Equal(t, engine.EndDone, con.RunAll(t.Context(), id, yes, nil).Outcome, id)
			}
			con.until("it is back", func(s *incident.State) bool { return s.ChatBack != nil })
			require.NoError(t, con.Run("F6", given))
			con.until("F6 is done", func(s *incident.State) bool { return s.Running == "" && step(s, "F6").Outcome == engine.Done })
			if c.away {
				con.kill()
				killed = true
				p.back.Store(false)
				con = open(t, dir, w, p.wait(50*time.Millisecond), set)
			}
			if c.leaves {
				p.back.Store(false)
			}
			require.NoError(t, con.close(), "left at once")
			all, err := journal.List(dir)
			require.NoError(t, err)
			require.Len(t, all, 1)
			require.Equal(t, c.ends, all[0].Ended)
		})
	}
}
