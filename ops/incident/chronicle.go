package incident

import (
	"bytes"
	"maps"
	"slices"
	"sync"

	"pchatops/ops/engine"
	"pchatops/ops/journal"
)

// Chronicle is what the journal of the incident has come to so far. Lines are
// applied by whoever reads or writes the journal: while it is replayed, by the
// step that is running, or by an observer that follows another console. Its
// facts are there for the next plan as soon as their line is applied.
type Chronicle struct {
	mu      sync.Mutex
	history *engine.History
	entries []Entry
	touched map[string]bool // steps with news since the last pull
}

// NewChronicle gives the chronicle of an empty journal.
func NewChronicle() *Chronicle {
	return &Chronicle{history: engine.NewHistory(), touched: map[string]bool{}}
}

// Apply takes one line over. It has the form that journal.Reopen
// and journal.Tail call.
func (c *Chronicle) Apply(l journal.Line) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	l.Data = bytes.Clone(l.Data)
	if err := c.history.Apply(l); err != nil {
		return err
	}
	if c.history.About != "" {
		c.touched[c.history.About] = true
	}
	if entry, worth := entryOf(c.history, l); worth {
		c.entries = appendBounded(c.entries, entry, maxEntries)
	}
	return nil
}

// Recall gives a fact that an earlier step of this incident observed or
// proved; "" when there is none.
func (c *Chronicle) Recall(name string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.history.Facts[name]
}

// news is what has changed since the last pull.
type news struct {
	steps   map[string]engine.Past
	entries []Entry
	history engine.History // its own members; maps are not to be used
}

// pull hands the news over as copies that nobody else changes.
func (c *Chronicle) pull() news {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := news{steps: map[string]engine.Past{}, entries: c.entries[:len(c.entries):len(c.entries)], history: *c.history}
	n.history.Steps, n.history.Facts = nil, nil
	for id := range c.touched {
		p := *c.history.Step(id)
		p.Actions, p.Unsettled = slices.Clone(p.Actions), maps.Clone(p.Unsettled)
		n.steps[id] = p
	}
	clear(c.touched)
	return n
}

// appendBounded keeps the newest n entries or a few more. It never changes
// what a slice handed out earlier shows.
func appendBounded[T any](s []T, v T, n int) []T {
	if len(s) >= n+n/4 {
		s = slices.Clone(s[len(s)-n:])
	}
	return append(s, v)
}
