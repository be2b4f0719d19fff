package screen

import (
	"fmt"
	"strings"
	"time"

	"pchatops/ops/incident"
	"pchatops/tui/part/clean"
)

// far is how far a running step is, as far as it is known: "2/14 45 %".
func far(s *incident.StepState) string {
	var said []string
	if s.Total > 1 {
		said = append(said, fmt.Sprintf("%d/%d", min(s.Sent, s.Total), s.Total))
	}
	if p := s.Progress; p != nil && p.Percent >= 0 {
		said = append(said, percent(p.Percent))
	}
	return strings.Join(said, " ")
}

// furthest adds how much there is, and how long the rest will take if it goes
// on like this: "2/14 45 % · 1.2 of 2.6 GB · about 3m left".
func (v View) furthest(s *incident.StepState) string {
	said := []string{}
	if f := far(s); f != "" {
		said = append(said, f)
	}
	if p := s.Progress; p != nil && p.Total > 0 {
		said = append(said, amount(p.Done, p.Total, p.Unit))
	}
	if left := v.rest(s); left > 0 {
		said = append(said, "about "+roughly(left)+" left")
	}
	return strings.Join(said, " · ")
}

// rest is how long the step will go on if it goes on like this. It is no more
// than a guess: nothing is said in the first seconds, or before a twentieth is
// done.
func (v View) rest(s *incident.StepState) time.Duration {
	within := 0.0
	if p := s.Progress; p != nil && p.Percent > 0 {
		within = min(p.Percent, 100) / 100
	}
	share := within
	if s.Total > 1 {
		share = (float64(max(s.Sent-1, 0)) + within) / float64(s.Total)
	}
	ran := v.since(s.Started)
	if share < 0.05 || share >= 1 || ran < 5*time.Second {
		return 0
	}
	return time.Duration(float64(ran) * (1 - share) / share)
}

// roughly is a guessed time: it must not claim to be exact, nor change with
// every report of progress.
func roughly(d time.Duration) string {
	const few = 10 * time.Second
	if d = max(d.Round(few), few); d > time.Minute {
		d = d.Round(time.Minute)
	}
	return age(d)
}

// amount is a part of a whole: "1.2 of 2.6 GB", "3 of 14 files".
func amount(done, total int64, unit string) string {
	if unit != "bytes" {
		return strings.TrimSpace(fmt.Sprintf("%d of %d %s", done, total, clean.Line(unit)))
	}
	scale, name := scaleOf(total)
	return fmt.Sprintf("%.1f of %.1f %s", float64(done)/scale, float64(total)/scale, name)
}

func scaleOf(n int64) (float64, string) {
	switch {
	case n >= 1<<30:
		return 1 << 30, "GB"
	case n >= 1<<20:
		return 1 << 20, "MB"
	default:
		return 1 << 10, "KB"
	}
}

// percent keeps its width up to 99, so that what stands behind it stays.
func percent(p float64) string { return fmt.Sprintf("%2.0f %%", min(max(p, 0), 100)) }
