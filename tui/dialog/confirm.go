package dialog

import (
	tea "charm.land/bubbletea/v2"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/tui/ladder"
	"pchatops/tui/part/clean"
	"pchatops/tui/screen"
)

// Confirm asks before a step runs, as the ladder says: buttons that open on
// Cancel, or texts that have to be typed. What nobody may pass leaves only the
// way back.
func Confirm(step *incident.StepState, run func(engine.Confirmation) tea.Cmd) *Dialog {
	plan, id, risk := step.Plan, step.ID, step.Risk
	texts, refused := ladder.Asks(plan), ladder.Refusal(plan, risk)
	verb := "Run " + clean.Line(id)
	if refused != "" {
		texts, verb = nil, ""
	}
	body := func(v screen.View, w int) []string { return v.Question(plan, risk, refused, w) }
	title := "Run " + clean.Line(id) + " " + clean.Line(step.Title)
	return build(title, verb, asks(texts), body, func([]string) tea.Cmd { return run(ladder.Given(texts)) })
}

func asks(texts []ladder.Ask) []Ask {
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
