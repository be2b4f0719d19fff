package main

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
)

// talk starts a plain console on pipes, hands every line of it to hear, and
// types what that answers. It gives all that was said once the console ends.
func talk(t testing.TB, hear func(line string) (answer string), args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	var said strings.Builder
	for lines := bufio.NewScanner(out); lines.Scan(); {
		said.WriteString(lines.Text() + "\n")
		if answer := hear(lines.Text()); answer != "" {
			_, err := io.WriteString(in, answer+"\n")
			require.NoError(t, err)
		}
	}
	require.NoError(t, cmd.Wait(), said.String())
	return said.String()
}

// operator answers as one does who only hears the lines: runs what is next and
// types what is asked for.
type operator struct{ asked, ready bool }

func (o *operator) hear(line string) string {
	switch {
	case o.ready:
		o.asked, o.ready = false, false
		return strings.TrimSpace(line)
	case strings.Contains(line, "type the next line"):
		o.asked = true
	case strings.HasPrefix(line, "1 runs "):
		return "1"
	case strings.HasPrefix(line, "No step is open"):
		return "0"
	}
	o.ready = o.asked && strings.HasSuffix(line, "cancels.")
	return ""
}

func TestAFailoverThroughPlainLines(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{MirrorTime: time.Minute})
	c := consoleOn(t, l)
	var o operator
	said := talk(t, o.hear, "--config", c.config, "--state-dir", c.state, "console", "--plain")
	appliedOnce(t, l)
	for _, step := range []string{"F1", "F2", "F4b", "F5", "F6", "F7"} {
		require.Regexp(t, regexp.MustCompile(`(?m)^(\d\d:\d\d:\d\d )?`+step+` .*: (done|already so)`), said)
	}
	for _, line := range strings.Split(said, "\n") {
		require.Regexp(t, regexp.MustCompile(`^[ -~]{0,80}$`), line)
	}
	require.Equal(t, 0, c.run("verify", "failover").code)
}

func TestARehearsalInPlainLinesNeedsNoTerminal(t *testing.T) {
	t.Parallel()
	said := talk(t, func(line string) string {
		if strings.Contains(line, "PRIMARY SITE LOST") { // the verdict takes its time
			return "0"
		}
		return ""
	}, "rehearse", "--plain")
	require.Contains(t, said, "LAB litware-lab")
	require.Contains(t, said, "PRIMARY SITE LOST")
}

func TestAPlainConsoleEndsWithItsInputAndFinishesTheStep(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{Speed: 1, MirrorTime: time.Second})
	c := consoleOn(t, l)
	cmd := exec.CommandContext(t.Context(), binary, "--config", c.config, "--state-dir", c.state, "console", "--plain")
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	var o operator
	step := "" // the first that takes long enough to be seen running
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if step == "" && strings.HasSuffix(lines.Text(), "is running.") {
			step = strings.Fields(lines.Text())[1] // behind the time
			require.NoError(t, in.Close())
		}
		if answer := o.hear(lines.Text()); answer != "" && step == "" {
			_, err := io.WriteString(in, answer+"\n")
			require.NoError(t, err)
		}
	}
	require.NoError(t, cmd.Wait())
	require.True(t, c.journalSays(`"type":"step"`, `"step":"`+step+`"`, `"outcome":"done"`), step)
	next := map[string]string{"F1": "F2", "F2": "F3", "F3": "F4b"}[step]
	require.NotEmpty(t, next, step)
	require.False(t, c.journalSays(`"type":"intent"`, `"step":"`+next+`"`))
}

func TestAnInterruptEndsAPlainConsole(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), binary, "rehearse", "--plain")
	in, err := cmd.StdinPipe() // stays open
	require.NoError(t, err)
	defer in.Close()
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "1 runs F1") {
			require.NoError(t, cmd.Process.Signal(os.Interrupt))
		}
	}
	require.Error(t, cmd.Wait())
	require.Equal(t, exitInterrupted, cmd.ProcessState.ExitCode())
}
