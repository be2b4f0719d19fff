package tui

import (
	"fmt"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/incident"
	"pchatops/tui/dialog"
)

const (
	askedPlan     = "plan"
	askedConclude = "conclude"
)

// planning is a step that waits for a fresh plan before its dialog opens.
type planning struct {
	step   string
	before *engine.Plan
	at     time.Time
	err    error
	again  bool   // it has been read once more
	left   string // to decide by the run before; "": the operator asked
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
		return m.confirm(s, "")
	}
	return m.planFor(s, planning{})
}

// planFor reads the plan of a step anew and opens its dialog then.
func (m *Model) planFor(s *incident.StepState, p planning) tea.Cmd {
	p.step, p.before, p.at, p.err = s.ID, s.Plan, s.PlanAt, s.PlanErr
	m.planning = &p
	return m.askPlan(s.ID)
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
	if fails(s.Plan) && !m.planning.again {
		return m.planFor(s, planning{again: true, left: m.planning.left})
	}
	left := m.planning.left
	m.planning = nil
	return m.confirm(s, left)
}

// planLife is how long a plan may open a dialog at once. The engine plans again
// before it sends anything.
const planLife = 5 * time.Second

// recent reports whether a plan was read just now, and no step since then
// changed what it was read from.
func (m *Model) recent(s *incident.StepState) bool {
	if fails(s.Plan) {
		return false
	}
	age := m.now.Sub(s.PlanAt)
	return s.Plan != nil && s.PlanErr == nil && age > -planLife && age < planLife && s.PlanAt.After(m.turned.Add(time.Second))
}

// fails reports whether a gate of a plan fails. Such a plan is read once more
// before its dialog opens: it may have been begun before what the gate waits for
// came, such as the verdict on a silent server.
func fails(p *engine.Plan) bool {
	return p != nil && slices.ContainsFunc(p.Gates, func(g engine.Gate) bool { return !g.Holds })
}

// confirm opens the dialog of a step that has just been planned. left is what the
// run before has left to decide; nothing is sent then that nobody is asked about.
func (m *Model) confirm(s *incident.StepState, left string) tea.Cmd {
	switch {
	case s.PlanErr != nil:
		m.warn(s.ID + " could not be planned; the detail says why")
		return nil
	case s.Plan == nil:
		return nil
	case engine.Nothing(s.Plan) && left != "":
		return nil
	case engine.Nothing(s.Plan):
		return m.send(s.ID, engine.Granted(s.ID, s.Risk, s.Plan))
	}
	if left != "" {
		left = s.ID + " has done what it could. This is left to decide: " + left + "."
	}
	return m.question(s, left)
}

// question opens the dialog that confirms a step.
func (m *Model) question(s *incident.StepState, news string) tea.Cmd {
	m.toast = toast{}
	l := m.open(&layer{dialog: dialog.Confirm(s, news, m.sender(s.ID)), deaf: true})
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

// sent is a step whose plan was confirmed, with what it said of an earlier
// confirmation.
type sent struct {
	step   string
	before *engine.Changed
	left   *incident.Left
}

// again opens the dialog anew where nothing was sent because the plan is not
// what was confirmed, and where the step has left something to decide.
func (m *Model) again() tea.Cmd {
	if m.sent == nil {
		return nil
	}
	s := stepOf(m.state, m.sent.step)
	switch {
	case s == nil:
		m.sent = nil
		return nil
	case s.Running:
		return nil
	case s.Left != nil && s.Left != m.sent.left && m.planning == nil:
		m.sent = nil
		return m.planFor(s, planning{left: s.Left.Why})
	case s.Changed == m.sent.before:
		return nil
	}
	m.sent = nil
	if s.Changed == nil || s.Plan == nil {
		return nil
	}
	return m.question(s, "Nothing was sent. Since you confirmed it, this has changed: "+fault.Said(s.Changed.News...)+".")
}

func (m *Model) send(step string, c engine.Confirmation) tea.Cmd {
	driver := m.driver
	m.sent = &sent{step: step}
	if s := stepOf(m.state, step); s != nil {
		m.sent.before, m.sent.left = s.Changed, s.Left
	}
	m.asked = m.now
	c.By = m.state.Driver
	m.say(step + " requested")
	return m.ask("run", func() error { return driver.Run(step, c) })
}
