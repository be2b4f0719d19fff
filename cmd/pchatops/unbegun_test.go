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
	held := func(t testing.TB, dir string) {
		lock, err := journal.Acquire(dir, opening(askOn(t, l, dir).site, "failover", time.Now()), journal.Myself(time.Now()))
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, lock.Release()) })
	}
	elsewhere := func(t testing.TB, dir string) { // a host that shares the folder, or this one before it was renamed
		me := journal.Myself(time.Now())
		me.Host = "ops-of-old"
		lock, err := journal.Acquire(dir, opening(askOn(t, l, dir).site, "failover", time.Now()), me)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, lock.Release()) })
	}
	old := func(t testing.TB, dir string) {
		past := func() time.Time { return time.Now().Add(-48 * time.Hour) }
		j, err := journal.Create(dir, opening(askOn(t, l, dir).site, "failover", past()), journal.Options{By: "alice", Now: past})
		require.NoError(t, err)
		require.NoError(t, j.Close())
	}
	for name, made := range map[string]struct {
		before func(t testing.TB, dir string)
		args   []string
		code   int
		says   string
		do     string
	}{
		"a confirmation that is none":       {nil, []string{"--confirm", "F4b"}, exitUsage, "it is STEP=TEXT", "`pchatops run --help`"},
		"a confirmation of no step":         {nil, []string{"--confirm", "F9=x"}, exitUsage, "has no such step", "`pchatops run --help`"},
		"a step that there is not":          {nil, []string{"--step", "F9"}, exitUsage, "F9\": the procedure has no such step, but F1, F2", "`pchatops run --help`"},
		"an incident that there is not":     {nil, []string{"--resume", "nobody-knows"}, exitUsage, "nobody-knows", "`pchatops run --help`"},
		"to go on and to begin":             {nil, []string{"--resume", "x", "--new"}, exitUsage, "give one of the two", "`pchatops run --help`"},
		"active servers far away":           {nil, []string{"--active-servers", "chat11.litwareinc.com, chat01.litwareinc.com"}, exitUsage, "far from the database: chat01.litwareinc.com", "fast_links"},
		"active servers that there are not": {nil, []string{"--active-servers", "chat99.litwareinc.com"}, exitUsage, "no chat server chat99", "chat_servers"},
		"no active server":                  {nil, []string{"--active-servers", ""}, exitUsage, "no server is named", "leave it out"},
		"a site file that is not there":     {nil, []string{"--config", "/nowhere/site.yaml"}, exitUsage, "/nowhere", ""},
		"somebody else has the journals":    {held, nil, exitHeld, "has been driving", "end that one first"},
		"another host has the journals":     {elsewhere, nil, exitHeld, "from ops-of-old (process", "if ops-of-old is gone for good, copy "},
		"an old incident that is not asked": {old, nil, exitRefused, "is unfinished", "--resume"},
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
			why := sum["error"].(map[string]any)
			require.Contains(t, why["text"].(string)+r.stderr, made.says)
			require.Contains(t, why["do"], made.do, why)
			require.NotEmpty(t, why["do"], why)
		})
	}
}
