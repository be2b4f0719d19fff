package status

import (
	"fmt"
	"regexp"
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

// quiet says how long a node has not answered.
func (v *view) quiet(n *Node) string {
	out := n.Address + " has not answered for " + age(v.now.Sub(n.Silent))
	if n.Failures > 0 {
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

// backupStamp is the time in a log backup's name, mgc_yyyymmddhhmmss.trn.
var backupStamp = regexp.MustCompile(`(?i)_(\d{14})\.trn$`)

// stamp reads when a log backup was taken (UTC) from its name or path.
func stamp(file string) (time.Time, bool) {
	m := backupStamp.FindStringSubmatch(file)
	if m == nil {
		return time.Time{}, false
	}
	t, err := time.Parse("20060102150405", m[1])
	return t, err == nil
}

// base gives the file name of a Windows path.
func base(path string) string {
	return path[strings.LastIndexAny(path, `\/`)+1:]
}
