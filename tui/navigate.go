package tui

import (
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
func (m *Model) navigate(id actions.ID) {
	f := m.frame()
	switch m.focused() {
	case steps:
		m.moveSelection(id, f.Steps.H-box.Rows)
	case detail:
		move(&m.scrolls[detail], id, len(m.detailLines(f.Detail.W-box.Margin)), f.Detail.H-box.Rows)
	case sites:
		h := f.Site.H - box.Rows
		move(&m.scrolls[sites], id, len(m.view().SiteTable(f.Site.W-box.Margin, h)), h)
	}
}

// focused is the panel that has the keys; the site panel can have them only
// where it is shown alone.
func (m *Model) focused() panel {
	if m.focus == sites && m.frame().Mode != layout.Single {
		return steps
	}
	return m.focus
}

func (m *Model) moveSelection(id actions.ID, page int) {
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
		return
	}
	m.selectStep(at)
}

// selectStep selects a step by its place and shows its detail from the top.
func (m *Model) selectStep(at int) {
	if len(m.state.Steps) == 0 {
		return
	}
	at = min(max(at, 0), len(m.state.Steps)-1)
	if id := m.state.Steps[at].ID; id != m.selected {
		m.selected = id
		m.scrolls[detail].Top()
	}
	f := m.frame()
	m.scrolls[steps].Show(at, len(m.state.Steps), max(f.Steps.H-box.Rows, 1))
}
