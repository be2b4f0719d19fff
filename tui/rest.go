package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// restPeriod is how long the selection has to rest before detail and footer
// follow it. A key that is held down repeats faster and so sends the mark
// alone; whoever presses it once sees the detail at once.
const restPeriod = 120 * time.Millisecond

// restMsg says that the selection has rested, unless it was moved since.
type restMsg struct{ moves int }

// rest waits whether the selection rests where it was moved to.
func (m *Model) rest() tea.Cmd {
	m.moves++
	msg := restMsg{m.moves}
	return m.wait(restPeriod, func(time.Time) tea.Msg { return msg })
}

func (m *Model) rested(msg restMsg) {
	m.waits--
	if msg.moves == m.moves {
		m.attend()
	}
}

// attend turns to the selected step: detail, footer and every key but those
// that move are about it from now on.
func (m *Model) attend() {
	if m.shown != m.selected {
		m.shown = m.selected
		m.scrolls[detail].Top()
	}
}
