package tui

import (
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

// guard is the model as the program sees it: a panic is noted before the
// library restores the terminal.
type guard struct {
	*Model
	crash *Crash
}

// Update passes a message on.
func (g *guard) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	defer g.catch()
	_, cmd := g.Model.Update(msg)
	return g, cmd
}

// View passes the screen on.
func (g *guard) View() tea.View {
	defer g.catch()
	return g.Model.View()
}

func (g *guard) catch() {
	if r := recover(); r != nil {
		g.crash = &Crash{What: kind(r), Stack: debug.Stack()}
		panic(g.crash)
	}
}

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
		return &Crash{What: "a request to the incident panicked"}
	}
	return err
}
