// Package clock is the lab's time: it starts where a scenario says, runs as
// many times faster than real time as asked, can be moved forward by hand, and
// everything in the lab that takes time waits on it.
package clock

import (
	"context"
	"sync"
	"time"
)

// Clock is a virtual clock. It is safe for concurrent use.
type Clock struct {
	mu      sync.Mutex
	virtual time.Time // the lab's time when real was read
	real    time.Time
	speed   float64       // 0: stands still until moved by hand
	changed chan struct{} // closed and replaced when the clock is moved
}

// New gives a clock that shows start. It stands still when speed is 0.
func New(start time.Time, speed float64) *Clock {
	return &Clock{virtual: start.UTC(), real: time.Now(), speed: max(speed, 0), changed: make(chan struct{})}
}

// Now is the lab's time, UTC.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *Clock) now() time.Time {
	if c.speed == 0 {
		return c.virtual
	}
	return c.virtual.Add(time.Duration(float64(time.Since(c.real)) * c.speed))
}

// MoveTo moves the clock forward to t; a time that has passed changes nothing.
func (c *Clock) MoveTo(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.After(c.now()) {
		c.set(t.UTC(), c.speed)
	}
}

// SetSpeed changes how many times faster than real time the clock runs.
func (c *Clock) SetSpeed(speed float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.set(c.now(), max(speed, 0))
}

// Speed tells how many times faster than real time the clock runs.
func (c *Clock) Speed() float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.speed
}

func (c *Clock) set(t time.Time, speed float64) {
	c.virtual, c.real, c.speed = t, time.Now(), speed
	close(c.changed)
	c.changed = make(chan struct{})
}

// Wait waits for d of the lab's time, or until ctx ends.
func (c *Clock) Wait(ctx context.Context, d time.Duration) error {
	return c.WaitUntil(ctx, c.Now().Add(d))
}

// WaitUntil waits until the clock shows t, or until ctx ends.
func (c *Clock) WaitUntil(ctx context.Context, t time.Time) error {
	for {
		left, changed := c.left(t)
		if err := ctx.Err(); err != nil {
			return err
		}
		if left == 0 {
			return nil
		}
		if err := sleep(ctx, left, changed); err != nil {
			return err
		}
	}
}

// left is the real time until the clock shows t (negative: it stands still),
// and the channel that is closed when that answer no longer holds.
func (c *Clock) left(t time.Time) (time.Duration, <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	d := t.Sub(c.now())
	switch {
	case d <= 0:
		return 0, c.changed
	case c.speed == 0:
		return -1, c.changed
	}
	return max(time.Duration(float64(d)/c.speed), time.Microsecond), c.changed
}

func sleep(ctx context.Context, d time.Duration, changed <-chan struct{}) error {
	var expired <-chan time.Time
	if d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		expired = timer.C
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-changed:
	case <-expired:
	}
	return nil
}
