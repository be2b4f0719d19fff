package dialog

import (
	tea "charm.land/bubbletea/v2"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/tui/part/clean"
	"pchatops/tui/screen"
)

// Confirm asks before a step runs, by the ladder of its risk: buttons that
// open on Cancel, or the text of the plan typed; and before that the phrase of
// every gate that does not hold and may be passed. What nobody may pass leaves
// only the way back.
func Confirm(step *incident.StepState, run func(engine.Confirmation) tea.Cmd) *Dialog {
	plan, id, risk := step.Plan, step.ID, step.Risk
	asks, gates := questions(plan)
	verb, refused := "Run "+clean.Line(id), refusal(plan, risk)
	if refused != "" {
		asks, verb = nil, ""
	}
	body := func(v screen.View, w int) []string { return v.Question(plan, risk, refused, w) }
	title := "Run " + clean.Line(id) + " " + clean.Line(step.Title)
	return build(title, verb, asks, body, func(typed []string) tea.Cmd {
		return run(confirmation(gates, typed))
	})
}

// refusal says why a plan cannot be confirmed at all; "" when it can.
func refusal(p *engine.Plan, risk engine.Risk) string {
	for _, g := range p.Gates {
		if !g.Holds && g.Override == "" {
			return "the gate " + g.Name + " does not hold, and nobody may pass it"
		}
	}
	if p.Confirm == "" && (risk == engine.RoleChange || risk == engine.DataLoss) {
		return "its risk asks for a typed confirmation, and the plan names no text for it"
	}
	return ""
}

// questions lists what has to be typed, and the gates that the first of these
// texts belong to.
func questions(p *engine.Plan) (asks []Ask, gates []string) {
	for _, g := range p.Gates {
		if !g.Holds {
			asks = append(asks, Ask{Label: "To pass the gate \"" + g.Name + "\", which does not hold, type:", Want: g.Override})
			gates = append(gates, g.Name)
		}
	}
	if p.Confirm != "" {
		asks = append(asks, Ask{Label: "To go ahead, type:", Want: p.Confirm})
	}
	return asks, gates
}

func confirmation(gates, typed []string) engine.Confirmation {
	c := engine.Confirmation{Accepted: true, Overrides: map[string]string{}}
	for i, g := range gates {
		c.Overrides[g] = typed[i]
	}
	if len(typed) > len(gates) {
		c.Typed = typed[len(gates)]
	}
	return c
}
