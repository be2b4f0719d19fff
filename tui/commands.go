package tui

import (
	tea "charm.land/bubbletea/v2"

	"pchatops/ops/engine"
	"pchatops/tui/dialog"
	"pchatops/tui/part/clean"
)

func (m *Model) plan() tea.Cmd {
	m.say("planning " + m.selected + ": reading the servers …")
	return m.askPlan(m.step().ID)
}

func (m *Model) askPlan(id string) tea.Cmd {
	driver := m.driver
	return m.ask(askedPlan, func() error { return driver.Plan(id) })
}

func (m *Model) verify() tea.Cmd {
	driver, id := m.driver, m.step().ID
	m.verified = &verified{id, m.step().Proof}
	m.say("verifying " + id + ": reading the servers …")
	return m.ask("verify", func() error { return driver.Verify(id) })
}

// verified is a step that was asked about, with what was known before.
type verified struct {
	step   string
	before *engine.Proof
}

// tellVerified says that a step is not done where the operator asked: nothing else
// on a small screen does.
func (m *Model) tellVerified() {
	if m.verified == nil {
		return
	}
	s := stepOf(m.state, m.verified.step)
	switch {
	case s != nil && (s.Running || s.Proof == m.verified.before):
		return
	case s != nil && !s.Proof.Holds && !m.toast.serious:
		m.say(s.ID + " is not done: " + s.Proof.Says)
	}
	m.verified = nil
}

// skip asks for the reason; the step is the one selected now.
func (m *Model) skip() {
	driver, id := m.driver, m.step().ID
	title := "Skip " + clean.Line(id) + " " + clean.Line(m.step().Title)
	m.open(&layer{dialog: dialog.Text(title, "Why is this step left out? It goes on record.", func(reason string) tea.Cmd {
		return m.ask("skip", func() error { return driver.Skip(id, reason) })
	})})
}

func (m *Model) note() {
	driver := m.driver
	m.open(&layer{dialog: dialog.Text("Note", "What is to go on record?", func(text string) tea.Cmd {
		return m.ask("note", func() error { return driver.Note(text) })
	})})
}

// quit leaves at once, or asks while a step runs.
func (m *Model) quit() tea.Cmd {
	running := clean.Line(m.newest().Running)
	if running == "" {
		return tea.Quit
	}
	m.open(&layer{dialog: dialog.Choose("Quit", running+" is running. It runs to its end and is recorded; then nothing more is done. "+
		"The next console goes on from there.", "Quit", func() tea.Cmd { return tea.Quit })})
	return nil
}
