package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
)

// readyToRestore is a failover before F3, whose restores take a second each.
func readyToRestore(t testing.TB) (*lab.Lab, *console) {
	t.Helper()
	l := startSite(t, "failover", lab.Options{Speed: 1, Pace: world.Pace{Base: time.Second}, History: time.Hour, MirrorTime: time.Second})
	c := consoleOn(t, l)
	for _, step := range []string{"F1", "F2"} {
		r := c.run("run", "failover", "--step", step)
		require.Equal(t, 0, r.code, r.stderr)
	}
	return l, c
}

// beginRestore runs F3 by the keys until its first restore is on its way.
func (c *console) beginRestore(s *screen) {
	c.t.Helper()
	s.sees("PRIMARY SITE LOST", "▸· F3", "q quit") // the verdict takes its time
	s.press("\r")
	s.sees("Run F3")
	s.press("yyyy") // the first ones are not taken yet
	until(c.t, "the step is under way", func() bool { return c.journalSays(`"type":"intent"`, `"step":"F3"`) })
}

// The terminal is gone, as when the network to the engineer is: the restore
// runs to its end and is on record, nothing new is begun, and the next console
// may drive at once.
func TestAKilledTerminalEndsTheConsoleButNotTheStep(t *testing.T) {
	t.Parallel()
	l, c := readyToRestore(t)
	s := c.on(t, 80, 24)
	c.beginRestore(s)
	require.False(t, c.journalSays(`"type":"step"`, `"step":"F3"`), "it is under way when the terminal goes")
	require.NoError(t, s.tty.Close())

	require.Equal(t, exitInterrupted, s.ended())
	require.True(t, c.journalSays(`"type":"step"`, `"step":"F3"`, `"outcome":"done"`))
	require.False(t, c.journalSays(`"type":"intent"`, `"step":"F4`))
	for file, n := range restored(t, l) {
		require.Equal(t, 1, n, file)
	}
	r := c.run("run", "failover", "--step", "F4a")
	require.Equal(t, 0, r.code, r.stderr)
}
