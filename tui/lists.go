package tui

import (
	tea "charm.land/bubbletea/v2"

	"pchatops/tui/actions"
	"pchatops/tui/part/prompt"
	"pchatops/tui/screen"
)

func (m *Model) help() {
	m.choose(&list{title: "Help", entries: func() []screen.Entry { return screen.Help(m.keys, m.facts()) }, run: m.runByName})
}

func (m *Model) palette() {
	m.choose(&list{
		title: "Palette", typing: true, prompt: prompt.Prompt{Sign: ":"},
		entries: func() []screen.Entry { return screen.Palette(m.keys, m.facts()) }, run: m.runByName,
	})
}

// runByName does what the list of actions was asked for. The list has checked
// that it can be done.
func (m *Model) runByName(id string) tea.Cmd {
	for _, a := range m.keys {
		switch {
		case string(a.ID) != id:
		case a.Scope == actions.Everywhere:
			return m.everywhere(a)
		case a.Scope == actions.Home:
			return m.home(a)
		}
	}
	return nil
}

// procedures lists what could be opened instead, and says for each whether it
// fits the site as it is. What does not apply may still be looked at: the gates
// decide what is done.
func (m *Model) listProcedures() {
	m.choose(&list{
		title: "Procedures", marked: m.state.Procedure,
		entries: func() []screen.Entry { return m.view().Procedures(m.procedures) },
		run: func(id string) tea.Cmd {
			if id == m.state.Procedure {
				return nil
			}
			m.another = id
			return tea.Quit
		},
	})
}
