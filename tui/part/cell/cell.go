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

// Wrap breaks a plain text into lines of at most w cells, at spaces where
// there are some.
func Wrap(s string, w int) []string {
	if w < 1 {
		return nil
	}
	return strings.Split(ansi.Wrap(s, w, " "), "\n")
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

// Over lays a block upon a screen of full lines, its corner at x, y.
func Over(screen, top []string, x, y int) []string {
	out := append([]string(nil), screen...)
	for i, line := range top {
		if y+i < 0 || y+i >= len(out) {
			continue
		}
		under := out[y+i]
		out[y+i] = ansi.Cut(under, 0, x) + line + ansi.Cut(under, x+Width(line), Width(under))
	}
	return out
}
