package screen

import (
	"fmt"
	"strings"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/tui/part/cell"
	"pchatops/tui/part/clean"
)

// StepsTitle is the title of the checklist: which procedure, and how far it is.
func (v View) StepsTitle() (title, note string) {
	done := 0
	for i := range v.State.Steps {
		if o := v.State.Steps[i].Outcome; o == engine.Done || o == engine.Skipped {
			done++
		}
	}
	if len(v.State.Steps) == 0 {
		return "Steps", ""
	}
	return clean.Line(v.State.Title), fmt.Sprintf("%d of %d done", done, len(v.State.Steps))
}

// Steps is the checklist, a line a step; selected is the identifier of the
// step that the keys act on.
func (v View) Steps(selected string, w int) []string {
	ids := 0
	for i := range v.State.Steps {
		ids = max(ids, cell.Width(clean.Line(v.State.Steps[i].ID)))
	}
	ids = min(ids, 6)
	out := make([]string, 0, len(v.State.Steps))
	for i := range v.State.Steps {
		out = append(out, v.step(&v.State.Steps[i], selected, ids, w))
	}
	return out
}

func (v View) step(s *incident.StepState, selected string, ids, w int) string {
	state := stepWord(s)
	name := cell.Fit(clean.Line(s.ID), ids) + " " + clean.Line(s.Title)
	mark := " "
	if s.ID == selected {
		mark = v.Style.Focus.Render("▸")
	}
	left := mark + v.ink(state.tone).Render(state.glyph) + " " + v.ink(dim(s)).Render(name) + " "
	return cell.Between(left, v.ink(state.tone).Render(v.stepRight(s, state))+" ", w)
}

// dim keeps the eye on the steps that are still to be done.
func dim(s *incident.StepState) tone {
	if s.Outcome == engine.Done || s.Outcome == engine.Skipped {
		return muted
	}
	return plain
}

// stepWord is the state of a step in a word.
func stepWord(s *incident.StepState) word {
	switch {
	case s.Running:
		return word{"►", "running", busy}
	case s.Outcome == engine.Done && s.Already:
		return word{"✓", "already so", good}
	case s.Outcome == engine.Done:
		return word{"✓", "done", good}
	case s.Outcome == engine.Failed:
		return word{"✗", "failed", bad}
	case s.Outcome == engine.Unknown:
		return word{"?", "unknown", doubt}
	case s.Outcome == engine.Skipped:
		return word{"–", "skipped", muted}
	case s.Plan != nil && s.Plan.Already != "":
		return word{"=", "already so", good}
	default:
		return word{"·", "", muted}
	}
}

// stepRight is the last column: how long it took, or how far it is.
func (v View) stepRight(s *incident.StepState, state word) string {
	switch {
	case s.Running && far(s) == "":
		return span(v.since(s.Started))
	case s.Running:
		return far(s)
	case state.text == "done" && s.Took > 0:
		return took(s.Took)
	default:
		return state.text
	}
}

// far is how far a running step is, as far as it is known: "2/14 45 %".
func far(s *incident.StepState) string {
	var said []string
	if s.Total > 1 {
		said = append(said, fmt.Sprintf("%d/%d", min(s.Sent, s.Total), s.Total))
	}
	if p := s.Progress; p != nil && p.Percent >= 0 {
		said = append(said, percent(p.Percent))
	}
	return strings.Join(said, " ")
}

func percent(p float64) string { return fmt.Sprintf("%.0f %%", min(max(p, 0), 100)) }
