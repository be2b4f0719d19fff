package mssql

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/await"
	"pchatops/ops/fault"
	"pchatops/ops/site"
)

// A run is under way in msdb for as long as no other Agent has been started, whatever
// became of the one that had it.
func TestWhatMsdbSaysOfARunIsHeldAgainstItsAgent(t *testing.T) {
	const long = 3 * time.Minute
	for name, c := range map[string]struct {
		run   jobRun
		down  bool // it was so before, for long
		says  string
		fails bool
	}{
		"it runs":                            {jobRun{running: true, agent: "running", session: 4}, false, "the end of the job J on", false},
		"it runs for long":                   {jobRun{running: true, agent: "running", session: 4}, true, "the end of the job J on", false},
		"nobody asked for the Agent":         {jobRun{running: true, session: 4}, false, "the end of the job J on", false},
		"nobody can read the Agent":          {jobRun{running: true, agent: "unknown", session: 4}, true, "nobody can tell whether SQL Server Agent runs", false},
		"the Agent has just been stopped":    {jobRun{running: true, agent: "stopped", session: 4}, false, "which is stopped, to be started", false},
		"the Agent is stopping":              {jobRun{running: true, agent: "stop pending", session: 4}, false, "which is stop pending, to be started", false},
		"the Agent stays stopped":            {jobRun{running: true, agent: "stopped", session: 4}, true, "is stopped since", true},
		"the Agent was started anew":         {jobRun{agent: "running", session: 5}, false, "started anew meanwhile", true},
		"it was never begun":                 {jobRun{agent: "running", session: 4}, true, "never ran the job", true},
		"nobody can read, it was not begun":  {jobRun{agent: "unknown", session: 4}, true, "never ran the job", true},
		"it was not begun for a moment only": {jobRun{agent: "running", session: 4}, false, "the end of the job J on", false},
	} {
		s := &Server{instance: site.Instance{Host: "SQL01"}, pace: pace{patience: 2 * time.Minute}}
		v := &vigil{Server: s, tried: "run", job: "J", session: 4, idle: time.Now()}
		if c.down {
			v.idle = time.Now().Add(-long)
			if c.run.stopped() {
				v.down = v.idle
			}
		}
		ctx, book := await.With(await.Besides(t.Context(), "so far"))
		_, err := v.look(ctx, c.run)
		require.Equal(t, c.fails, err != nil, "%s: %v", name, err)
		if c.fails {
			require.True(t, fault.Is(err, fault.Agent), name)
			require.ErrorContains(t, err, c.says, name)
			continue
		}
		w := book.Long(time.Now(), 0)
		require.Contains(t, w.For, c.says, name)
		require.Contains(t, w.For, "(so far)", name)
		require.Equal(t, c.run.stopped(), !w.Until.IsZero(), name)
		v.end()
		require.Nil(t, book.Long(time.Now(), 0), name)
	}
}
