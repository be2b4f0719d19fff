// Package dialog asks the operator. A dialog is drawn from values that were
// frozen when it opened: whatever the site does meanwhile, what is confirmed
// is what is read. Every dialog opens on Cancel or on an empty text, so that
// no key that was meant for something else can answer it.
package dialog

import (
	"strings"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"pchatops/tui/actions"
	"pchatops/tui/part/clean"
	"pchatops/tui/part/scroll"
	"pchatops/tui/screen"
)

// keys are those that every console has in its dialogs.
var keys = actions.Default()

// Dialog is one question.
type Dialog struct {
	title string
	body  func(v screen.View, w int) []string
	asks  []Ask // to be typed one after the other; none: buttons
	run   func(typed []string) tea.Cmd
	// ways are the buttons that go ahead, beside the one that does not.
	ways []Way
	stay string // label of that one

	typed   []string
	input   textinput.Model
	marked  int // the button: 0 stays, the others go ahead
	says    string
	scrolls scroll.Scroll
	lines   int // of the body, when last drawn
	rows    int // of them visible
}

// Way is a button that goes ahead.
type Way struct {
	Label string
	Run   func() tea.Cmd
}

// Ask is a text that has to be typed.
type Ask struct {
	Label string
	Want  string // exactly this; "": any text
}

func build(title string, asks []Ask, body func(screen.View, int) []string, run func([]string) tea.Cmd, ways ...Way) *Dialog {
	d := &Dialog{title: title, body: body, asks: asks, ways: ways, stay: "Cancel", run: run, input: textinput.New()}
	if len(asks)+len(ways) == 0 {
		d.stay = "Close"
	}
	d.input.Prompt = "> "
	d.input.CharLimit = 400
	d.input.KeyMap.Paste.SetEnabled(false) // it would read the clipboard of the console's host
	d.input.SetVirtualCursor(false)
	d.input.Focus()
	return d
}

// Scope is where the dialog's keys are looked up.
func (d *Dialog) Scope() actions.Scope {
	if len(d.asks) > 0 {
		return actions.Typing
	}
	return actions.Choice
}

// OneWay reports whether just one button goes ahead.
func (d *Dialog) OneWay() bool { return len(d.ways) == 1 }

// Key handles a key press; closed means that the dialog is over.
func (d *Dialog) Key(msg tea.KeyPressMsg) (closed bool, cmd tea.Cmd) {
	a, known := keys.Resolve(d.Scope(), msg.String())
	if !known {
		d.edit(msg)
		return false, nil
	}
	switch a.ID {
	case actions.Cancel:
		return true, nil
	case actions.Next:
		d.marked = (d.marked + 1) % (len(d.ways) + 1)
	case actions.PageUp:
		d.scrolls.By(-max(d.rows-1, 1), d.lines, d.rows)
	case actions.PageDown:
		d.scrolls.By(max(d.rows-1, 1), d.lines, d.rows)
	case actions.Yes:
		if d.OneWay() {
			return true, d.ways[0].Run()
		}
	case actions.Accept:
		return d.accept()
	default: // what works everywhere is not the dialog's
	}
	return false, nil
}

// Paste takes pasted text, but only where any text will do: a confirmation is
// typed or it is none.
func (d *Dialog) Paste(text string) {
	if len(d.asks) == 0 || d.asks[len(d.typed)].Want != "" {
		return
	}
	d.input, _ = d.input.Update(tea.PasteMsg{Content: clean.Line(text)})
}

func (d *Dialog) edit(msg tea.KeyPressMsg) {
	if len(d.asks) == 0 || clean.Line(msg.Text) != msg.Text {
		return
	}
	d.says = ""
	d.input, _ = d.input.Update(msg)
}

func (d *Dialog) accept() (closed bool, cmd tea.Cmd) {
	if len(d.asks) == 0 {
		if d.marked > 0 {
			return true, d.ways[d.marked-1].Run()
		}
		return true, nil
	}
	ask, text := d.asks[len(d.typed)], strings.TrimSpace(d.input.Value())
	switch {
	case text == "":
		d.says = "a text is needed"
		return false, nil
	case ask.Want != "" && text != ask.Want:
		d.says = "that is not the text asked for"
		return false, nil
	}
	d.typed = append(d.typed, text)
	d.input.Reset()
	if len(d.typed) == len(d.asks) {
		return true, d.run(d.typed)
	}
	return false, nil
}
