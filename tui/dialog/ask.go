package dialog

import (
	tea "charm.land/bubbletea/v2"

	"pchatops/tui/screen"
)

// Text asks for a sentence: a note, the reason of a skip.
func Text(title, label string, run func(text string) tea.Cmd) *Dialog {
	body := func(screen.View, int) []string { return nil }
	return build(title, []Ask{{Label: label}}, body, func(typed []string) tea.Cmd { return run(typed[0]) })
}

// Choose asks yes or no about something that text explains.
func Choose(title, text, verb string, run func() tea.Cmd) *Dialog {
	body := func(v screen.View, w int) []string { return v.Text(text, w) }
	return build(title, nil, body, nil, Way{verb, run})
}

// Decide asks which of several ways to go about something that lines explain;
// stay is the button that leaves it open.
func Decide(title string, lines []string, stay string, ways ...Way) *Dialog {
	body := func(v screen.View, w int) (out []string) {
		for _, l := range lines {
			out = append(out, v.Text(l, w)...)
		}
		return out
	}
	d := build(title, nil, body, nil, ways...)
	d.stay = stay
	return d
}
