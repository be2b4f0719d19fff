package screen

import (
	"fmt"
	"slices"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/tui/part/clean"
)

// plan is what the step would do now.
func (v View) plan(s *incident.StepState, w int) []string {
	if s.PlanErr != nil {
		out := []string{"", v.heading("Plan")}
		return append(out, v.paragraph(bad, "✗ ", s.PlanErr.Error(), w)...)
	}
	if s.Plan == nil {
		return []string{"", v.ink(muted).Render("not planned yet (p)")}
	}
	head := v.heading("Plan")
	if !s.PlanAt.IsZero() {
		head += v.ink(muted).Render("  read " + age(v.since(s.PlanAt)) + " ago")
	}
	return append([]string{"", head}, v.PlanLines(s.Plan, w)...)
}

// PlanLines is a plan as it is read: what will be lost, the gates, the exact
// text for each server, and what else the operator should know.
func (v View) PlanLines(p *engine.Plan, w int) []string {
	return slices.Concat(v.loss(p, w), v.gates(p.Gates, w), v.deeds(p, w), v.remarks(p, w))
}

func (v View) loss(p *engine.Plan, w int) []string {
	if p.Loss == "" {
		return nil
	}
	return v.paragraph(bad, "! ", "Loss: "+p.Loss, w)
}

// deeds are what will be done, or why nothing will.
func (v View) deeds(p *engine.Plan, w int) []string {
	switch {
	case p.Already != "":
		return v.paragraph(good, "= ", "Nothing left to do: "+p.Already, w)
	case p.Skip != "":
		return v.paragraph(muted, "– ", "Does not apply: "+p.Skip, w)
	default:
		return v.statements(p, w)
	}
}

func (v View) remarks(p *engine.Plan, w int) []string {
	var out []string
	for _, n := range p.Notes {
		out = append(out, v.paragraph(warn, "· ", n, w)...)
	}
	return out
}

func (v View) gates(list []engine.Gate, w int) []string {
	var out []string
	for _, g := range list {
		out = append(out, v.gate(g, w)...)
	}
	return out
}

func (v View) gate(g engine.Gate, w int) []string {
	if g.Holds {
		return v.paragraph(good, "✓ ", g.Name+": "+g.Seen, w)
	}
	out := v.paragraph(bad, "✗ ", fmt.Sprintf("%s: saw %s; wanted: %s", g.Name, g.Seen, g.Want), w)
	if g.Do != "" {
		out = append(out, v.paragraph(plain, "  → ", g.Do, w)...)
	}
	return out
}

// statements lists what will be sent, under the server that it goes to.
func (v View) statements(p *engine.Plan, w int) []string {
	var out []string
	target := ""
	for i, a := range p.Actions {
		if i == 0 || a.Target != target {
			target = a.Target
			out = append(out, v.ink(plain).Render(on(a.Target, a.Kind)))
		}
		out = append(out, v.paragraph(code, "  ", a.Text, w)...)
	}
	if more := p.Total - len(p.Actions); more > 0 {
		out = append(out, v.ink(muted).Render(fmt.Sprintf("  and %d more, planned while it runs", more)))
	}
	return out
}

// on says where an action goes, and by which way.
func on(target string, kind engine.Kind) string {
	through := ""
	switch kind {
	case engine.PowerShell:
		through = " (Management Shell)"
	case engine.File:
		through = " (files)"
	case engine.SQL: // a SQL Server's own name says enough
	}
	return "on " + clean.Line(target) + through + ":"
}
