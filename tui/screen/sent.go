package screen

import (
	"fmt"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
)

// sent is what the last run has sent so far, with the outcome of each.
func (v View) sent(s *incident.StepState, w int) []string {
	if len(s.Actions) == 0 {
		return nil
	}
	out := []string{"", v.heading("Sent")}
	if before := s.Sent - len(s.Actions); before > 0 {
		out = append(out, v.ink(muted).Render(fmt.Sprintf("… %d earlier ones", before)))
	}
	target := ""
	for i := range s.Actions {
		a := &s.Actions[i]
		if i == 0 || a.Target != target {
			target = a.Target
			out = append(out, v.ink(plain).Render(on(a.Target, a.Kind)))
		}
		out = append(out, v.action(a, w)...)
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
			state.text = percent(a.Percent)
		}
	}
	out = append(out, "    "+v.draw(state))
	if a.Err != nil {
		out = append(out, v.paragraph(bad, "    ", a.Err.Error(), w)...)
	}
	return out
}
