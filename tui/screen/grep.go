package screen

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Grep keeps the lines that hold a text.
func Grep(lines []string, only string) []string {
	if only == "" {
		return lines
	}
	var out []string
	for _, l := range lines {
		if holds(ansi.Strip(l), only) {
			out = append(out, l)
		}
	}
	return out
}

// Highlight marks what is sought in a line; the rest of a line that holds it
// loses its colours, so that the mark is what the eye finds.
func (v View) Highlight(line, sought string) string {
	if sought == "" {
		return line
	}
	text := ansi.Strip(line)
	lower := strings.ToLower(text)
	sought = strings.ToLower(sought)
	if len(lower) != len(text) || !strings.Contains(lower, sought) {
		return line
	}
	var b strings.Builder
	for {
		at := strings.Index(lower, sought)
		if at < 0 {
			return b.String() + v.ink(plain).Render(text)
		}
		end := at + len(sought)
		b.WriteString(v.ink(plain).Render(text[:at]) + v.Style.Selected.Render(text[at:end]))
		text, lower = text[end:], lower[end:]
	}
}
