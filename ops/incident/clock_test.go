package incident_test

import (
	"sync/atomic"
	"time"
)

// hurried is the machine's clock some hours on.
type hurried struct{ hours atomic.Int64 }

func (h *hurried) Now() time.Time {
	return time.Now().Add(time.Duration(h.hours.Load()) * time.Hour)
}

func (h *hurried) After(d time.Duration) <-chan time.Time { return time.After(d) }

// stopped is a clock on which no time passes.
type stopped struct{}

func (stopped) Now() time.Time                       { return time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC) }
func (stopped) After(time.Duration) <-chan time.Time { return nil }
