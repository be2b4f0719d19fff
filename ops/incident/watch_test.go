package incident_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/ops/status"
)

// Somebody does a step in another program: it turns done without a key, as
// snapshots go by.
func TestAStepThatIsDoneElsewhereTurnsDoneByItself(t *testing.T) {
	w, clock, snapshots := newWorld(), &hurried{}, make(chan *status.Snapshot)
	c := open(t, t.TempDir(), w, func(c *incident.Config) {
		c.Infer, c.Clock, c.Snapshots = true, clock, snapshots
		c.Procedure.Watch = time.Minute
	})
	c.until("all is looked at", func(s *incident.State) bool { return step(s, "F6").Outcome != engine.None })
	require.NoError(t, c.Run("F1", engine.Confirmation{}))
	c.until("F1 is refused and looked at again", func(s *incident.State) bool {
		return s.Running == "" && step(s, "F1").Err != nil && step(s, "F3").Blocked != ""
	})
	w.mu.Lock()
	w.shipping = false
	w.mu.Unlock()
	snapshots <- &status.Snapshot{Seq: 1}
	s := c.until("the snapshot is shown", func(s *incident.State) bool { return s.Snapshot != nil })
	require.Equal(t, engine.None, step(s, "F1").Outcome, "it is not yet time to look again")
	clock.hours.Store(1)
	snapshots <- &status.Snapshot{Seq: 2}
	s = c.until("F1 reads done", func(s *incident.State) bool { return step(s, "F1").Outcome == engine.Done })
	require.True(t, step(s, "F1").Already)
	require.Nil(t, step(s, "F1").Err, "the refusal from before does not stand beside it")
	require.NoError(t, c.close())
}
