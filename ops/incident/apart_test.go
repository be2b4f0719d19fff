package incident_test

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/incident"
)

// job is work that a host goes on with whether or not anybody follows it.
type job struct {
	followed atomic.Int32
	ended    chan struct{}
	done     atomic.Bool
}

// step is the deferrable step that starts the job, or follows it.
func (j *job) step(id string) engine.Step {
	action := engine.Action{
		ID: "mirror", Kind: engine.PowerShell, Target: "FE11", Text: "Install-CsMirrorDatabase",
		Do: func(ctx context.Context, r engine.Reporter) error {
			j.followed.Add(1)
			r.Progress(engine.Progress{Percent: -1, Apart: true})
			select {
			case <-j.ended:
				j.done.Store(true)
				return nil
			case <-ctx.Done():
				return &fault.Error{Class: fault.Lost, Tried: "follow the job", Text: "the console stopped following the job", Cause: ctx.Err()}
			}
		},
		Settle: func(context.Context) (bool, error) { return false, engine.ErrUnderway },
	}
	return engine.Step{
		ID: id, Title: "step " + id, Risk: engine.Reversible, Deferrable: true,
		Plan: func(context.Context) (*engine.Plan, error) {
			if j.done.Load() {
				return &engine.Plan{Already: "it is mirrored"}, nil
			}
			return &engine.Plan{Actions: []engine.Action{action}}, nil
		},
		Verify: func(ctx context.Context) (*engine.Proof, error) {
			return &engine.Proof{Holds: j.done.Load(), Says: "the servers were read"}, ctx.Err()
		},
	}
}

// The engineer has chosen the document's order, and half an hour later wants
// chat back first after all.
func TestAStepNeedNotWaitForAJobThatIsOnlyFollowed(t *testing.T) {
	w, dir, j := newWorld(), t.TempDir(), &job{ended: make(chan struct{})}
	c := open(t, dir, w, func(c *incident.Config) {
		c.Procedure.Steps = []engine.Step{w.f1(), j.step("F6"), w.f3()}
	})
	require.Equal(t, engine.EndDone, c.RunAll(t.Context(), "F1", yes, nil).Outcome)
	go func() { _ = c.RunAll(t.Context(), "F6", yes, nil) }()
	s := c.until("the job is followed", func(s *incident.State) bool { return s.Apart })
	require.Equal(t, "F6", s.Running)
	require.Equal(t, "F6 is running", step(s, "F6").Blocked)
	require.True(t, fault.Is(c.Verify("F6"), fault.Refused))

	require.Equal(t, engine.EndDone, c.RunAll(t.Context(), "F3", yes, nil).Outcome, "it does not wait")
	s = c.until("F6 is left", func(s *incident.State) bool { return s.Running == "" && step(s, "F3").Outcome == engine.Done })
	require.Equal(t, engine.Unknown, step(s, "F6").Outcome, "nobody knows yet what becomes of it")

	close(j.ended)
	require.Equal(t, engine.EndDone, c.RunAll(t.Context(), "F6", yes, nil).Outcome)
	require.EqualValues(t, 2, j.followed.Load(), "it was found again")
	require.NoError(t, c.close())
	audited(t, dir)
}

// A step whose job has not begun yet is not left.
func TestAStepWaitsForOneThatIsNotOnlyFollowed(t *testing.T) {
	w := newWorld()
	w.hold, w.inside = make(chan struct{}), make(chan struct{}, 9)
	c := open(t, t.TempDir(), w, func(c *incident.Config) {
		f3 := w.f3()
		f3.Deferrable = true
		c.Procedure.Steps = []engine.Step{f3, w.f1()}
	})
	go func() { _ = c.RunAll(t.Context(), "F3", yes, nil) }()
	<-w.inside
	s := c.until("F3 runs", func(s *incident.State) bool { return s.Running == "F3" })
	require.False(t, s.Apart)
	require.Equal(t, "F3 is running", step(s, "F1").Blocked)
	require.True(t, fault.Is(c.Run("F1", given), fault.Refused))
	close(w.hold)
	require.NoError(t, c.close())
}
