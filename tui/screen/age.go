package screen

import (
	"fmt"
	"time"
)

// age is a duration as an age: seconds up to a minute, then minutes, so that
// an idle screen does not change all the time.
func age(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", d/time.Second)
	case d < 2*time.Hour:
		return fmt.Sprintf("%dm", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", d/time.Hour)
	default:
		return fmt.Sprintf("%dd", d/(24*time.Hour))
	}
}

// shipped is how old something is that log shipping brought. Servers move a log
// backup every few minutes: tens of seconds say enough, and single ones of each
// server would be sent all the time.
func shipped(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return "<10s"
	case d < time.Minute:
		d = d.Truncate(10 * time.Second)
	}
	return age(d)
}

// span is a duration to the second: "14m 32s".
func span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%dm %02ds", d/time.Minute, d%time.Minute/time.Second)
	default:
		return fmt.Sprintf("%dh %02dm", d/time.Hour, d%time.Hour/time.Minute)
	}
}

// stopwatch is a running time: "06:41", "1:06:41".
func stopwatch(d time.Duration) string {
	h, m, s := d/time.Hour, d%time.Hour/time.Minute, d%time.Minute/time.Second
	if h > 0 {
		return fmt.Sprintf("%d:%02d:%02d", h, m, s)
	}
	return fmt.Sprintf("%02d:%02d", m, s)
}

// took is how long something finished took: "0.4s", "12.0s", "4m 03s".
func took(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%.1fs", d.Seconds())
	}
	return span(d)
}
