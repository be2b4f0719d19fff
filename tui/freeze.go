package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"pchatops/ops/incident"
)

// frozen is a screen that stands still. The incident goes on behind it: its
// newest state waits here. Nothing can be run meanwhile, since nobody should
// act on an old picture.
type frozen struct {
	since time.Time
	held  *incident.State // newer than what is shown; nil: nothing is
}

// freeze stops the screen, or lets it go on with what is newest.
func (m *Model) freeze() tea.Cmd {
	if m.frozen == nil {
		m.frozen, m.planning, m.toast = &frozen{since: m.now}, nil, toast{}
		return nil
	}
	held := m.frozen.held
	m.frozen = nil
	if held == nil {
		return nil
	}
	return m.show(held)
}

// newest is the state as the console knows it, shown or not.
func (m *Model) newest() *incident.State {
	if m.frozen != nil && m.frozen.held != nil {
		return m.frozen.held
	}
	return m.state
}

// shownAt is the time at which the screen stands.
func (m *Model) shownAt() time.Time {
	if m.frozen != nil {
		return m.frozen.since
	}
	return m.now
}

// frozenSince says since when the screen stands still, "" when it does not.
func (m *Model) frozenSince() string {
	if m.frozen == nil {
		return ""
	}
	return m.frozen.since.UTC().Format("15:04:05")
}
