// Package drive runs the console in a test as a person would: a real program
// on an emulated terminal, keys in, a screen out. It waits for idle, never for
// a time: a mark goes through the program behind the keys and comes back with
// the frame that shows what they did. Every frame is held to its size and to
// harmless signs.
package drive

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"pchatops/tui"
)

// patience is when a test gives up waiting.
const patience = 2 * time.Minute

// Config is what a console is driven with.
type Config struct {
	Options tui.Options
	Inbox   tui.Inbox
	Clock   *Clock        // nil: the console has the real one
	Latest  func() uint64 // number of the newest state of the incident; nil: not known
	// Env and Profile are the terminal's; nil: an xterm of 256 colours.
	Env     []string
	Profile colorprofile.Profile
}

// Console is a console under test.
type Console struct {
	t     testing.TB
	term  *terminal
	watch *watch
	prog  *tea.Program
	keys  *io.PipeWriter
	queue chan []byte
	marks int
	done  chan struct{}
	err   error
}

// Start starts a console; it ends with the test.
func Start(t testing.TB, c Config) *Console {
	t.Helper()
	if c.Clock != nil {
		c.Options.Clock = c.Clock
	}
	if c.Env == nil {
		c.Env, c.Profile = []string{"TERM=xterm-256color"}, colorprofile.ANSI256
	}
	ctx, cancel := context.WithCancel(context.Background())
	model, err := tui.New(ctx, c.Inbox, c.Options)
	if err != nil {
		t.Fatal(err)
	}
	in, keys := io.Pipe()
	d := &Console{
		t: t, term: newTerminal(c.Options.Width, c.Options.Height), keys: keys,
		watch: &watch{Model: model, clock: c.Clock, latest: c.Latest},
		queue: make(chan []byte, 1000), done: make(chan struct{}),
	}
	d.prog = tea.NewProgram(
		d.watch, tea.WithInput(in), tea.WithOutput(d.term),
		tea.WithFPS(120), tea.WithoutSignalHandler(), tea.WithEnvironment(c.Env),
		tea.WithColorProfile(c.Profile), tea.WithWindowSize(c.Options.Width, c.Options.Height),
	)
	go d.feed()
	go d.answer()
	go func() {
		_, d.err = d.prog.Run()
		_ = in.Close()
		close(d.done)
		d.term.wake()
	}()
	t.Cleanup(func() { d.stop(cancel) })
	return d.Idle()
}

// stop ends the program, wherever it is.
func (d *Console) stop(cancel context.CancelFunc) {
	cancel()
	<-d.done
	d.term.hangUp()
	_ = d.keys.Close()
	if wrong := d.watch.fault(); wrong != "" {
		d.t.Errorf("a frame does not fit: %s", wrong)
	}
}

// answer passes on what the terminal replies to the program's questions. The
// queue keeps a program that is drawing from waiting for itself to read.
func (d *Console) answer() {
	defer close(d.queue)
	for {
		buf := make([]byte, 256)
		n, err := d.term.emu.Read(buf)
		if err != nil {
			return
		}
		d.queue <- buf[:n]
	}
}

func (d *Console) feed() {
	for b := range d.queue {
		if _, err := d.keys.Write(b); err != nil {
			continue // the program has ended; the rest is thrown away
		}
	}
}

// Press presses keys by name ("enter", "esc", "j") and waits for idle.
func (d *Console) Press(keys ...string) *Console {
	d.t.Helper()
	for _, k := range keys {
		d.send(typed(k))
	}
	return d.Idle()
}

// Leave presses keys that end the console, waits for its end and gives its
// error.
func (d *Console) Leave(keys ...string) error {
	d.t.Helper()
	for _, k := range keys {
		d.send(typed(k))
	}
	return d.Ended()
}

// Type types a text, a key press for each character, and waits for idle.
func (d *Console) Type(text string) *Console {
	d.t.Helper()
	d.send(text)
	return d.Idle()
}

// Paste pastes a text as terminals do.
func (d *Console) Paste(text string) *Console {
	d.t.Helper()
	d.send("\x1b[200~" + text + "\x1b[201~")
	return d.Idle()
}

// Send sends bytes as they are and waits for nothing: keys as a slow line may
// tear them apart or push them together.
func (d *Console) Send(bytes string) *Console {
	d.t.Helper()
	d.send(bytes)
	return d
}

// Gone waits until a text no longer stands on the screen.
func (d *Console) Gone(text string) *Console {
	d.t.Helper()
	_ = d.sees(time.Now().Add(patience), func() bool { return missing(d.term.text(), []string{text}) != "" })
	return d
}

// Resize gives the terminal another size.
func (d *Console) Resize(w, h int) *Console {
	d.t.Helper()
	d.term.resize(w, h)
	d.prog.Send(tea.WindowSizeMsg{Width: w, Height: h})
	return d.Idle()
}

// Advance waits for idle, so that all who wait for the clock do, and moves it.
func (d *Console) Advance(by time.Duration) *Console {
	d.t.Helper()
	d.Idle().watch.clock.advance(by)
	return d.Idle()
}

func (d *Console) send(s string) {
	d.t.Helper()
	if _, err := io.WriteString(d.keys, s); err != nil {
		d.t.Fatalf("the console has ended (%v)", err)
	}
}

// Idle waits until everything that was sent is on the screen and nothing is
// under way.
func (d *Console) Idle() *Console {
	d.t.Helper()
	for deadline := time.Now().Add(patience); ; {
		d.marks++
		if _, err := io.WriteString(d.keys, "\x1b[I"); err != nil {
			return d // it has ended
		}
		if d.sees(deadline, func() bool { return d.markShown() >= d.marks }) != nil || d.settled() {
			return d
		}
		if time.Now().After(deadline) {
			d.t.Fatalf("the console does not come to rest:\n%s", d.Screen())
		}
	}
}

func (d *Console) markShown() (n int) {
	_, mark, _ := strings.Cut(d.term.title, separator)
	_, _ = fmt.Sscanf(mark, "%d", &n)
	return n
}

func (d *Console) settled() bool {
	d.term.mu.Lock()
	defer d.term.mu.Unlock()
	return strings.HasSuffix(d.term.title, " idle")
}
