// Package prompt is the one line in which a search or filter is typed, at the
// foot of the screen. It takes letters and gives a text; what the text is for
// is not its concern.
package prompt

import (
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"pchatops/tui/part/clean"
)

// most is the longest text, in bytes.
const most = 200

// Prompt is a text that is being typed. The zero Prompt is empty.
type Prompt struct {
	Sign string // what stands before it: "/", "&", ":"
	Text string
}

// Key takes a key press that is no action.
func (p *Prompt) Key(msg tea.KeyPressMsg) {
	switch msg.String() {
	case "backspace":
		_, n := utf8.DecodeLastRuneInString(p.Text)
		p.Text = p.Text[:len(p.Text)-n]
	case "ctrl+u":
		p.Text = ""
	default:
		p.Insert(msg.Text)
	}
}

// Insert takes typed or pasted text.
func (p *Prompt) Insert(text string) {
	if text = clean.Line(text); len(p.Text)+len(text) <= most {
		p.Text += text
	}
}
