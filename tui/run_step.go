package tui

import (
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/tui/dialog"
	"pchatops/tui/ladder"
)

const askedPlan = "plan"

// planning is a step that waits for a fresh plan before its dialog opens.
type planning struct {
	step   string
	before *engine.Plan
	at     time.Time
	err    error
}

// run plans the selected step afresh and then asks, since what is confirmed
// must be what would be done now. A step that only reads runs at once.
func (m *Model) run() tea.Cmd {
	s := m.step()
	if s.Risk == engine.Read {
		return m.send(s.ID, engine.Confirmation{Accepted: true})
	}
	if m.planning != nil {
		return nil
	}
	if m.recent(s) {
		return m.confirm(s)
	}
	m.planning = &planning{s.ID, s.Plan, s.PlanAt, s.PlanErr}
	return m.askPlan()
}

// planned opens the dialog of the step that waits, once its plan is there.
func (m *Model) planned() tea.Cmd {
	if m.planning == nil {
		return nil
	}
	s := stepOf(m.state, m.planning.step)
	if s == nil {
		m.planning = nil
		return nil
	}
	if !m.planning.fresh(s) {
		return nil
	}
	m.planning = nil
	return m.confirm(s)
}

// planLife is how long a plan may open a dialog at once. The engine plans again
// before it sends anything.
const planLife = 5 * time.Second

// recent reports whether a plan was read just now, and no step since then
// changed what it was read from.
func (m *Model) recent(s *incident.StepState) bool {
	age := m.now.Sub(s.PlanAt)
	return s.Plan != nil && s.PlanErr == nil && age > -planLife && age < planLife && s.PlanAt.After(m.turned.Add(time.Second))
}

// confirm opens the dialog of a step that has just been planned.
func (m *Model) confirm(s *incident.StepState) tea.Cmd {
	switch {
	case s.PlanErr != nil:
		m.warn(s.ID + " could not be planned; the detail says why")
		return nil
	case s.Plan == nil:
		return nil
	case ladder.Nothing(s.Plan):
		return m.send(s.ID, engine.Confirmation{Accepted: true})
	}
	m.toast = toast{}
	l := m.open(&layer{dialog: dialog.Confirm(s, m.sender(s.ID)), deaf: true})
	return m.quiet(l)
}

// fresh reports whether what was asked for is there. Where the steps stand is
// read all the time, and may take a plan away while the new one is on its way.
func (p *planning) fresh(s *incident.StepState) bool {
	if s.Plan == nil && s.PlanErr == nil {
		return false
	}
	return s.Plan != p.before || !s.PlanAt.Equal(p.at) || fmt.Sprint(s.PlanErr) != fmt.Sprint(p.err)
}

// justNow is the time within which a step that was asked for shows up as
// running, or is over.
const justNow = 2 * time.Second

// sender freezes the step that a confirmation is for.
func (m *Model) sender(step string) func(engine.Confirmation) tea.Cmd {
	return func(c engine.Confirmation) tea.Cmd { return m.send(step, c) }
}

func (m *Model) send(step string, c engine.Confirmation) tea.Cmd {
	driver := m.driver
	m.asked = m.now
	c.By = m.state.Driver
	m.say(step + " requested")
	return m.ask("run", func() error { return driver.Run(step, c) })
}
