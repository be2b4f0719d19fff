package procedurestest

import "time"

// Sole is the lease of a console that nobody disputes.
type Sole struct{}

// Held always holds.
func (Sole) Held() error { return nil }

// Lost is never closed.
func (Sole) Lost() <-chan struct{} { return nil }

// Clock is the wall clock.
type Clock struct{}

// Now is the time.
func (Clock) Now() time.Time { return time.Now() }
