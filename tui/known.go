package tui

import (
	tea "charm.land/bubbletea/v2"

	"pchatops/tui/dialog"
	"pchatops/tui/part/clean"
)

// tellKnown shows what was found before any server was asked. What the servers
// tell may take its place at the top of the screen a moment later.
func (m *Model) tellKnown() tea.Cmd {
	var lines []string
	for _, f := range m.state.Known {
		lines = append(lines, clean.Line(f.Title)+": "+clean.Line(f.Why), "→ "+clean.Line(f.Do))
	}
	if lines == nil {
		return nil
	}
	l := m.open(&layer{deaf: true, dialog: dialog.Decide("Before you begin", lines, "Go on")})
	return m.quiet(l)
}
