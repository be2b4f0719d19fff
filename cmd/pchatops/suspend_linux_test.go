package main

import (
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
)

// A shell with job control suspends the console and resumes it: the whole
// screen is there again, at the size that the terminal has by then, and keys
// work. The console reaches the shell through a script, as through `go run`.
func TestASuspendedConsoleComesBackWhole(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{Speed: 1})
	c := consoleOn(t, l)
	line := strings.Join(c.onScreen("console").Args, " ")
	shell := exec.Command("/bin/sh", "-i")
	shell.Env = []string{"PATH=/usr/bin:/bin", "HOME=" + c.state, "XDG_CONFIG_HOME=" + c.state, "PS1=$ ", "ENV="}
	s := onTerminal(t, shell, 80, 24)
	s.press("sh -c '" + line + "; true'\n")
	s.sees("PRIMARY SITE LOST", "▸· F1", "q quit")

	s.press("\x1a")
	s.sees("Stopped")
	require.NotContains(t, s.display(), "PRIMARY SITE LOST", "the shell has its own screen")
	s.press("fg\n")
	s.whole()
	s.press("j")
	s.sees("▸· F2")

	s.press("\x1a")
	s.await(func(shown string) bool { return strings.Count(shown, "Stopped") == 2 })
	s.resize(120, 40)
	s.press("fg\n")
	s.whole()
	s.press("j")
	s.sees("▸· F3")

	s.press("q")
	s.await(func(shown string) bool { return !strings.Contains(shown, "PRIMARY SITE LOST") })
	s.press("exit\n")
	require.Equal(t, 0, s.ended())
}

// whole waits for the whole screen, with nothing of the shell on it.
func (s *screen) whole() {
	s.tb.Helper()
	s.await(func(shown string) bool {
		lines := strings.Split(shown, "\n")
		return strings.Contains(lines[0], "LAB") && strings.Contains(lines[len(lines)-1], "q quit") &&
			strings.Contains(shown, "PRIMARY SITE LOST") && strings.Contains(shown, "F7") && !strings.Contains(shown, "Stopped")
	})
}

// A console that was stopped from outside, without giving the screen back,
// draws it afresh when it goes on.
func TestAConsoleStoppedFromOutsideDrawsItsScreenAfresh(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{Speed: 1})
	s := consoleOn(t, l).on(t, 80, 24)
	s.whole()
	require.NoError(t, syscall.Kill(s.pid, syscall.SIGSTOP))
	stopped(t, s.pid)
	from := s.pieces()
	require.NoError(t, syscall.Kill(s.pid, syscall.SIGCONT))
	s.await(func(string) bool {
		sent := s.since(from)
		return strings.Contains(sent, "PRIMARY SITE LOST") && strings.Contains(sent, "Remove log shipping")
	})
	s.press("j")
	s.sees("▸· F2")
}
