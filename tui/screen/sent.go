package screen

import (
	"fmt"
	"slices"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
)

// sent is what the last run has sent, with the outcome of each: in order once
// it is over, newest first while it runs.
func (v View) sent(s *incident.StepState, w int) []string {
	if len(s.Actions) == 0 {
		return nil
	}
	order, title := slices.All(s.Actions), "Sent"
	if s.Running {
		order, title = slices.Backward(s.Actions), "Sent, newest first"
	}
	out := []string{"", v.heading(title)}
	target := ""
	for _, a := range order {
		if where := on(a.Target, a.Kind); where != target {
			target = where
			out = append(out, v.ink(plain).Render(where))
		}
		out = append(out, v.action(&a, w)...)
	}
	if before := s.Sent - len(s.Actions); before > 0 {
		out = append(out, v.ink(muted).Render(fmt.Sprintf("… and %d earlier ones", before)))
	}
	return out
}

func (v View) action(a *incident.ActionState, w int) []string {
	out := v.paragraph(code, "  ", a.Text, w)
	state := word{"►", "sent " + span(v.since(a.Started)) + " ago", busy}
	switch a.Outcome {
	case engine.Done:
		state = word{"✓", took(a.Took), good}
	case engine.Failed:
		state = word{"✗", "failed after " + took(a.Took), bad}
	case engine.Unknown:
		state = word{"?", "outcome unknown", doubt}
	case engine.Skipped:
		state = word{"–", "skipped", muted}
	default:
		if a.Percent >= 0 {
			state.text = "under way" // how far it is stands at the top
		}
	}
	out = append(out, "    "+v.draw(state))
	if a.Err != nil {
		out = append(out, v.paragraph(bad, "    ", a.Err.Error(), w)...)
	}
	return out
}
