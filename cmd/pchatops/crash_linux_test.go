package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"charm.land/fang/v2"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"pchatops/ops/incident"
	"pchatops/ops/site"
	"pchatops/tui"
)

// careless is an incident whose answer to a poll is a panic.
type careless struct{ *incident.Incident }

func (careless) Poll() error { panic("password=Canary-4711") }

// carelessSite asks this test binary to be a console with such an incident, on
// the site file that it names.
const carelessSite = "PCHATOPS_TEST_CARELESS_SITE"

func init() {
	if config := os.Getenv(carelessSite); config != "" {
		err := carelessConsole(context.Background(), config)
		printError(os.Stderr, fang.Styles{}, err)
		os.Exit(codeOf(context.Background(), err))
	}
}

// carelessConsole is what showOne does, on an incident that panics.
func carelessConsole(ctx context.Context, config string) error {
	estate, err := site.Load(config)
	if err != nil {
		return err
	}
	a := ask{site: estate, procedure: "failover", dir: os.Getenv("HOME"), secrets: site.NewSecrets(prompter{}), live: true}
	s, err := open(ctx, a)
	if err != nil {
		return err
	}
	err = tui.Run(ctx, tui.Options{Incident: careless{s.incident}, Site: estate, Theme: "dark"})
	end := s.close()
	_, err = after(err, a.dir)
	return errors.Join(err, end)
}

// A panic in a request to the incident ends the screen while a step runs. The
// terminal is as it was, the step runs to its end and is on record, and the
// note says where the panic was and nothing else.
func TestAPanicLeavesTheTerminalTheStepAndANote(t *testing.T) {
	t.Parallel()
	l, c := readyToRestore(t)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), carelessSite+"="+c.config, "HOME="+c.state)
	s := onTerminal(t, cmd, 80, 24)
	before := modes(t, s)
	s.sees("▸· F3", "q quit")
	require.NotEqual(t, before, modes(t, s), "the console needs a raw terminal")
	c.beginRestore(s)
	s.press("r")

	require.Equal(t, exitFailed, s.ended())
	s.sees("the screen failed", "start the console again")
	require.Equal(t, before, modes(t, s), "the terminal is as it was")
	require.True(t, c.journalSays(`"type":"step"`, `"step":"F3"`, `"outcome":"done"`))
	require.NotContains(t, s.since(0), "Canary-4711")

	notes, err := filepath.Glob(filepath.Join(c.state, "crash-*.txt"))
	require.NoError(t, err)
	require.Len(t, notes, 1)
	note, err := os.ReadFile(notes[0])
	require.NoError(t, err)
	require.Contains(t, string(note), "careless.Poll", "the stack of the goroutine that panicked")
	require.NotContains(t, string(note), "Canary-4711")
	for _, in := range l.Describe().Instances {
		require.NotContains(t, string(note), in.Password)
	}
	info, err := os.Stat(notes[0])
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

// modes are the settings of a terminal device.
func modes(t testing.TB, s *screen) unix.Termios {
	t.Helper()
	m, err := unix.IoctlGetTermios(int(s.tty.Fd()), unix.TCGETS)
	require.NoError(t, err)
	return *m
}
