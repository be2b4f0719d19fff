// Package cell measures and shapes styled text in terminal cells. Text that is
// not the console's own has gone through clean before it comes here.
package cell

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Width is how many cells a styled text takes.
func Width(s string) int { return ansi.StringWidth(s) }

// Fit cuts or fills a styled text to exactly w cells.
func Fit(s string, w int) string {
	if w <= 0 {
		return ""
	}
	have := Width(s)
	if have > w {
		return ansi.Truncate(s, w, "…")
	}
	return s + strings.Repeat(" ", w-have)
}

// Between puts one text at the left and one at the right of w cells. Where
// both do not fit, the left one is cut.
func Between(left, right string, w int) string {
	room := w - Width(right)
	if room < 1 {
		return Fit(right, w)
	}
	return Fit(left, room) + right
}

// Wrap breaks a plain, clean text (one cell a character) into lines of at most
// w cells, at spaces where there are some. It never breaks at a hyphen: the
// parameters of a cmdlet begin with one.
func Wrap(s string, w int) []string {
	if w < 1 {
		return nil
	}
	var out []string
	rest := []rune(s)
	for len(rest) > w {
		at := lastSpace(rest[:w+1])
		if at < 0 {
			out, rest = append(out, string(rest[:w])), rest[w:]
			continue
		}
		out, rest = append(out, string(rest[:at])), rest[at+1:]
	}
	return append(out, string(rest))
}

// lastSpace finds the last space that has something before it; -1: none.
func lastSpace(r []rune) int {
	for i := len(r) - 1; i > 0; i-- {
		if r[i] == ' ' && strings.TrimSpace(string(r[:i])) != "" {
			return i
		}
	}
	return -1
}

// Fill cuts or fills a block to exactly h lines of w cells.
func Fill(lines []string, w, h int) []string {
	out := make([]string, 0, h)
	for i := range h {
		line := ""
		if i < len(lines) {
			line = lines[i]
		}
		out = append(out, Fit(line, w))
	}
	return out
}

// Beside joins two blocks of equal height.
func Beside(left, right []string) []string {
	out := make([]string, len(left))
	for i := range left {
		out[i] = left[i] + right[i]
	}
	return out
}
