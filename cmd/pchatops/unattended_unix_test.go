//go:build unix

package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
)

// The connection of the operator ends, or the program that reads the lines, in
// the middle of a step. The step runs to its end and is on record; no other is
// begun, and the next run goes on.
func TestARunWhoseTerminalOrReaderIsGoneEndsAfterTheStep(t *testing.T) {
	t.Parallel()
	for name, leave := range map[string]func(testing.TB, *exec.Cmd, io.Reader){
		"terminal": func(t testing.TB, run *exec.Cmd, out io.Reader) {
			go io.Copy(io.Discard, out)
			require.NoError(t, run.Process.Signal(syscall.SIGHUP))
		},
		"reader": func(t testing.TB, _ *exec.Cmd, out io.Reader) {
			require.NoError(t, out.(*os.File).Close())
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := startSite(t, "failover", slowly)
			c := consoleOn(t, l)
			run, out := c.begin(append([]string{"run", "failover"}, confirm()...)...)
			until(t, "a backup is being restored", func() bool { return c.journalSays(`"type":"intent"`, `"step":"F3"`) })
			leave(t, run, out)
			_ = run.Wait()
			require.Equal(t, 130, run.ProcessState.ExitCode(), "%v", run.ProcessState)
			require.True(t, c.journalSays(`"type":"step"`, `"step":"F3"`, `"outcome":"done"`))
			require.False(t, c.journalSays(`"step":"F4a"`))
			r := c.run(append([]string{"run", "failover"}, confirm()...)...)
			require.Equal(t, 0, r.code, r.stderr)
			appliedOnce(t, l)
			require.Equal(t, 1, l.World().MirrorInstalls())
		})
	}
}

// The operator does not want to wait for the mirror, and says so twice.
func TestASecondInterruptLeavesAtOnceAndTheNextRunGoesOn(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{Speed: 60, MirrorTime: 10 * time.Minute})
	c := consoleOn(t, l)
	run := c.command(t.Context(), append([]string{"run", "failover"}, confirm()...)...)
	says, err := run.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, run.Start())
	until(t, "the mirror is being made", func() bool { return c.journalSays(`"type":"intent"`, `"step":"F6"`) })
	require.NoError(t, run.Process.Signal(os.Interrupt))
	line, err := bufio.NewReader(says).ReadString('\n')
	require.NoError(t, err)
	require.Contains(t, line, "runs to its end")
	require.False(t, c.journalSays(`"step":"F6"`, `"outcome":`))
	require.NoError(t, run.Process.Signal(os.Interrupt))
	_ = run.Wait()
	require.Equal(t, syscall.SIGINT, run.ProcessState.Sys().(syscall.WaitStatus).Signal())
	require.False(t, c.journalSays(`"step":"F6"`, `"outcome":`))

	r := c.run(append([]string{"run", "failover"}, confirm()...)...)
	require.Equal(t, 0, r.code, r.stderr)
	appliedOnce(t, l)
	require.Equal(t, 1, l.World().MirrorInstalls())
}
