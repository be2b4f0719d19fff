package screen

import (
	"strings"

	"pchatops/tui/part/cell"
	"pchatops/tui/part/clean"
)

// mostLines bounds what one text from a server may take of the screen.
const mostLines = 200

// paragraph wraps foreign text to w cells behind a lead; further lines are
// indented as far.
func (v View) paragraph(t tone, lead, text string, w int) []string {
	indent := strings.Repeat(" ", cell.Width(lead))
	var out []string
	for _, l := range clean.Lines(text, mostLines) {
		for _, part := range cell.Wrap(l, max(w-len(indent), 8)) {
			first := indent
			if len(out) == 0 {
				first = lead
			}
			out = append(out, v.ink(t).Render(first+part))
		}
	}
	return out
}

// heading is the title of a part of a page.
func (v View) heading(s string) string { return v.Style.Title.Render(s) }
