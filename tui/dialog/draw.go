package dialog

import (
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"pchatops/tui/part/box"
	"pchatops/tui/part/cell"
	"pchatops/tui/part/clean"
	"pchatops/tui/screen"
	"pchatops/tui/style"
)

// width is how wide a dialog is where there is room. Its frame is drawn whole
// when it opens, and a slow line notices a wider one.
const width = 68

// Draw gives the dialog for a screen of w by h, and where in it the cursor is;
// nil where there is none.
func (d *Dialog) Draw(v screen.View, w, h int) ([]string, *tea.Cursor) {
	w = min(w-2, width)
	inner := w - box.Margin
	question := d.question(v.Style, inner)
	body := d.body(v, inner)
	d.lines, d.rows = len(body), min(len(body), max(h-2-box.Rows-len(question), 1))
	lines := append(append([]string(nil), d.scrolls.Window(body, d.rows)...), question...)
	frame := box.Box{Title: v.Style.BadgeWord + " · " + d.title, Note: d.scrolls.Note(d.lines, d.rows), Focus: true}
	out := frame.Draw(v.Style, lines, w, len(lines)+box.Rows)
	if len(d.asks) == 0 {
		return out, nil
	}
	cur := d.input.Cursor()
	cur.X += 2 // border and margin
	cur.Y += len(out) - 3
	return out, cur
}

// question is the lower part: what has to be typed, or the buttons.
func (d *Dialog) question(s *style.Style, w int) []string {
	if len(d.asks) == 0 {
		return []string{"", d.buttons(s)}
	}
	ask := d.asks[len(d.typed)]
	out := []string{""}
	for _, l := range cell.Wrap(clean.Line(ask.Label), w) {
		out = append(out, s.Text.Render(l))
	}
	if ask.Want != "" {
		for _, l := range cell.Wrap(clean.Line(ask.Want), w-2) {
			out = append(out, "  "+s.Title.Render(l))
		}
	}
	d.input.SetWidth(max(w-4, 1))
	d.input.SetStyles(inputStyles(s))
	return append(out, d.input.View(), s.Warn.Render(d.says))
}

func (d *Dialog) buttons(s *style.Style) string {
	if d.verb == "" {
		return button(s, "Close", true)
	}
	return button(s, "Cancel", !d.ahead) + "   " + button(s, d.verb, d.ahead)
}

func button(s *style.Style, label string, marked bool) string {
	if marked {
		return s.Selected.Render("▸[ " + label + " ]")
	}
	return s.Text.Render(" [ " + label + " ]")
}

func inputStyles(s *style.Style) textinput.Styles {
	look := textinput.StyleState{Text: s.Title, Prompt: s.Focus, Placeholder: s.Muted, Suggestion: s.Muted}
	return textinput.Styles{Focused: look, Blurred: look}
}
