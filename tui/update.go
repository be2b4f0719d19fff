package tui

import (
	"slices"
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
		cmd = m.answer(msg)
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
func (m *Model) show(s *incident.State) (cmd tea.Cmd) {
	before := m.state
	m.state = s
	if before.Seq == 0 {
		cmd = m.tellKnown()
	}
	if before.Running != s.Running {
		m.turned = m.now
	}
	if before.Danger != m.state.Danger || before.Lab != m.state.Lab {
		m.dress()
	}
	if (before.Running != s.Running || !begun(before).Equal(begun(s))) && !m.toast.serious {
		m.toast = toast{} // what it announced has begun, or is over
	}
	m.goOn(before)
	m.tellVerified()
	m.keepSelection()
	return tea.Batch(cmd, m.planned(), m.again(), m.askOld())
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

// goOn moves the mark from a step that has just been done, or left out, to the
// next that is open. A mark that the operator has moved meanwhile stays.
func (m *Model) goOn(before *incident.State) {
	at := slices.IndexFunc(m.state.Steps, func(s incident.StepState) bool { return s.ID == m.selected })
	was := stepOf(before, m.selected)
	if at < 0 || was == nil || settled(was) || !settled(&m.state.Steps[at]) || m.state.Steps[at].Started.IsZero() && !was.Running {
		return // it stands where it stood, or the servers alone say otherwise
	}
	for k := range m.state.Steps {
		if next := (at + k) % len(m.state.Steps); !settled(&m.state.Steps[next]) {
			m.selectStep(next)
			m.attend()
			m.tell(&m.state.Steps[at])
			return
		}
	}
}

// tell says what became of a step that the mark has left.
func (m *Model) tell(s *incident.StepState) {
	text := s.ID + " " + string(s.Outcome)
	if s.Proof != nil {
		text += ": " + s.Proof.Says
	}
	if !m.toast.serious {
		m.say(text)
	}
}

// settled reports whether a step is behind the operator.
func settled(s *incident.StepState) bool {
	return !s.Running && (s.Outcome == engine.Done || s.Outcome == engine.Skipped)
}

func firstOpen(list []incident.StepState) int {
	for i := range list {
		if !settled(&list[i]) {
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

func (m *Model) answer(msg answerMsg) tea.Cmd {
	m.calls--
	switch {
	case msg.err == nil && msg.asked == askedConclude:
		m.another = m.state.Procedure
		return tea.Quit
	case msg.err == nil:
		return nil
	}
	if m.planning != nil && msg.asked == askedPlan {
		m.planning = nil
	}
	m.warn(msg.err.Error())
	return nil
}
