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
	"pchatops/tui/actions"
	"pchatops/tui/tuitest"
)

// careless is an incident whose answer to a poll is a panic.
type careless struct{ *incident.Incident }

func (careless) Poll() error { panic("Canary-4711") }

// fragile is how a console can be made to fail: while it draws, while it
// decides what a key means, and in the goroutine of a request.
var fragile = map[string]struct {
	key   string
	where string // what the stack names
	make  func(*tui.Options)
}{
	"drawing a list": {"P", "screen.View.Procedures", func(o *tui.Options) {
		o.Procedures = []engine.Procedure{{ID: "broken", Applies: func(*status.Snapshot) (bool, string) { panic("Canary-4711") }}}
	}},
	"answering a key": {"\x0c", "actions.Action.Usable", func(o *tui.Options) {
		o.Keys = actions.Map{{
			ID: actions.Repaint, Scope: actions.Everywhere, Keys: []string{"ctrl+l"},
			Enabled: func(actions.Facts) (bool, string) { panic("Canary-4711") },
		}}
	}},
	"asking the incident": {"r", "careless.Poll", func(o *tui.Options) {
		inc, _ := o.Incident.(*incident.Incident)
		o.Incident = careless{inc}
	}},
}

// A screen that fails gives the terminal back, tells where it failed and no
// more, and leaves the step in flight alone.
func TestAScreenThatFailsRestoresTheTerminalAndLeavesTheStepAlone(t *testing.T) {
	for name, c := range fragile {
		t.Run(name, func(t *testing.T) {
			w := &tuitest.World{Hold: make(chan struct{})}
			inc := serve(t, w)
			release := sync.OnceFunc(func() { close(w.Hold) })
			t.Cleanup(release)
			require.NoError(t, inc.Run("F1", accepted()))
			wait(t, inc, func(s *incident.State) bool { return s.Running == "F1" })

			crash, screen := failOn(t, inc, c.key, c.make)
			require.Contains(t, string(crash.Stack), c.where)
			require.NotContains(t, crash.Error()+string(crash.Stack)+screen, "Canary-4711")
			require.Greater(t, strings.LastIndex(screen, "\x1b[?1049l"), strings.LastIndex(screen, "\x1b[?1049h"),
				"the terminal gets its own screen back")

			release()
			wait(t, inc, func(s *incident.State) bool { return s.Steps[0].Outcome == engine.Done })
		})
	}
}

// failOn runs a console on a terminal until a key makes it fail, and gives how
// it failed and all that the terminal was sent.
func failOn(t *testing.T, inc *incident.Incident, key string, with func(*tui.Options)) (*tui.Crash, string) {
	t.Helper()
	master, tty, err := pty.Open()
	require.NoError(t, err)
	require.NoError(t, pty.Setsize(tty, &pty.Winsize{Cols: 80, Rows: 24}))
	sent := make(chan string, 1)
	go func() { sent <- pressOnce(master, key) }()
	o := tui.Options{Incident: inc, Site: estate(), In: tty, Out: tty, Env: []string{"TERM=xterm-256color"}}
	with(&o)
	var crash *tui.Crash
	require.ErrorAs(t, tui.Run(t.Context(), o), &crash)
	require.NoError(t, tty.Close())
	screen := <-sent
	require.NoError(t, master.Close())
	return crash, screen
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
