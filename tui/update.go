package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
)

// Update passes a message on, and counts those that mean something.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd, known := m.route(msg)
	if known {
		m.version++
	}
	return m, cmd
}

// route gives a message to the one method that owns it.
func (m *Model) route(msg tea.Msg) (cmd tea.Cmd, known bool) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		if msg.Width > 0 && msg.Height > 0 {
			m.w, m.h = msg.Width, msg.Height
			m.refit()
		}
	case tea.KeyPressMsg:
		cmd = m.keyPress(msg)
	case tea.PasteMsg:
		m.paste(msg.Content)
	case tea.KeyboardEnhancementsMsg:
		m.look.exact = msg.SupportsKeyDisambiguation()
	case tea.BackgroundColorMsg:
		m.look.light = !msg.IsDark()
		m.follow()
	case tea.ColorProfileMsg:
		m.look.profile = msg.Profile
		m.follow()
	case stateMsg:
		cmd = m.take(msg)
	case tickMsg:
		cmd = m.second(time.Time(msg))
	case answerMsg:
		m.answer(msg)
	case ownMsg:
		m.addOwn(msg)
	case tea.ResumeMsg:
		cmd = tea.ClearScreen // the shell has written over it
	case quietMsg:
		m.settle(msg)
	case restMsg:
		m.rested(msg)
	default:
		return nil, false
	}
	return cmd, true
}

// take takes a new state over and waits for the next.
func (m *Model) take(msg stateMsg) tea.Cmd {
	if msg.err != nil {
		return tea.Quit
	}
	if m.frozen != nil {
		m.frozen.held = msg.state
		return m.await()
	}
	return tea.Batch(m.await(), m.show(msg.state))
}

// show puts a state on the screen.
func (m *Model) show(s *incident.State) tea.Cmd {
	before := m.state
	m.state = s
	if before.Running != s.Running {
		m.turned = m.now
	}
	if before.Danger != m.state.Danger || before.Lab != m.state.Lab {
		m.dress()
	}
	if (before.Running != s.Running || !begun(before).Equal(begun(s))) && !m.toast.serious {
		m.toast = toast{} // what it announced has begun, or is over
	}
	m.keepSelection()
	return m.planned()
}

// begun is when a step last began: a short one is over before its state is seen.
func begun(s *incident.State) (last time.Time) {
	for i := range s.Steps {
		if at := s.Steps[i].Started; at.After(last) {
			last = at
		}
	}
	return last
}

// keepSelection stays on the selected step. Before the first key, and when it
// is gone, the first step that is still to be done is selected: what the servers
// say of the steps comes a moment after the first screen.
func (m *Model) keepSelection() {
	if m.touched && stepOf(m.state, m.selected) != nil || len(m.state.Steps) == 0 {
		return
	}
	m.selectStep(firstOpen(m.state.Steps))
	m.attend()
}

func firstOpen(list []incident.StepState) int {
	for i := range list {
		if o := list[i].Outcome; o != engine.Done && o != engine.Skipped {
			return i
		}
	}
	return len(list) - 1
}

// second takes the time. It never goes back: ages would grow and shrink.
func (m *Model) second(now time.Time) tea.Cmd {
	m.waits--
	if now.After(m.now) {
		if now.Truncate(time.Minute).After(m.now) && m.frozen == nil {
			m.trends = m.view().Sample()
		}
		m.now = now
	}
	m.toast.fade(m.now)
	return m.tick()
}

func (m *Model) answer(msg answerMsg) {
	m.calls--
	if msg.err == nil {
		return
	}
	if m.planning != nil && msg.asked == askedPlan {
		m.planning = nil
	}
	m.warn(msg.err.Error())
}
