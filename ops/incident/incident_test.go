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
	"pchatops/ops/site"
	"pchatops/ops/status"
)

func inferring(c *incident.Config) { c.Infer = true }

func TestStepByStepToTheEnd(t *testing.T) {
	dir, w := t.TempDir(), newWorld()
	c := open(t, dir, w, inferring)
	s := c.until("F1 was looked at", func(s *incident.State) bool { return !step(s, "F1").PlanAt.IsZero() })
	require.Equal(t, "alice", s.Driver)
	for _, id := range []string{"F1", "F3", "F4b", "F5", "F6"} {
		c.until(id+" can be run", func(s *incident.State) bool { return step(s, id).Blocked == "" && s.Running == "" })
		require.NoError(t, c.Run(id, given))
		s = c.until(id+" has ended", func(s *incident.State) bool { return s.Running == "" && step(s, id).Outcome != engine.None })
	}
	require.Equal(t, engine.Skipped, step(s, "F6").Outcome)
	require.Equal(t, "no secondary mirror is configured", step(s, "F6").Reason)
	f3 := step(s, "F3")
	require.Equal(t, 4, f3.Sent)
	require.Equal(t, 4, f3.Total)
	require.Len(t, f3.Actions, 4)
	require.True(t, f3.Proof.Holds)
	require.Contains(t, f3.Output, "95 percent processed.")
	require.False(t, s.Started.IsZero())
	require.NoError(t, c.close())
	w.failedOver(t)
	audited(t, dir)

	all, err := journal.List(dir)
	require.NoError(t, err)
	require.True(t, all[0].Ended, "an incident with nothing left to do is closed")
}

// Somebody has done half of it by hand: the servers say so, without a journal.
func TestWhatSomebodyDidByHandReadsAlreadySo(t *testing.T) {
	w := newWorld()
	w.shipping, w.restored = false, 4
	c := open(t, t.TempDir(), w, inferring)
	s := c.until("F3 was looked at", func(s *incident.State) bool { return step(s, "F3").Outcome == engine.Done })
	for _, id := range []string{"F1", "F3"} {
		require.True(t, step(s, id).Already, id)
		require.Equal(t, "the servers were read", step(s, id).Proof.Says)
	}
	s = c.until("F6 was looked at", func(s *incident.State) bool { return step(s, "F6").Outcome != engine.None })
	require.Equal(t, engine.None, step(s, "F4b").Outcome)
	require.Contains(t, step(s, "F5").Blocked, "F4b is not done")
	require.NoError(t, c.close())
}

// What was so when the console was opened need not be so hours later.
func TestOldInferenceIsLookedAtAgain(t *testing.T) {
	w, clock := newWorld(), &hurried{}
	w.shipping, w.restored = false, 4
	c := open(t, t.TempDir(), w, func(c *incident.Config) { c.Infer, c.Clock = true, clock })
	c.until("all is looked at", func(s *incident.State) bool { return step(s, "F6").Outcome != engine.None })
	w.mu.Lock()
	w.backups = 5
	w.mu.Unlock()
	clock.hours.Store(3)
	require.NoError(t, c.Run("F4b", given))
	s := c.until("F4b is refused", func(s *incident.State) bool { return step(s, "F4b").Err != nil })
	require.True(t, fault.Is(step(s, "F4b").Err, fault.Refused))
	require.ErrorContains(t, step(s, "F4b").Err, "F3")
	require.NoError(t, c.close())
	require.Empty(t, w.mistakes)
	require.False(t, w.online)
}

