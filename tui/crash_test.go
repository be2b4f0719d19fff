package tui_test

import (
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/creack/pty"
	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/ops/status"
	"pchatops/tui"
)

// A screen that fails gives the terminal back, tells where it failed and no
// more, and leaves the step in flight alone.
func TestAScreenThatFailsRestoresTheTerminalAndLeavesTheStepAlone(t *testing.T) {
	w := &world{hold: make(chan struct{})}
	inc := serve(t, w)
	release := sync.OnceFunc(func() { close(w.hold) })
	t.Cleanup(release)
	require.NoError(t, inc.Run("F1", engine.Confirmation{Accepted: true}))
	wait(t, inc, func(s *incident.State) bool { return s.Running == "F1" })

	master, tty, err := pty.Open()
	require.NoError(t, err)
	require.NoError(t, pty.Setsize(tty, &pty.Winsize{Cols: 80, Rows: 24}))
	sent := make(chan string, 1)
	go func() { sent <- pressOnce(master, "P") }()
	broken := engine.Procedure{ID: "broken", Title: "Broken", Applies: func(*status.Snapshot) (bool, string) { panic("Canary-4711") }}
	err = tui.Run(t.Context(), tui.Options{
		Incident: inc, Site: estate(), In: tty, Out: tty, Env: []string{"TERM=xterm-256color"},
		Procedures: []engine.Procedure{broken},
	})
	var crash *tui.Crash
	require.ErrorAs(t, err, &crash)
	require.Contains(t, string(crash.Stack), "Procedures")
	require.NotContains(t, crash.Error()+string(crash.Stack), "Canary-4711")

	require.NoError(t, tty.Close())
	screen := <-sent
	require.NoError(t, master.Close())
	require.Greater(t, strings.LastIndex(screen, "\x1b[?1049l"), strings.LastIndex(screen, "\x1b[?1049h"), "the terminal gets its own screen back")

	release()
	wait(t, inc, func(s *incident.State) bool { return s.Steps[0].Outcome == engine.Done })
}

// pressOnce reads what a terminal is sent until it closes, and presses a key
// as soon as the console has the screen.
func pressOnce(terminal *os.File, key string) string {
	var all strings.Builder
	pressed := false
	for buf := make([]byte, 4096); ; {
		n, err := terminal.Read(buf)
		all.Write(buf[:n])
		if !pressed && strings.Contains(all.String(), "\x1b[?1049h") {
			_, _ = terminal.WriteString(key) // at worst the test sees no crash
			pressed = true
		}
		if err != nil {
			return all.String()
		}
	}
}
