package tui_test

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/creack/pty"
	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/tui"
	"pchatops/tui/tuitest"
)

var errHangup = errors.New("hangup")

func TestWithoutATerminalTheConsoleNamesTheOtherWays(t *testing.T) {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	require.NoError(t, err)
	defer null.Close()
	err = tui.Run(t.Context(), tui.Options{In: null, Out: null})
	require.ErrorIs(t, err, tui.ErrNoTerminal)
	require.ErrorContains(t, err, "run PROCEDURE")
	require.ErrorContains(t, err, "rehearse --auto")
}

// When the connection drops, the screen ends and the step in flight does not.
func TestALostTerminalEndsTheScreenButNotTheStep(t *testing.T) {
	w := &tuitest.World{Hold: make(chan struct{})}
	inc := serve(t, w)
	ctx, hangup := context.WithCancelCause(context.Background())
	screen, ended := onTerminal(ctx, t, inc)

	require.NoError(t, inc.Run("F1", accepted()))
	wait(t, inc, func(s *incident.State) bool { return s.Running == "F1" })
	hangup(errHangup)
	require.ErrorIs(t, <-ended, errHangup)
	require.Contains(t, screen(), "\x1b[?1049l", "the terminal gets its own screen back")

	close(w.Hold)
	wait(t, inc, func(s *incident.State) bool { return s.Steps[0].Outcome == engine.Done })
}

// onTerminal runs the console on a terminal of its own; screen gives all that
// it has sent, once it has ended.
func onTerminal(ctx context.Context, t *testing.T, inc *incident.Incident) (screen func() string, ended chan error) {
	t.Helper()
	master, tty, err := pty.Open()
	require.NoError(t, err)
	require.NoError(t, pty.Setsize(tty, &pty.Winsize{Cols: 80, Rows: 24}))
	var sent strings.Builder
	read := make(chan struct{})
	go func() {
		defer close(read)
		_, _ = io.Copy(&sent, master) // ends with an error when the terminal closes
	}()
	ended = make(chan error, 1)
	go func() {
		ended <- tui.Run(ctx, tui.Options{Incident: inc, Site: estate(), In: tty, Out: tty, Env: []string{"TERM=xterm-256color"}})
	}()
	t.Cleanup(func() { _ = master.Close() })
	return func() string {
		_ = tty.Close()
		<-read
		return sent.String()
	}, ended
}

func wait(t *testing.T, inc *incident.Incident, until func(*incident.State) bool) {
	t.Helper()
	box := inc.Subscribe()
	defer box.Close()
	for {
		s, err := box.Next(t.Context())
		require.NoError(t, err)
		if until(s) {
			return
		}
	}
}
