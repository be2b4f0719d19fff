package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"pchatops/ops/incident"
	"pchatops/tui/layout"
	"pchatops/tui/part/scroll"
	"pchatops/tui/style"
)

// drawKey is everything that a panel is drawn from. States and styles are
// immutable, so that their addresses tell whether they are the same.
type drawKey struct {
	at     layout.Rect
	state  *incident.State
	style  *style.Style
	now    time.Time
	focus  bool
	step   string // the one with the mark, or the one that is shown
	scroll scroll.Scroll
}

// cache keeps what was drawn last. The view is asked for after every message:
// most change one panel, and those that the console does not know change
// nothing.
type cache struct {
	panels [3]struct {
		key   drawKey
		lines []string
	}
	version uint64 // of the model that the frame shows
	frame   tea.View
}

func (c *cache) panel(p panel, k drawKey, draw func() []string) []string {
	slot := &c.panels[p]
	if slot.lines == nil || slot.key != k {
		slot.key, slot.lines = k, draw()
	}
	return slot.lines
}

func (m *Model) drawKey(p panel, r layout.Rect) drawKey {
	k := drawKey{at: r, state: m.state, style: m.style, now: m.shownAt(), focus: m.focused() == p, scroll: m.scrolls[p]}
	switch p {
	case steps:
		k.step = m.selected
	case detail:
		k.step = m.shown
	case sites: // shows no step
	}
	return k
}
