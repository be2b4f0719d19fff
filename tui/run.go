package tui

import (
	"context"
	"errors"
	"os"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
)

// ErrNoTerminal is the refusal to start where there is no terminal.
var ErrNoTerminal = errors.New("the console needs a terminal for input and output, and there is none here; " +
	"`pchatops run PROCEDURE` does the same without a screen, and `pchatops rehearse --auto` runs the rehearsal by itself")

// Another is the error with which a console ends when the operator has chosen
// another procedure: whoever started it opens that one next.
type Another struct{ Procedure string }

// Error names the procedure.
func (a *Another) Error() string { return "the procedure " + a.Procedure + " was chosen" }

// framesPerSecond bounds how long a key waits for its frame. A slow line pays
// nothing for it: only what has changed is sent, and the incident changes at
// most ten times a second.
const framesPerSecond = 120

// leaveWithin is how long a terminal may take to be left in order.
const leaveWithin = 2 * time.Second

// Run shows the console until the operator leaves, the incident ends or ctx
// does. It ends the screen only: a step that runs goes on, and whoever started
// the incident waits for it.
func Run(ctx context.Context, o Options) error {
	if o.In == nil {
		o.In = os.Stdin
	}
	if o.Out == nil {
		o.Out = os.Stdout
	}
	if !terminal(o.In) || !terminal(o.Out) {
		return ErrNoTerminal
	}
	o.size()
	if o.Env == nil {
		o.Env = os.Environ()
	}
	o.Resumable = o.In == os.Stdin && resumable()
	measured := measure()
	defer func() { <-measured }()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	box := o.Incident.Subscribe()
	defer box.Close()
	m, err := New(ctx, box, o)
	if err != nil {
		return err
	}
	if err := play(ctx, m, o); err != nil || m.Another() == "" {
		return err
	}
	return &Another{m.Another()}
}

// measure makes the table of character widths that the renderer asks for first
// of all. That takes 5 ms, of which the first frame need not wait for most.
func measure() <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		ansi.StringWidthWc("─")
	}()
	return done
}

// play runs the program. When ctx ends, so does the wait for the mailbox, and
// with it the program: in good order, so that the terminal is left as it was.
// A terminal that takes nothing any more cannot be left in order, and must not
// keep the process from ending.
func play(ctx context.Context, m *Model, o Options) error {
	ended := make(chan error, 1)
	go func() {
		g := newGuard(ctx, m)
		p := tea.NewProgram(g, programOptions(o)...)
		go whenContinued(ctx, p)
		_, err := p.Run()
		ended <- g.verdict(err)
	}()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	select {
	case <-ended:
	case <-time.After(leaveWithin):
	}
	return context.Cause(ctx)
}

func programOptions(o Options) []tea.ProgramOption {
	list := []tea.ProgramOption{
		tea.WithInput(o.In),
		tea.WithOutput(o.Out),
		tea.WithFPS(framesPerSecond),
		tea.WithoutSignalHandler(), // signals belong to the command, which knows what still runs
	}
	if o.Env != nil {
		list = append(list, tea.WithEnvironment(o.Env))
	}
	if o.Width > 0 && o.Height > 0 {
		list = append(list, tea.WithWindowSize(o.Width, o.Height))
	}
	return list
}

// terminal reports whether a stream can carry the console: a file must be a
// terminal; anything else was made for it by the caller.
func terminal(stream any) bool {
	f, isFile := stream.(interface{ Fd() uintptr })
	return !isFile || term.IsTerminal(f.Fd())
}

// size fills in the size of the terminal, so that the first frame fits.
func (o *Options) size() {
	f, isFile := o.Out.(interface{ Fd() uintptr })
	if !isFile || o.Width > 0 {
		return
	}
	if w, h, err := term.GetSize(f.Fd()); err == nil {
		o.Width, o.Height = w, h
	}
}
