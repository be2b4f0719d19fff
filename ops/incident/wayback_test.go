package incident_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/incident"
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
