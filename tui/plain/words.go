package plain

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"pchatops/ops/fault"
	"pchatops/ops/incident"
	"pchatops/ops/site"
	"pchatops/ops/status"
	"pchatops/tui/part/clean"
)

// environment is the word for where one is. A level that nobody knows counts
// as production.
func environment(s *incident.State) string {
	switch {
	case s.Lab, s.Danger == string(site.Lab):
		return "LAB"
	case s.Danger == string(site.Staging):
		return "STAGING"
	}
	return "LIVE"
}

// span is a duration in words, to the second below an hour.
func span(d time.Duration) string {
	d = max(d, 0)
	h, m, s := d/time.Hour, d%time.Hour/time.Minute, d%time.Minute/time.Second
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", s)
	case d < time.Hour:
		return fmt.Sprintf("%d min %d s", m, s)
	}
	return fmt.Sprintf("%d h %d min", h, m)
}

// took is how long something finished took.
func took(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return span(d)
}

// ago is an age that a server computed of a moment that it noted, grown by the time
// since it answered.
func ago(d, since time.Duration, at time.Time) string {
	switch {
	case status.Never(d, at):
		return "never"
	case d < 0: // still to come by its clock, which was put back
		return "at a time that is not known"
	}
	return span(d+since) + " ago"
}

// trouble is an error in sentences: what was tried, what the server said and
// what to do.
func trouble(err error) string {
	var f *fault.Error
	if !errors.As(err, &f) || err.Error() != f.Error() {
		return clean.Line(err.Error()) // words around the fault say more than it does alone
	}
	if f.Class == fault.Refused && strings.Contains(f.Do, "\n") { // each phrase that it asks for has its line
		return f.Tried + ": " + string(f.Class) + ":\n" + f.Text + "\nTo do:\n" + f.Do
	}
	text := f.Tried
	if f.Target != "" {
		text += " on " + f.Target
	}
	text += ": " + string(f.Class)
	if f.Number != 0 {
		text += fmt.Sprintf(" %d", f.Number)
	}
	if f.Text != "" {
		text += ": " + f.Text
	}
	if f.Do == "" {
		return clean.Line(stop(text))
	}
	return clean.Line(stop(text) + " To do: " + stop(f.Do))
}

// stop ends a text as a sentence.
func stop(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || strings.HasSuffix(s, ".") || strings.HasSuffix(s, "!") || strings.HasSuffix(s, "?") {
		return s
	}
	return s + "."
}

// some joins what there is to say.
func some(parts ...string) string {
	var said []string
	for _, p := range parts {
		if p != "" {
			said = append(said, p)
		}
	}
	return strings.Join(said, ", ")
}
