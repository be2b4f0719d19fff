package main

import (
	"bufio"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
)

// The console that drives is killed while the mirror is being made, and the
// next one is opened on a machine that has no journal of it.
func TestAConsoleOnAnotherMachineFollowsTheMirrorThatIsBeingMade(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{Speed: 10, MirrorTime: time.Hour})
	there := consoleOn(t, l)
	run := append([]string{"run", "failover"}, confirm()...)
	driver, out := there.begin(run...)
	go io.Copy(io.Discard, out)
	until(t, "the mirror is being made", func() bool { return l.World().MirrorInstalls() == 1 })
	require.NoError(t, driver.Process.Kill())
	_ = driver.Wait()

	here := consoleOn(t, l)
	next, out := here.begin(run...)
	lines := bufio.NewScanner(out)
	followed := scanTo(lines, "following that job instead of starting a second")
	require.True(t, followed, "its end came first")
	l.World().Clock.SetSpeed(1000)
	require.True(t, scanTo(lines, `"type":"summary"`))
	require.Contains(t, lines.Text(), `"outcome":"done"`)
	require.NoError(t, next.Wait())
	require.Equal(t, 1, l.World().MirrorInstalls())
	appliedOnce(t, l)
}

// scanTo reads on to the next line that contains a text.
func scanTo(lines *bufio.Scanner, text string) bool {
	for lines.Scan() {
		if strings.Contains(lines.Text(), text) {
			return true
		}
	}
	return false
}

// The console is killed while the mirror is being made, and then the management host
// on which that runs is cut off; another one answers. The next console knows from the
// record where the job was to run: it begins no second one, whether it goes on with the
// incident or begins another, and finds the first once its host is back.
func TestAKilledConsolesMirrorIsNotBegunASecondTimeOnAnotherHost(t *testing.T) {
	t.Parallel()
	l := startSite(t, "healthy", lab.Options{Speed: 10, MirrorTime: time.Hour})
	for _, dies := range []string{`SQL01\RTC`, `SQL02\RTC`} { // and not their management host
		require.NoError(t, l.World().PowerOff(dies))
	}
	c := consoleOn(t, l)
	run := append([]string{"run", "failover"}, confirm()...)
	driver, out := c.begin(run...)
	go io.Copy(io.Discard, out)
	until(t, "the mirror is being made", func() bool { return l.World().MirrorInstalls() == 1 })
	require.NoError(t, driver.Process.Kill())
	_ = driver.Wait()

	there, other := "FE11", "FE01"
	if c.journalSays(`"type":"seen"`, `"may still run: `, other) {
		there, other = other, there
	}
	ctl(t, l, "network", map[string]string{"node": there, "state": "down"})
	for _, again := range [][]string{run, append(run, "--new")} {
		r := c.run(again...)
		require.Equal(t, 6, r.code, r.stderr)
		require.Contains(t, r.stderr, "bring "+there+" back")
		require.NotContains(t, r.stderr, other+": ", "it answers")
		require.Equal(t, 1, l.World().MirrorInstalls(), again)
	}
	require.NoError(t, l.Link(there).Up())
	_, out = c.begin(run...)
	lines := bufio.NewScanner(out)
	require.True(t, scanTo(lines, "was started before, on "+there))
	require.Contains(t, lines.Text(), "following")
	go io.Copy(io.Discard, out)
	require.Equal(t, 1, l.World().MirrorInstalls())
}
