package incident

import (
	"context"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/journal"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// Clock tells the time and wakes.
type Clock interface {
	Now() time.Time
	After(d time.Duration) <-chan time.Time
}

// SystemClock is the clock of the machine.
type SystemClock struct{}

// Now is time.Now.
func (SystemClock) Now() time.Time { return time.Now() }

// After is time.After.
func (SystemClock) After(d time.Duration) <-chan time.Time { return time.After(d) }

// Config is what an incident is made of. Site, Procedure and Chronicle are
// always needed; a console that drives also needs Journal and Lease, one that
// only observes gives Follow and ReadOnly.
type Config struct {
	Site      *site.Site
	Procedure *engine.Procedure
	Chronicle *Chronicle // holds what the journal said when it was opened

	Journal engine.Recorder
	Lease   engine.Lease
	By      string         // who drives
	Me      journal.Holder // and from where; it goes on record

	// Retaking waits until the right is lost and taken again otherwise than is
	// known (nil: it is not lost), or ctx ends. nil: nobody tells.
	Retaking func(ctx context.Context, known *Retaking) (*Retaking, error)
	// Other waits until who else drives the site, before this console ever did, is
	// otherwise than is known (nil: nobody), or ctx ends. nil: nobody tells.
	Other func(ctx context.Context, known *Other) (*Other, error)
	// LastLost is how the right was last lost for a while; nil: it never was, or
	// nobody tells.
	LastLost func() *Retaking
	// Overtaken is how it was last noticed that another console has driven the site
	// while this one had lost the right; nil: never, or nobody tells.
	Overtaken func() *Overtaken

	// Old is the incident, where the operator has to be asked about it first.
	Old *Old

	// Follow applies the lines of another console's journal until its context
	// ends, and calls idle whenever it has caught up.
	Follow   func(ctx context.Context, apply func(journal.Line) error, idle func()) error
	ReadOnly string // why this console only observes; "" when it drives
	// Presence looks whether the console that is followed is still there. It is
	// asked whenever the journal has been read; nil: it is taken to be.
	Presence func() Presence

	Snapshots <-chan *status.Snapshot // newest wins; nil: none
	Poll      func()                  // asks every node now; nil: nothing to ask
	Diagnose  func(*status.Snapshot, *site.Site, time.Time) []status.Finding
	Measure   func(*status.Snapshot, *site.Site, time.Time) status.Exposure

	// Known are findings that no server tells of and that do not change.
	Known []status.Finding

	// Infer reads at the start, after each step and at each Poll where the
	// steps without an outcome stand.
	Infer bool
	Lab   bool
	Clock Clock // nil: the machine's
}

// Intervals of the owner.
const (
	// gap keeps viewers at about ten States a second.
	gap = 100 * time.Millisecond
	// fresh is how long what was inferred from the servers may stand in for an
	// outcome on record when a later step is to be run.
	fresh = time.Minute
)

func (c *Config) overtaken() *Overtaken {
	if c.Overtaken == nil {
		return nil
	}
	return c.Overtaken()
}

// lastLost is how the right was last lost for a while; nil: never, as far as is known.
func (c *Config) lastLost() *Retaking {
	if c.LastLost == nil {
		return nil
	}
	return c.LastLost()
}
