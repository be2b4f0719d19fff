package tui

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"

	tea "charm.land/bubbletea/v2"
)

// Crash is the error with which a screen ends that failed itself. The incident
// behind it goes on. It holds nothing of what the screen showed: a panic may
// have been thrown with any value, so only its kind is kept.
type Crash struct {
	What  string
	Stack []byte // where; empty where it is not known
}

// Error says what failed, without where.
func (c *Crash) Error() string { return "the screen failed: " + c.What }

// guard is the model as the program sees it. A panic is noted and ends the
// program in good order, which gives the terminal back.
type guard struct {
	*Model
	ended  <-chan struct{} // the end of the screen's context
	crash  *Crash
	failed chan struct{} // closed by the first panic
}

func newGuard(ctx context.Context, m *Model) *guard {
	return &guard{Model: m, ended: ctx.Done(), failed: make(chan struct{})}
}

// Init also waits for a failure: a screen that cannot be drawn must end the
// program, too.
func (g *guard) Init() tea.Cmd {
	failed, ended := g.failed, g.ended
	return tea.Batch(guarded(g.Model.Init()), func() tea.Msg {
		select {
		case <-failed:
			return tea.QuitMsg{}
		case <-ended:
			return nil
		}
	})
}

// Update passes a message on, and holds what comes of it to the same rule.
func (g *guard) Update(msg tea.Msg) (next tea.Model, cmd tea.Cmd) {
	next = g // also when what follows panics
	defer g.catch()
	if c, is := msg.(*Crash); is {
		g.fail(c)
	}
	if g.crash == nil {
		_, cmd = g.Model.Update(msg)
	}
	return next, guarded(cmd)
}

// View passes the screen on; after a failure there is none.
func (g *guard) View() (v tea.View) {
	v.AltScreen = true
	defer g.catch()
	if g.crash == nil {
		v = g.Model.View()
	}
	return v
}

func (g *guard) catch() {
	if r := recover(); r != nil {
		g.fail(newCrash(r))
	}
}

// fail keeps the first failure: what comes after it is its consequence.
func (g *guard) fail(c *Crash) {
	if g.crash == nil {
		g.crash = c
		close(g.failed)
	}
}

// guarded is a command whose panic comes back as a message, with the stack of
// the goroutine it ran in. The library would write the panic's value on the
// terminal, whatever that holds.
func guarded(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() (msg tea.Msg) {
		defer func() {
			if r := recover(); r != nil {
				msg = newCrash(r)
			}
		}()
		msg = cmd()
		if batch, is := msg.(tea.BatchMsg); is {
			for i := range batch {
				batch[i] = guarded(batch[i])
			}
		}
		return msg
	}
}

// newCrash describes a panic where it is recovered from: the goroutine's stack
// still stands. A stack holds names and addresses, no values.
func newCrash(r any) *Crash { return &Crash{What: kind(r), Stack: debug.Stack()} }

// kind says what a panic was without what it may have been told: the runtime's
// own texts hold numbers and types only.
func kind(r any) string {
	if err, is := r.(runtime.Error); is {
		return err.Error()
	}
	return fmt.Sprintf("a panic with a value of type %T", r)
}

// verdict is what the end of the program means.
func (g *guard) verdict(err error) error {
	switch {
	case g.crash != nil:
		return g.crash
	case errors.Is(err, tea.ErrProgramPanic):
		return &Crash{What: "the library that draws it panicked"}
	}
	return err
}
