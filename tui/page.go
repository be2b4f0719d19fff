package tui

import (
	tea "charm.land/bubbletea/v2"

	"pchatops/tui/actions"
	"pchatops/tui/layout"
	"pchatops/tui/part/box"
	"pchatops/tui/part/scroll"
	"pchatops/tui/screen"
)

// page is a text that takes the whole body: log, findings, help.
type page struct {
	title string
	text  func(v screen.View, f actions.Facts, w int) []string
	scroll.Scroll
}

func (m *Model) turnTo(p *page) { m.open(&layer{page: p}) }

func logPage() *page {
	p := &page{title: "Log, times in UTC", text: func(v screen.View, _ actions.Facts, w int) []string { return v.Log(w) }}
	p.Bottom()
	return p
}

func findingsPage() *page {
	return &page{title: "Findings", text: func(v screen.View, _ actions.Facts, w int) []string { return v.Findings(w) }}
}

func helpPage() *page {
	return &page{title: "Help", text: func(v screen.View, f actions.Facts, w int) []string { return v.Help(f, w) }}
}

// turn handles a key on a page.
func (m *Model) turn(l *layer, msg tea.KeyPressMsg) {
	a, known := actions.Resolve(actions.Page, msg.String())
	if !known {
		return
	}
	if a.ID == actions.Close {
		m.close(l)
		return
	}
	r := m.frame().Body()
	text := l.page.text(m.view(), m.facts(), r.W-box.Margin)
	move(&l.page.Scroll, a.ID, len(text), r.H-box.Rows)
}

func (m *Model) drawPage(p *page, r layout.Rect) []string {
	text := p.text(m.view(), m.facts(), r.W-box.Margin)
	h := r.H - box.Rows
	b := box.Box{Title: p.title, Note: p.Note(len(text), h), Focus: true}
	return b.Draw(m.style, p.Window(text, h), r.W, r.H)
}

// move scrolls by a navigation action.
func move(s *scroll.Scroll, id actions.ID, total, h int) {
	switch id {
	case actions.Up:
		s.By(-1, total, h)
	case actions.Down:
		s.By(1, total, h)
	case actions.PageUp:
		s.By(-max(h-1, 1), total, h)
	case actions.PageDown:
		s.By(max(h-1, 1), total, h)
	case actions.Top:
		s.Top()
	case actions.Bottom:
		s.Bottom()
	default: // the other actions move nothing
	}
}
