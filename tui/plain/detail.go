package plain

import (
	"fmt"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
)

// Bounds of what is read out without being asked for.
const (
	mostPlanned = 12 // statements of a plan
	mostSent    = 10 // of the last run, newest
	mostOutput  = 20 // lines of live output, newest
)

// detail is everything about one step.
func (c *console) detail(s *incident.StepState) {
	c.sentences(outcome(s))
	c.point("Why", s.Why)
	c.point("Source", s.Source)
	c.point("Risk", riskWords(s.Risk))
	if !s.Running {
		c.point("It cannot be run now", s.Blocked)
	}
	switch {
	case s.PlanErr != nil:
		c.say("It could not be planned. %s", trouble(s.PlanErr))
	case s.Plan != nil:
		c.say("The plan, read %s ago:", span(c.since(s.PlanAt)))
		c.plan(s.Plan, len(s.Plan.Actions))
	}
	c.sent(s)
	c.output(s)
	if s.Proof != nil {
		for _, f := range s.Proof.Facts {
			c.say("Observed: %s: %s", f.Name, f.Value)
		}
	}
}

func riskWords(r engine.Risk) string {
	switch r {
	case engine.Read:
		return "it only reads, and runs at once"
	case engine.Reversible:
		return "it can be undone; it asks first"
	case engine.RoleChange:
		return "it changes a role; it asks for a name"
	case engine.DataLoss:
		return "it cannot be undone; it asks for a phrase"
	}
	return string(r)
}

// plan reads out what a step would do: the loss and the gates first, then up
// to most of the statements.
func (c *console) plan(p *engine.Plan, most int) {
	c.point("LOSS", p.Loss)
	for _, g := range p.Gates {
		c.gate(g)
	}
	switch {
	case p.Already != "":
		c.say("Nothing is left to do: %s", stop(p.Already))
	case p.Skip != "":
		c.say("It does not apply: %s", stop(p.Skip))
	default:
		c.statements(p, most)
	}
	for _, n := range p.Notes {
		c.point("Note", n)
	}
}

func (c *console) gate(g engine.Gate) {
	if g.Holds {
		c.say("Gate holds: %s: %s", g.Name, stop(g.Seen))
		return
	}
	c.say("GATE DOES NOT HOLD: %s: saw %s; wanted: %s", g.Name, g.Seen, stop(g.Want))
	for _, way := range g.Way() {
		if way == g.Override {
			c.quote(way)
		} else {
			c.say("To do: %s", way)
		}
	}
}

// statements lists what will be sent, each under the server that it goes to.
func (c *console) statements(p *engine.Plan, most int) {
	for i, a := range p.Actions[:min(most, len(p.Actions))] {
		c.say("Will send %d of %d %s:", i+1, max(p.Total, len(p.Actions)), on(a.Target, a.Kind))
		c.quote(a.Text)
	}
	if rest := len(p.Actions) - most; rest > 0 {
		c.say("And %d more: type all to hear them.", rest)
	}
	if later := p.Total - len(p.Actions); later > 0 {
		c.say("And %d more that are planned while it runs.", later)
	}
}

// on says where an action goes, and by which way.
func on(target string, kind engine.Kind) string {
	switch kind {
	case engine.PowerShell:
		return "on " + target + " (Management Shell)"
	case engine.File:
		return "on " + target + " (files)"
	default: // T-SQL goes straight to the server
		return "on " + target
	}
}

// sent is what the last run has sent, the newest with their outcomes.
func (c *console) sent(s *incident.StepState) {
	list := s.Actions[max(len(s.Actions)-mostSent, 0):]
	if before := s.Sent - len(list); before > 0 && len(list) > 0 {
		c.say("%d earlier ones were sent.", before)
	}
	for i := range list {
		a := &list[i]
		c.say("Sent %s, %s:", on(a.Target, a.Kind), fate(a))
		c.quote(a.Text)
		if a.Err != nil {
			c.say("%s", trouble(a.Err))
		}
	}
}

func fate(a *incident.ActionState) string {
	switch {
	case a.Outcome == engine.None && a.Percent >= 0:
		return percent(a.Percent)
	case a.Outcome == engine.None:
		return "no answer yet"
	case a.Outcome == engine.Unknown:
		return "outcome UNKNOWN"
	}
	return fmt.Sprintf("%s in %s", a.Outcome, took(a.Took))
}

func (c *console) output(s *incident.StepState) {
	list := s.Output[max(len(s.Output)-mostOutput, 0):]
	if len(list) > 0 {
		c.say("Output of %s, newest last:", s.ID)
	}
	for _, l := range list {
		c.quote(l)
	}
}
