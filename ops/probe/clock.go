package probe

import (
	"context"
	"time"

	"pchatops/ops/pause"
)

// Clock tells how long a server has been silent, and paces the attempts to
// connect to it.
type Clock interface {
	Now() time.Time
	// Wait waits d, or until ctx ends, whose error it then returns.
	Wait(ctx context.Context, d time.Duration) error
}

// wall is everybody's clock.
type wall struct{}

// Now implements Clock.
func (wall) Now() time.Time { return time.Now() }

// Wait implements Clock.
func (wall) Wait(ctx context.Context, d time.Duration) error { return pause.For(ctx, d) }
