package tui

import (
	tea "charm.land/bubbletea/v2"

	"pchatops/tui/actions"
	"pchatops/tui/layout"
	"pchatops/tui/part/box"
)

// nextPanel gives the keys to the next panel that can be seen or shown.
func (m *Model) nextPanel(by int) {
	count := 2
	if m.frame().Mode == layout.Single {
		count = 3
	}
	m.focus = panel((int(m.focus) + by + count) % count)
}

// navigate moves in the panel that has the keys.
func (m *Model) navigate(id actions.ID) tea.Cmd {
	f := m.frame()
	switch m.focused() {
	case steps:
		return m.moveSelection(id, f.Steps.H-box.Rows)
	case detail:
		move(&m.scrolls[detail], id, len(m.detailLines(f.Detail.W-box.Margin)), f.Detail.H-box.Rows)
	case sites:
		h := f.Site.H - box.Rows
		move(&m.scrolls[sites], id, len(m.view().SiteTable(f.Site.W-box.Margin, h)), h)
	}
	return nil
}

// focused is the panel that has the keys; the site panel can have them only
// where it is shown alone.
func (m *Model) focused() panel {
	if m.focus == sites && m.frame().Mode != layout.Single {
		return steps
	}
	return m.focus
}

// moves reports whether an action only moves in the panel that has the keys.
func moves(id actions.ID) bool {
	switch id {
	case actions.Up, actions.Down, actions.PageUp, actions.PageDown, actions.Top, actions.Bottom:
		return true
	default:
		return false
	}
}

func (m *Model) moveSelection(id actions.ID, page int) tea.Cmd {
	at := 0
	for i := range m.state.Steps {
		if m.state.Steps[i].ID == m.selected {
			at = i
		}
	}
	switch id {
	case actions.Up:
		at--
	case actions.Down:
		at++
	case actions.PageUp:
		at -= page
	case actions.PageDown:
		at += page
	case actions.Top:
		at = 0
	case actions.Bottom:
		at = len(m.state.Steps) - 1
	default:
		return nil
	}
	if !m.selectStep(at) {
		return nil
	}
	return m.rest()
}

// selectStep marks a step by its place, and reports whether the mark has moved.
func (m *Model) selectStep(at int) bool {
	if len(m.state.Steps) == 0 {
		return false
	}
	at = min(max(at, 0), len(m.state.Steps)-1)
	before := m.selected
	m.selected = m.state.Steps[at].ID
	m.scrolls[steps].Show(at, len(m.state.Steps), max(m.frame().Steps.H-box.Rows, 1))
	return m.selected != before
}
