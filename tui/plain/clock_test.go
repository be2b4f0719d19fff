package plain

import (
	"sync"
	"time"
)

// night is when the conversations take place.
var night = time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)

// clock moves only when it is told to.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	waits []wait
}

type wait struct {
	until time.Time
	fire  chan time.Time
}

func newClock() *clock { return &clock{now: night} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) After(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	w := wait{c.now.Add(d), make(chan time.Time, 1)}
	c.waits = append(c.waits, w)
	return w.fire
}

// advance moves the time on and wakes who waited for it.
func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	var later []wait
	for _, w := range c.waits {
		if w.until.After(c.now) {
			later = append(later, w)
		} else {
			w.fire <- c.now
		}
	}
	c.waits = later
}
