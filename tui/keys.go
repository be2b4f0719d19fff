package tui

import (
	tea "charm.land/bubbletea/v2"

	"pchatops/ops/engine"
	"pchatops/tui/actions"
	"pchatops/tui/layout"
)

// key routes a key press: what works everywhere, then the topmost layer, then
// the main screen.
func (m *Model) key(msg tea.KeyPressMsg) tea.Cmd {
	m.toast, m.touched = toast{}, true
	a, known := m.keys.Resolve(m.scope(), msg.String())
	if known && a.Scope == actions.Everywhere {
		return m.everywhere(a)
	}
	m.leaving = false
	if m.frame().Mode == layout.TooSmall {
		return nil // nobody answers what they cannot see
	}
	if l := m.top(); l != nil {
		return m.press(l, msg)
	}
	if !known {
		return nil
	}
	if !moves(a.ID) {
		m.attend()
	}
	if ok, why := a.Usable(m.facts()); !ok {
		m.warn(a.Title + ": " + why)
		return nil
	}
	return m.home(a)
}

func (m *Model) everywhere(a actions.Action) tea.Cmd {
	if ok, why := a.Usable(m.facts()); !ok {
		m.warn(a.Title + ": " + why)
		return nil
	}
	switch a.ID {
	case actions.Repaint:
		return tea.ClearScreen
	case actions.Suspend:
		return tea.Suspend
	default: // the one that leaves
	}
	if m.leaving {
		return tea.Quit
	}
	m.leaving = true
	m.warn("ctrl+c again leaves the console; a running step runs to its end")
	return nil
}

// home does what a key means on the main screen.
func (m *Model) home(a actions.Action) tea.Cmd {
	switch a.ID {
	case actions.Run:
		return m.run()
	case actions.Plan:
		return m.plan()
	case actions.Verify:
		return m.verify()
	case actions.Skip:
		m.skip()
	case actions.Note:
		m.note()
	case actions.End:
		m.end()
	case actions.Decide:
		m.askedOld = false
		return m.askOld()
	case actions.Poll:
		m.say("asking every node …")
		return m.ask("poll", m.driver.Poll)
	case actions.Log:
		m.turnTo(logPage())
	case actions.Findings:
		m.turnTo(findingsPage())
	case actions.Help:
		m.help()
	case actions.Palette:
		m.palette()
	case actions.Theme:
		return m.chooseTheme()
	case actions.Procedures:
		m.listProcedures()
	case actions.Freeze:
		return m.freeze()
	case actions.Full:
		m.turnTo(m.stepPage())
	case actions.Search:
		p := m.stepPage()
		p.ask("/", p.Scroll)
		m.turnTo(p)
	case actions.Copy:
		return m.copy(m.detailLines(unwrapped))
	case actions.Quit:
		return m.quit()
	case actions.Close:
		m.planning = nil
	case actions.Next:
		m.nextPanel(1)
	case actions.Previous:
		m.nextPanel(-1)
	default:
		return m.navigate(a.ID)
	}
	return nil
}

// facts are what decides which actions can be used.
func (m *Model) facts() actions.Facts {
	f := actions.Facts{
		Observer: m.state.ReadOnly, Running: m.newest().Running, Apart: m.newest().Apart, Frozen: m.frozenSince(), Kept: !m.resumable,
		Asked: m.now.Sub(m.asked) < justNow, Old: m.state.Old != nil,
	}
	if l := m.top(); l != nil && l.dialog != nil {
		f.Manifold = !l.dialog.OneWay()
	}
	if s := m.step(); s != nil {
		f.Step, f.Blocked, f.Finished = s.ID, s.Blocked, s.Outcome == engine.Done
	}
	return f
}
