package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"pchatops/ops/incident"
)

// stateMsg brings the newest state, or the end of the mailbox.
type stateMsg struct {
	state *incident.State
	err   error
}

// tickMsg brings the time, once a second.
type tickMsg time.Time

// answerMsg is what the incident said to a request: nothing, or a refusal.
type answerMsg struct {
	asked string
	err   error
}

// quietMsg says that no key was pressed for a while since a dialog opened by
// itself.
type quietMsg struct{ layer, keys int }

// await waits for the next state. One wait is outstanding at a time: the
// message that it brings starts the next.
func (m *Model) await() tea.Cmd {
	next := m.next
	return func() tea.Msg {
		s, err := next()
		return stateMsg{s, err}
	}
}

// tick waits for the next full second.
func (m *Model) tick() tea.Cmd {
	return m.wait(m.now.Truncate(time.Second).Add(time.Second).Sub(m.now), func(now time.Time) tea.Msg { return tickMsg(now) })
}

// quiet waits until a dialog that opened by itself may be answered.
func (m *Model) quiet(l *layer) tea.Cmd {
	msg := quietMsg{l.id, l.keys}
	return m.wait(quietPeriod, func(time.Time) tea.Msg { return msg })
}

// wait brings a message after a time, and none when the console ends before.
func (m *Model) wait(d time.Duration, message func(time.Time) tea.Msg) tea.Cmd {
	m.waits++
	sleep := m.sleep
	return func() tea.Msg {
		now, err := sleep(d)
		if err != nil {
			return nil
		}
		return message(now)
	}
}

// ask hands a request to the incident, outside of the event loop.
func (m *Model) ask(what string, request func() error) tea.Cmd {
	m.calls++
	return func() tea.Msg { return answerMsg{what, request()} }
}

func (m *Model) askBackground() tea.Cmd {
	if m.chosen {
		return nil
	}
	return tea.RequestBackgroundColor
}
