package tui

import (
	"time"

	"pchatops/ops/incident"
	"pchatops/tui/layout"
	"pchatops/tui/part/scroll"
	"pchatops/tui/style"
)

// drawKey is everything that a panel is drawn from. States and styles are
// immutable, so that their addresses tell whether they are the same.
type drawKey struct {
	panel    panel
	at       layout.Rect
	state    *incident.State
	style    *style.Style
	now      time.Time
	focus    panel
	selected string
	scroll   scroll.Scroll
}

// cache keeps each panel as last drawn: the view is asked for after every
// message, and most messages change one panel or none.
type cache [3]struct {
	key   drawKey
	lines []string
}

func (c *cache) get(k drawKey, draw func() []string) []string {
	slot := &c[k.panel]
	if slot.lines == nil || slot.key != k {
		slot.key, slot.lines = k, draw()
	}
	return slot.lines
}

func (m *Model) drawKey(p panel, r layout.Rect) drawKey {
	return drawKey{p, r, m.state, m.style, m.shownAt(), m.focused(), m.selected, m.scrolls[p]}
}
