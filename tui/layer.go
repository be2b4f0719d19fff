package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"pchatops/tui/actions"
	"pchatops/tui/dialog"
	"pchatops/tui/part/box"
	"pchatops/tui/part/prompt"
)

// A dialog that opens by itself swallows keys until none came for quietPeriod,
// or quietKeys of them were swallowed, so that keys meant for something else
// cannot answer it.
const (
	quietPeriod = 400 * time.Millisecond
	quietKeys   = 3
)

// layer is one thing above the main screen: a page, a list or a dialog.
type layer struct {
	id     int
	page   *page
	list   *list
	dialog *dialog.Dialog
	deaf   bool // opened by itself, and keys still come
	keys   int  // swallowed
}

func (m *Model) open(l *layer) *layer {
	m.opened++
	l.id = m.opened
	m.layers = append(m.layers, l)
	return l
}

func (m *Model) top() *layer {
	if len(m.layers) == 0 {
		return nil
	}
	return m.layers[len(m.layers)-1]
}

func (m *Model) close(l *layer) {
	for i := range m.layers {
		if m.layers[i] == l {
			m.layers = append(m.layers[:i:i], m.layers[i+1:]...)
			return
		}
	}
}

// scope is where keys are looked up now.
func (m *Model) scope() actions.Scope {
	switch l := m.top(); {
	case l == nil:
		return actions.Home
	case l.dialog != nil:
		return l.dialog.Scope()
	case l.prompt() != nil:
		return actions.Filter
	case l.list != nil:
		return actions.List
	default:
		return actions.Page
	}
}

// press gives a key to the topmost layer.
func (m *Model) press(l *layer, msg tea.KeyPressMsg) tea.Cmd {
	if l.deaf {
		l.keys++
		if l.keys < quietKeys {
			return m.quiet(l)
		}
		l.deaf = false
		return nil
	}
	if l.page != nil {
		return m.turn(l, msg)
	}
	if l.list != nil {
		return m.pressList(l, msg)
	}
	closed, cmd := l.dialog.Key(msg)
	if closed {
		m.close(l)
	}
	return cmd
}

// settle lets a dialog listen once no key came for a while.
func (m *Model) settle(msg quietMsg) {
	m.waits--
	for _, l := range m.layers {
		if l.id == msg.layer && l.keys == msg.keys {
			l.deaf = false
		}
	}
}

func (m *Model) paste(text string) {
	switch l := m.top(); {
	case l == nil || l.deaf:
	case l.dialog != nil:
		l.dialog.Paste(text)
	case l.list != nil && l.list.typing:
		l.list.prompt.Insert(text)
		l.list.mark(0)
	case l.page != nil && l.page.asking != nil:
		r := m.frame().Body()
		l.page.asking.Insert(text)
		m.typed(l.page, r.H-box.Rows, r.W-box.Margin)
	}
}

// prompt is what is being typed into a list or page; nil: nothing is.
func (l *layer) prompt() *prompt.Prompt {
	switch {
	case l.list != nil && l.list.typing:
		return &l.list.prompt
	case l.page != nil:
		return l.page.asking
	}
	return nil
}
