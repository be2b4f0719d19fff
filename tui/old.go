package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"pchatops/tui/actions"
	"pchatops/tui/dialog"
	"pchatops/tui/part/clean"
)

// superseded is the reason on record of an incident that gives way to a new one.
const superseded = "a new incident was begun instead of going on with it"

// askOld asks whether to go on with an old incident, as soon as it is known
// what has changed since, and again when run is pressed before it is decided.
func (m *Model) askOld() tea.Cmd {
	old := m.state.Old
	if old == nil || m.askedOld {
		return nil
	}
	m.askedOld = true
	lines := []string{"The incident " + clean.Line(old.ID) + " is unfinished, and " + clean.Line(old.Why) + ". Nothing is run before you have decided; " + m.keys.Key(actions.Home, actions.Decide) + " asks again."}
	if len(old.Changed) == 0 {
		lines = append(lines, "As far as the servers tell, its steps stand as they stood ("+old.Last.UTC().Format(time.DateTime)+" UTC).")
	}
	for _, c := range old.Changed {
		lines = append(lines, "≠ "+clean.Line(c))
	}
	driver := m.driver
	l := m.open(&layer{deaf: true, dialog: dialog.Decide("An earlier incident", lines, "Decide later",
		dialog.Way{Label: "Begin a new one", Run: func() tea.Cmd { return m.conclude(superseded) }},
		dialog.Way{Label: "Go on with it", Run: func() tea.Cmd { return m.ask("resume", driver.Resume) }})})
	return m.quiet(l)
}

// end asks for the reason and closes the incident.
func (m *Model) end() {
	m.open(&layer{dialog: dialog.Text("Close the incident", "Why is it closed as it stands? It goes on record.", m.conclude)})
}

// conclude closes the incident. The console that is opened next begins a new one.
func (m *Model) conclude(reason string) tea.Cmd {
	driver := m.driver
	return m.ask(askedConclude, func() error { return driver.Conclude(reason) })
}
