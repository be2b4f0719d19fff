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
	ctx, inbox := m.ctx, m.inbox
	return func() tea.Msg {
		s, err := inbox.Next(ctx)
		return stateMsg{s, err}
	}
}

// tick waits for the next full second.
func (m *Model) tick() tea.Cmd {
	ctx, clock := m.ctx, m.clock
	m.waits++
	return func() tea.Msg {
		now := clock.Now()
		if clock.Sleep(ctx, now.Truncate(time.Second).Add(time.Second).Sub(now)) != nil {
			return nil
		}
		return tickMsg(clock.Now())
	}
}

// ask hands a request to the incident, outside of the event loop.
func (m *Model) ask(what string, request func() error) tea.Cmd {
	m.calls++
	return func() tea.Msg { return answerMsg{what, request()} }
}

// quiet waits until a dialog that opened by itself may be answered.
func (m *Model) quiet(l *layer) tea.Cmd {
	ctx, clock, msg := m.ctx, m.clock, quietMsg{l.id, l.keys}
	m.waits++
	return func() tea.Msg {
		if clock.Sleep(ctx, quietPeriod) != nil {
			return nil
		}
		return msg
	}
}

func (m *Model) askBackground() tea.Cmd {
	if m.chosen {
		return nil
	}
	return tea.RequestBackgroundColor
}