func TestStepsAreRunInOrderOrSkippedWithAReason(t *testing.T) {
	w := newWorld()
	dir := t.TempDir()
	c := open(t, dir, w)
	require.NoError(t, c.Run("F3", given))
	s := c.until("F3 is refused", func(s *incident.State) bool { return step(s, "F3").Err != nil })
	require.ErrorContains(t, step(s, "F3").Err, "F1")

	require.True(t, fault.Is(c.Skip("F1", "  "), fault.Refused), "a reason is needed")
	require.NoError(t, c.Skip("F1", "removed by hand"))
	s = c.until("F1 is skipped", func(s *incident.State) bool { return step(s, "F1").Outcome == engine.Skipped })
	require.Equal(t, "removed by hand", step(s, "F1").Reason)
	require.True(t, w.read(func() bool { return w.shipping }), "skipping sends nothing")

	sum := c.RunAll(t.Context(), "", yes, nil)
	require.Equal(t, engine.EndDone, sum.Outcome)
	require.Equal(t, 2, sum.Steps[engine.Skipped], "what was skipped stays so")
	require.True(t, fault.Is(c.Skip("F3", "too late"), fault.Refused))
	require.NoError(t, c.close())
	audited(t, dir)
}

func TestOneStepAtATime(t *testing.T) {
	w := newWorld()
	w.hold, w.inside = make(chan struct{}), make(chan struct{}, 9)
	c := open(t, t.TempDir(), w, func(c *incident.Config) { c.Diagnose, c.Snapshots = findings, one(&status.Snapshot{}) })
	require.NoError(t, c.Run("F1", given))
	c.until("F1 done", func(s *incident.State) bool { return step(s, "F1").Outcome == engine.Done && s.Running == "" })
	require.NoError(t, c.Run("F3", given))
	<-w.inside
	s := c.until("percent is shown", func(s *incident.State) bool {
		a := step(s, "F3").Actions
		return len(a) == 1 && a[0].Percent == 95
	})
	require.Equal(t, "F3", s.Running)
	require.Equal(t, map[string]string{secondary: "F3"}, s.Busy)
	require.Equal(t, []string{"two-live-principals"}, codes(s.Findings), "what the step does itself is no finding")
	require.Equal(t, "F3 is running", step(s, "F5").Blocked)
	for name, err := range map[string]error{
		"run": c.Run("F3", given), "verify": c.Verify("F1"), "skip": c.Skip("F5", "x"), "unknown": c.Run("F9", given),
	} {
		require.True(t, fault.Is(err, fault.Refused), name)
	}
	require.NoError(t, c.Note("bob is on the phone"))
	c.until("the note is there", func(s *incident.State) bool {
		return len(s.Notes) > 0 && s.Notes[len(s.Notes)-1].Text == "alice: bob is on the phone"
	})
	close(w.hold)
	s = c.until("F3 done", func(s *incident.State) bool { return step(s, "F3").Outcome == engine.Done && s.Running == "" })
	require.Empty(t, s.Busy)
	require.NoError(t, c.close())
}

func findings(*status.Snapshot, *site.Site, time.Time) []status.Finding {
	return []status.Finding{
		{Code: "two-live-principals", Severity: status.Critical, Subject: secondary},
		{Code: "secondary-behind", Severity: status.Warning, Subject: secondary},
	}
}

func codes(f []status.Finding) (out []string) {
	for _, v := range f {
		out = append(out, v.Code)
	}
	return out
}

func one(s *status.Snapshot) <-chan *status.Snapshot {
	c := make(chan *status.Snapshot, 1)
	c <- s
	close(c)
	return c
}

// A run leaves something to decide: viewers ask about it at once. A verification
// only says so.
func TestWhatARunHasLeftToDecideIsTold(t *testing.T) {
	w := newWorld()
	c := open(t, t.TempDir(), w, func(cfg *incident.Config) {
		cfg.Procedure.Steps[0].Verify = func(context.Context) (*engine.Proof, error) {
			return &engine.Proof{Says: "mgc_3.trn is damaged", Decide: true}, nil
		}
	})
	require.NoError(t, c.Run("F1", engine.Confirmation{Accepted: true}))
	s := c.until("F1 has run", func(s *incident.State) bool { return step(s, "F1").Outcome == engine.Failed })
	require.Equal(t, "verify F1 step F1: mgc_3.trn is damaged", step(s, "F1").Left.Why)
	require.NoError(t, c.Verify("F1"))
	c.until("F1 is verified", func(s *incident.State) bool { return s.Running == "" && step(s, "F1").Left == nil })
	require.NoError(t, c.close())
}
