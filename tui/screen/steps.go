package screen

import (
	"fmt"

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
// step that the keys act on. Names are cut where there is little room,
// identifiers are not: they are what people say to each other.
func (v View) Steps(selected string, w int) []string {
	c := checklist{w: w}
	widest := 0
	for i := range v.State.Steps {
		s := &v.State.Steps[i]
		c.ids = max(c.ids, cell.Width(clean.Line(s.ID)))
		widest = max(widest, cell.Width(clean.Line(s.Title)))
	}
	c.waits = cell.Width("▸· ")+c.ids+1+widest+cell.Width(" waits ") <= w
	out := make([]string, 0, len(v.State.Steps))
	for i := range v.State.Steps {
		out = append(out, v.step(&v.State.Steps[i], selected, c))
	}
	return out
}

// checklist is what all its lines have in common.
type checklist struct {
	w, ids int
	waits  bool // no name is cut for the word that a step waits
}

func (v View) step(s *incident.StepState, selected string, c checklist) string {
	state := stepWord(s)
	if state.text == "" && c.waits && s.Blocked != "" && v.State.Running == "" && v.State.ReadOnly == "" {
		state.text = "waits"
	}
	name := cell.Fit(clean.Line(s.ID), c.ids) + " " + clean.Line(s.Title)
	mark := " "
	if s.ID == selected {
		mark = v.Style.Focus.Render("▸")
	}
	left := mark + v.ink(state.tone).Render(state.glyph) + " " + v.ink(dim(s)).Render(name)
	right := v.stepRight(s, state, c.w-cell.Width(left)-2)
	if right != "" {
		right = " " + v.ink(state.tone).Render(right) + " " // also where the name is cut
	}
	return cell.Between(left, right, c.w)
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
	case s.Unproved != nil && s.Outcome == engine.Done:
		return word{"✓", "not proved", doubt}
	case s.Outcome == engine.Done && s.Already:
		return word{"✓", "already so", good}
	case s.Outcome == engine.Done:
		return word{"✓", "done", good}
	case s.Outcome == engine.Undone:
		return word{"≠", "undone", bad}
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

// stepRight is the last column: how long it took, or how far it is; most is
// the room beside the title.
func (v View) stepRight(s *incident.StepState, state word, most int) string {
	switch {
	case s.Running && v.farWithin(s, most) == "":
		return span(v.since(s.Started))
	case s.Running:
		return v.farWithin(s, most)
	case state.text == "done" && s.Took > 0:
		return took(s.Took)
	default:
		return state.text
	}
}

// farWithin is how far a running step is, with the rest where there is room.
func (v View) farWithin(s *incident.StepState, most int) string {
	if all := v.furthest(s); cell.Width(all) <= most {
		return all
	}
	return far(s)
}
