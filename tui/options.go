package tui

import (
	"context"
	"io"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/ops/pause"
	"pchatops/ops/site"
	"pchatops/tui/actions"
)

// Incident is what the console looks at and drives.
type Incident interface {
	incident.Driver
	incident.Viewer
}

// Inbox hands out the newest state that has not been seen; incident.Mailbox is
// one.
type Inbox interface {
	Next(ctx context.Context) (*incident.State, error)
	Close()
}

// Options are what a console is started with.
type Options struct {
	Incident Incident
	Site     *site.Site  // for the badge before the first state, thresholds and data centres
	Theme    string      // a theme by name; "": dark or light, as the terminal is
	Glyphs   string      // "unicode" or "ascii"; "": as Env says
	Keys     actions.Map // nil: the usual ones
	// Remembered is the theme that was chosen in an earlier console; it gives
	// way to Theme, and to what a terminal of few colours needs.
	Remembered string
	// Remember keeps a chosen theme for the next console; "" is none. nil: no
	// choice is kept.
	Remember func(theme string) error
	// Procedures are what the operator can choose from.
	Procedures []engine.Procedure
	// Resumable: a shell started the console and can resume it once suspended.
	Resumable bool
	In        io.Reader // nil: standard input
	Out       io.Writer // nil: standard output
	Env       []string  // nil: the environment of the process
	// Width and Height are the size of the terminal where Out is not one
	// itself (a session of an SSH server).
	Width, Height int
	Clock         Clock // nil: the real one
	// Drawn is called once, as soon as the first frame is made. nil: not wanted.
	Drawn func()
}

// Clock is the time of day and the wait for it.
type Clock interface {
	Now() time.Time
	// Sleep waits, or returns the error of a context that ends before.
	Sleep(ctx context.Context, d time.Duration) error
}

type realClock struct{}

func (realClock) Now() time.Time { return time.Now() }

func (realClock) Sleep(ctx context.Context, d time.Duration) error { return pause.For(ctx, d) }
