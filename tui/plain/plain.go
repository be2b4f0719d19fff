// Package plain is the console as lines of text: the same incident as the full
// screen shows, fit for a screen reader or a slow serial line. Lines are only
// ever appended, each means something alone, choices have numbers, and states
// are words. It sits where tui sits, above incident, and shares with it what
// cleans text (tui/part/clean), what may be done now (tui/actions) and what
// has to be typed (engine.Demanded).
package plain

import (
	"context"
	"io"
	"time"

	"pchatops/ops/incident"
	"pchatops/ops/site"
)

// Incident is what the console looks at and drives.
type Incident interface {
	incident.Driver
	incident.Viewer
}

// Options are what a plain console is started with.
type Options struct {
	Incident Incident
	Site     *site.Site // for thresholds and the data centres of the chat servers; nil: not known
	In       io.Reader  // the operator's lines
	Out      io.Writer
	Width    int            // cells of a line; 0: 80
	Clock    incident.Clock // nil: the machine's
}

// Widths of a line.
const (
	usualWidth = 80
	leastWidth = 20
)

// leaveWithin is how long a stalled line may keep the process from ending.
const leaveWithin = 2 * time.Second

// Run talks with the operator until they quit, their input or the incident
// ends, or ctx does. It ends the conversation only: a step that runs goes on,
// and whoever started the incident waits for it. A read of In that is under
// way then ends with In.
func Run(ctx context.Context, o Options) error {
	if o.Clock == nil {
		o.Clock = incident.SystemClock{}
	}
	if o.Width <= 0 {
		o.Width = usualWidth
	}
	box := o.Incident.Subscribe()
	defer box.Close()
	ended := make(chan error, 1)
	go func() { ended <- converse(ctx, o, box) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	select {
	case <-ended:
	case <-o.Clock.After(leaveWithin):
	}
	return context.Cause(ctx)
}

// inbox hands out the newest state that has not been seen; incident.Mailbox is
// one.
type inbox interface {
	Next(ctx context.Context) (*incident.State, error)
}

// converse holds the conversation, with one goroutine that waits for states
// and one that waits for lines; both end with it.
func converse(ctx context.Context, o Options, box inbox) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	states, lines := make(chan *incident.State), make(chan string)
	go receive(ctx, box, states)
	go read(ctx, o.In, lines)
	c := newConsole(o, states, lines)
	return c.talk(ctx)
}

// receive passes states on, and closes the channel when there will be no more.
func receive(ctx context.Context, box inbox, to chan<- *incident.State) {
	defer close(to)
	for {
		s, err := box.Next(ctx)
		if err != nil {
			return
		}
		select {
		case to <- s:
		case <-ctx.Done():
			return
		}
	}
}
