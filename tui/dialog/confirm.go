package dialog

import (
	tea "charm.land/bubbletea/v2"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/tui/part/clean"
	"pchatops/tui/screen"
)

// Confirm asks before a step runs what the engine demands: buttons that open on
// Cancel, or texts that have to be typed. What nobody may pass leaves only the
// way back. news says why a step that was confirmed is asked about again; "": it is not.
func Confirm(step *incident.StepState, news string, run func(engine.Confirmation) tea.Cmd) *Dialog {
	plan, id, risk := step.Plan, step.ID, step.Risk
	demand := engine.Demanded(risk, plan)
	given := engine.Granted(id, risk, plan)
	ways := []Way{{"Run " + clean.Line(id), func() tea.Cmd { return run(given) }}}
	if demand.Refused != "" {
		demand.Asks, ways = nil, nil
	}
	body := func(v screen.View, w int) []string { return v.Question(plan, risk, demand.Refused, news, w) }
	title := "Run " + clean.Line(id) + " " + clean.Line(step.Title)
	return build(title, asks(demand.Asks), body, func([]string) tea.Cmd { return run(given) }, ways...)
}

func asks(texts []engine.Ask) []Ask {
	var out []Ask
	for _, t := range texts {
		label := "To go ahead, type:"
		if t.Gate != "" {
			label = "To pass the gate \"" + t.Gate + "\", which does not hold, type:"
		}
		out = append(out, Ask{Label: label, Want: t.Want})
	}
	return out
}
