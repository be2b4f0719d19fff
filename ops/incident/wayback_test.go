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

// What leads out of a half-finished procedure does not wait for what failed.
func TestTheWayBackIsNotBlockedByAStepThatFailed(t *testing.T) {
	w := newWorld()
	c := open(t, t.TempDir(), w, func(c *incident.Config) {
		f1 := c.Procedure.Steps[0]
		f1.Plan = func(context.Context) (*engine.Plan, error) {
			return nil, &fault.Error{Class: fault.Agent, Text: "the Agent is stopped"}
		}
		c.Procedure.Steps[0] = f1
		c.Procedure.Steps[3].WayBack = true
	})
	require.NoError(t, c.Run("F1", given))
	s := c.until("F1 has failed", func(s *incident.State) bool { return step(s, "F1").Outcome == engine.Failed })
	require.Contains(t, step(s, "F3").Blocked, "F1 failed")
	require.Empty(t, step(s, "F5").Blocked)
	require.NoError(t, c.Run("F5", given))
	c.until("F5 is done", func(s *incident.State) bool { return step(s, "F5").Outcome == engine.Done })
	require.NoError(t, c.close())
}

// The way back, run alone once all others were skipped, leaves open what it has taken back.
func TestTheWayBackAloneIsDoneThoughItTakesAStepBack(t *testing.T) {
	w, dir := newWorld(), t.TempDir()
	con := open(t, dir, w, func(c *incident.Config) {
		c.Procedure.Steps[3] = w.simple("F5", engine.RoleChange, func() bool { return w.pool == "FailedOver" }, func() { w.pool, w.shipping = "FailedOver", true })
		c.Procedure.Steps[3].Undoes, c.Procedure.Steps[3].WayBack = []string{"F1"}, true
	})
	require.Equal(t, engine.EndDone, con.RunAll(t.Context(), "F1", yes, nil).Outcome)
	for _, id := range []string{"F3", "F4b", "F6"} {
		require.NoError(t, con.Skip(id, "not today"))
		con.until(id+" is skipped", func(s *incident.State) bool { return step(s, id).Outcome == engine.Skipped })
	}
	sum := con.RunAll(t.Context(), "F5", yes, nil)
	require.Equal(t, engine.EndDone, sum.Outcome, "%v", sum.Error)
	require.NoError(t, con.close())
	all, err := journal.List(dir)
	require.NoError(t, err)
	require.False(t, all[0].Ended, "F1 is to be done again")
}

// What this incident has taken back itself is to be done again: that contradicts nothing.
// What somebody else undoes, before or after that, does.
func TestWhatTheWayBackTookBackIsDoneAgain(t *testing.T) {
	set := func(w *world) { w.shipping = true }
	const done, none, undone = engine.Done, engine.None, engine.Undone
	for name, c := range map[string]struct {
		run    []string // F5, the way back, sets up what F1 removes, and F1 takes F5 back
		undo   func(*world)
		f1, f5 engine.Outcome // in the list
		says   string         // the contradiction
	}{
		"taken back":                       {[]string{"F1", "F3", "F5"}, nil, none, done, ""},
		"and done again":                   {[]string{"F1", "F5", "F1"}, nil, done, none, ""},
		"and again, which somebody undid":  {[]string{"F1", "F5", "F1"}, set, undone, none, "F1 was done, and is not so any more"},
		"by somebody, after the way back":  {[]string{"F5", "F1"}, set, undone, none, "F1 was done, and is not so any more"},
		"another step, by somebody":        {[]string{"F1", "F3", "F5"}, func(w *world) { w.backups = 6 }, none, done, "F3 was done, and is not so any more"},
		"the way back itself, by somebody": {[]string{"F1", "F5"}, func(w *world) { w.pool = "Normal" }, none, undone, "F5 was done, and is not so any more"},
	} {
		t.Run(name, func(t *testing.T) {
			w, dir := newWorld(), t.TempDir()
			thereAndBack := func(c *incident.Config) {
				steps := c.Procedure.Steps
				steps[0] = w.simple("F1", engine.Reversible, func() bool { return !w.shipping }, func() { w.pool, w.shipping = "Normal", false })
				steps[3] = w.simple("F5", engine.RoleChange, func() bool { return w.pool == "FailedOver" }, func() { w.pool, w.shipping = "FailedOver", true })
				steps[0].Undoes, steps[3].Undoes, steps[3].WayBack = []string{"F5"}, []string{"F1"}, true
			}
			con := open(t, dir, w, thereAndBack)
			for _, id := range c.run {
				require.Equal(t, engine.EndDone, con.RunAll(t.Context(), id, yes, nil).Outcome, id)
			}
			require.NoError(t, con.close())
			if c.undo != nil {
				c.undo(w)
			}
			says := incident.Contradicted(t.Context(), con.cfg.Procedure.Steps, con.cfg.Chronicle)
			require.Equal(t, c.says == "", len(says) == 0, says)
			require.Contains(t, strings.Join(says, "; "), c.says)

			con = open(t, dir, w, thereAndBack, func(c *incident.Config) { c.Infer = true })
			s := con.until("the servers were read", func(s *incident.State) bool { return !step(s, "F6").PlanAt.IsZero() })
			require.Equal(t, []engine.Outcome{c.f1, c.f5}, []engine.Outcome{step(s, "F1").Outcome, step(s, "F5").Outcome})
			if c.f1 == none {
				require.Equal(t, "F1 is not done: run it, or skip it in the console, with a reason", step(s, "F3").Blocked)
			}
			if c.says == "" {
				con.RunAll(t.Context(), "", yes, nil)
				require.True(t, w.online, "the run goes on, beginning with what is to be done again")
			}
			require.NoError(t, con.close())
			require.Empty(t, w.mistakes)
			audited(t, dir)
		})
	}
}
