package world

import (
	"fmt"
	"strings"
	"time"
)

// SetSkew puts the clock of a machine ahead of the site's, or behind it: what
// its server says of times, and the names that its log shipping gives to
// backups, are wrong by that much. Schedules go by the site's clock.
func (w *World) SetSkew(machine string, ahead time.Duration) error {
	if ahead.Abs() > 10*365*24*time.Hour {
		return fmt.Errorf("a clock that is wrong by %s: ten years at most", ahead)
	}
	if i := w.Instance(machine); i != nil {
		machine = i.host
	}
	w.locked(func() { w.faults.skew[strings.ToUpper(machine)] = ahead })
	return nil
}

// Skew is how far the clock of a machine is ahead.
func (w *World) Skew(machine string) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.faults.skew[strings.ToUpper(machine)]
}

// now is the time by the instance's own clock. The caller holds w.mu.
func (i *Instance) now() time.Time { return i.w.Clock.Now().Add(i.w.faults.skew[i.host]) }
