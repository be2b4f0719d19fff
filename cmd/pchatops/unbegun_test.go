package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/journal"
	"pchatops/ops/lab"
)

// However a run ends, its last line on stdout is its summary: a program that reads
// the lines learns why nothing was begun.
func TestARunThatComesToNoStepHasASummary(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{})
	held := func(t *testing.T, dir string) {
		lock, err := journal.Acquire(dir, opening(askOn(t, l, dir).site, "failover", time.Now()), journal.Myself(time.Now()))
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, lock.Release()) })
	}
	old := func(t *testing.T, dir string) {
		past := func() time.Time { return time.Now().Add(-48 * time.Hour) }
		j, err := journal.Create(dir, opening(askOn(t, l, dir).site, "failover", past()), journal.Options{By: "alice", Now: past})
		require.NoError(t, err)
		require.NoError(t, j.Close())
	}
	for name, made := range map[string]struct {
		before func(t *testing.T, dir string)
		args   []string
		code   int
		says   string
	}{
		"a confirmation that is none":       {nil, []string{"--confirm", "F4b"}, exitUsage, "it is STEP=TEXT"},
		"a confirmation of no step":         {nil, []string{"--confirm", "F9=x"}, exitUsage, "has no such step"},
		"a step that there is not":          {nil, []string{"--step", "F9"}, exitUsage, "F9"},
		"an incident that there is not":     {nil, []string{"--resume", "nobody-knows"}, exitUsage, "nobody-knows"},
		"to go on and to begin":             {nil, []string{"--resume", "x", "--new"}, exitUsage, "give one of the two"},
		"a site file that is not there":     {nil, []string{"--config", "/nowhere/site.yaml"}, exitUsage, "/nowhere"},
		"somebody else has the journals":    {held, nil, exitHeld, "drives"},
		"an old incident that is not asked": {old, nil, exitRefused, "--resume"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := consoleOn(t, l)
			if made.before != nil {
				made.before(t, c.state)
			}
			r := c.run(append([]string{"run", "failover"}, made.args...)...)
			require.Equal(t, made.code, r.code, r.stderr)
			sum := r.summary(t)
			require.Equal(t, "summary", r.lines[len(r.lines)-1]["type"])
			require.Equal(t, "refused", sum["outcome"])
			require.Equal(t, "failover", sum["procedure"])
			require.Equal(t, false, sum["changed"])
			require.Contains(t, sum["error"].(map[string]any)["text"].(string)+r.stderr, made.says)
		})
	}
}
