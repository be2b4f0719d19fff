package dialog

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"pchatops/tui/part/cell"
	"pchatops/tui/part/clean"
	"pchatops/tui/screen"
	"pchatops/tui/style"
)

// A dialog has no frame: it stands below a bar in the colour of the
// environment, on the lowest lines of the screen, with the state of the site
// above it. Most of what a frame sends would be the frame.
const (
	margin = 1
	// mostWidth is where a line gets hard to read.
	mostWidth = 120
	// mostText is how many characters of what is asked about a dialog opens
	// with: with all else about 900 bytes. Its keys show the rest.
	mostText = 460
	// leastRows are shown however long they are.
	leastRows = 3
)

// Draw gives the dialog for a screen of w by h, and where in it the cursor is;
// nil where there is none. Header and footer of the screen stay visible.
func (d *Dialog) Draw(v screen.View, w, h int) ([]string, *tea.Cursor) {
	inner := min(w-2*margin, mostWidth)
	question := d.question(v.Style, inner)
	body := d.body(v, inner)
	d.lines, d.rows = len(body), min(opening(body), max(h-3-len(question), 1))
	out := []string{d.bar(v.Style, w)}
	for _, line := range slices.Concat(d.scrolls.Window(body, d.rows), question) {
		out = append(out, cell.Fit(strings.Repeat(" ", margin)+line, w))
	}
	if over := len(out) - (h - 2); over > 0 { // what is typed must be seen
		out = slices.Delete(out, 1, 1+over)
	}
	if len(d.asks) == 0 {
		return out, nil
	}
	cur := d.input.Cursor()
	cur.X += margin
	cur.Y += len(out) - 2
	return out, cur
}

// opening is how many lines a dialog opens with.
func opening(body []string) int {
	text := 0
	for i, line := range body {
		if text += cell.Width(line); text > mostText && i >= leastRows {
			return i
		}
	}
	return len(body)
}

// bar says where one is and what is asked.
func (d *Dialog) bar(s *style.Style, w int) string {
	note := d.scrolls.Note(d.lines, d.rows)
	return s.Badge.Render(cell.Between(" "+s.BadgeWord+" · "+d.title, " "+note+" ", w))
}

// question is the lower part: what has to be typed, or the buttons.
func (d *Dialog) question(s *style.Style, w int) []string {
	if len(d.asks) == 0 {
		return []string{"", d.buttons(s)}
	}
	ask := d.asks[len(d.typed)]
	out := append([]string{""}, ask.lines(s, w)...)
	d.input.SetWidth(max(w-4, 1))
	d.input.SetStyles(inputStyles(s))
	return append(out, d.input.View(), s.Warn.Render(d.says))
}

// lines are the label and what is to be typed, on one line where they fit.
func (a Ask) lines(s *style.Style, w int) []string {
	label, want := clean.Line(a.Label), clean.Line(a.Want)
	if cell.Width(label)+1+cell.Width(want) <= w {
		return []string{s.Text.Render(label) + " " + s.Title.Render(want)}
	}
	var out []string
	for _, l := range cell.Wrap(label, w) {
		out = append(out, s.Text.Render(l))
	}
	for _, l := range cell.Wrap(want, w-2) {
		out = append(out, "  "+s.Title.Render(l))
	}
	return out
}

func (d *Dialog) buttons(s *style.Style) string {
	out := button(s, d.stay, d.marked == 0)
	for i, w := range d.ways {
		out += "   " + button(s, w.Label, d.marked == i+1)
	}
	return out
}

func button(s *style.Style, label string, marked bool) string {
	if marked {
		return s.Selected.Render("▸[ " + label + " ]")
	}
	return s.Text.Render(" [ " + label + " ]")
}

// inputStyles writes what is typed in the terminal's own colour, so that a
// letter costs few bytes.
func inputStyles(s *style.Style) textinput.Styles {
	look := textinput.StyleState{Prompt: s.Focus, Placeholder: s.Muted, Suggestion: s.Muted}
	return textinput.Styles{Focused: look, Blurred: look}
}
