package tui

import (
	"fmt"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"pchatops/ops/incident"
	"pchatops/tui/actions"
	"pchatops/tui/layout"
	"pchatops/tui/part/box"
	"pchatops/tui/part/clean"
	"pchatops/tui/part/scroll"
	"pchatops/tui/screen"
	"pchatops/tui/style"
)

// page is a text that takes the whole body: log, findings, a step.
type page struct {
	title string
	text  func(v screen.View, only string, w int) []string
	ticks bool // the text changes with time alone
	find
	scroll.Scroll

	key   pageKey
	lines []string // as last made
}

// pageKey is everything that the text of a page is made from.
type pageKey struct {
	state *incident.State
	style *style.Style
	now   time.Time
	only  string
	w     int
}

func (m *Model) turnTo(p *page) { m.open(&layer{page: p}) }

func logPage() *page {
	p := &page{title: "Log, times in UTC", text: screen.View.Log}
	p.Bottom()
	return p
}

func findingsPage() *page { return &page{title: "Findings", text: screen.View.Findings} }

// stepPage is the detail of the selected step on the whole screen.
func (m *Model) stepPage() *page {
	id := m.selected
	return &page{title: clean.Line(id), ticks: true, text: func(v screen.View, only string, w int) []string {
		s := stepOf(v.State, id)
		if s == nil {
			return nil
		}
		return screen.Grep(v.Detail(s, w), only)
	}}
}

// lay gives the text of a page, made anew only when what it is made from has
// changed: a page may have thousands of lines.
func (m *Model) lay(p *page, w int) []string {
	v := m.view()
	k := pageKey{state: v.State, style: v.Style, only: p.only, w: w}
	if p.ticks {
		k.now = v.Now
	}
	if p.lines == nil || p.key != k {
		p.key, p.lines = k, p.text(v, p.only, w)
		p.seek(p.lines)
	}
	return p.lines
}

// turn handles a key on a page.
func (m *Model) turn(l *layer, msg tea.KeyPressMsg) tea.Cmd {
	p, r := l.page, m.frame().Body()
	text, h := m.lay(p, r.W-box.Margin), r.H-box.Rows
	a, known := m.keys.Resolve(m.scope(), msg.String())
	if !known {
		if p.asking != nil {
			p.asking.Key(msg)
			m.typed(p, h, r.W-box.Margin)
		}
		return nil
	}
	if p.asking != nil {
		m.answered(p, a.ID, h, r.W-box.Margin)
		return nil
	}
	switch a.ID {
	case actions.Close:
		m.close(l)
	case actions.Copy:
		return m.copy(p.text(m.view(), p.only, unwrapped))
	case actions.Search:
		p.ask("/", p.Scroll)
	case actions.Only:
		p.ask("&", p.Scroll)
	case actions.NextMatch:
		p.step(1, &p.Scroll, len(text), h)
	case actions.PreviousMatch:
		p.step(-1, &p.Scroll, len(text), h)
	case actions.Follow:
		p.Bottom()
	default:
		move(&p.Scroll, a.ID, len(text), h)
	}
	return nil
}

func (m *Model) drawPage(p *page, r layout.Rect) []string {
	text := m.lay(p, r.W-box.Margin)
	h := r.H - box.Rows
	b := box.Box{Title: p.title, Note: p.note(p.Note(len(text), h), p.Follows()), Focus: true}
	window := slices.Clone(p.Window(text, h))
	for i := range window {
		window[i] = m.view().Highlight(window[i], p.sought)
	}
	return b.Draw(m.style, window, r.W, r.H)
}

// note is what the frame says of the search, the filter and the place.
func (f *find) note(place string, follows bool) string {
	out := place
	if follows && place != "" {
		out = "following · " + out
	}
	if f.only != "" {
		out = "& " + clean.Line(f.only) + " · " + out
	}
	if f.sought != "" {
		out = fmt.Sprintf("match %d of %d · %s", min(f.at+1, len(f.matches)), len(f.matches), out)
	}
	return out
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
