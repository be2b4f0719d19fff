package status

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"pchatops/ops/fault"
)

// age says a length of time in its two largest units: "2m 14s".
func age(d time.Duration) string {
	d = max(d, 0)
	units := []struct {
		size time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}}
	for i, u := range units[:3] {
		if d >= u.size {
			next := units[i+1]
			return fmt.Sprintf("%d%s %d%s", d/u.size, u.name, d%u.size/next.size, next.name)
		}
	}
	return fmt.Sprintf("%.0fs", d.Seconds())
}

// ago says how long before now a moment was. One that nobody noted has no age.
func ago(now, t time.Time) string {
	if t.IsZero() {
		return "at a time that is not known"
	}
	return age(now.Sub(t)) + " ago"
}

// quiet says how long a node has not answered. How many attempts that were is
// told by what the console sees of it, where it has come to see anything.
func (v *view) quiet(n *Node) string {
	out := n.Address + " has not answered"
	if since := n.since(); !since.IsZero() {
		out += " for " + age(v.now.Sub(since))
	}
	if n.Failures > 0 && n.Sight.Attempts == 0 {
		out += fmt.Sprintf(" (%s)", count(n.Failures, "attempt"))
	}
	return out
}

func count(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%d %ss", n, of)
}

// Are is the verb that goes with so many.
func Are(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

const longestQuote = 200

// quote makes a server's words harmless to show: one bounded line.
func quote(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(c rune) bool { return unicode.IsSpace(c) || !unicode.IsPrint(c) }), " ")
	if r := []rune(s); len(r) > longestQuote {
		s = string(r[:longestQuote]) + "…"
	}
	return s
}

// trouble says why something failed, without the remedy.
func trouble(err *fault.Error) string {
	if err == nil {
		return "no reason was given"
	}
	out := string(err.Class)
	if err.Number != 0 {
		out += fmt.Sprintf(" %d", err.Number)
	}
	if err.Text != "" {
		out += ": " + quote(err.Text)
	}
	return out
}
