package screen

import (
	"fmt"
	"slices"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/tui/actions"
	"pchatops/tui/part/cell"
	"pchatops/tui/part/clean"
)

// Detail is everything about one step, what matters now first: while it runs
// what it is doing, afterwards the proof, before the plan.
func (v View) Detail(s *incident.StepState, w int) []string {
	out := v.standing(s, w)
	switch {
	case s.Running:
		out = append(out, v.liveOutput(s, w)...)
		out = append(out, v.sent(s, w)...)
		out = append(out, v.why(s, w)...)
		return append(out, v.plan(s, w)...)
	case s.Outcome != engine.None:
		out = append(out, v.proof(s.Proof, w)...)
		out = append(out, v.sent(s, w)...)
		out = append(out, v.output(s, w)...)
		out = append(out, v.plan(s, w)...)
		return append(out, v.why(s, w)...)
	default:
		out = append(out, v.why(s, w)...)
		out = append(out, v.plan(s, w)...)
		return append(out, v.proof(s.Proof, w)...)
	}
}

// DetailTitle is the title of the detail panel.
func (v View) DetailTitle(s *incident.StepState) string {
	return clean.Line(s.ID) + " " + clean.Line(s.Title)
}

// standing says in a line or two where the step stands, and what to do about
// it where something went wrong.
func (v View) standing(s *incident.StepState, w int) []string {
	state := stepWord(s)
	if state.text == "" {
		state = word{"·", "not run", muted}
	}
	head, more := v.draw(state), ""
	switch {
	case s.Running:
		// In the terminal's own colour, as all that ticks: it costs few bytes.
		head += " for " + span(v.since(s.Started)) + "  " + v.furthest(s)
	case s.Outcome == engine.None:
		more = riskWord(s.Risk)
	case s.Took > 0:
		head += v.ink(muted).Render(" in " + took(s.Took))
	}
	out := []string{head}
	if on := head + v.ink(muted).Render(" · "+more); more != "" && cell.Width(on) <= w {
		out[0] = on
	} else if more != "" {
		out = append(out, v.paragraph(muted, "  ", more, w)...)
	}
	if r := v.State.Retaking; r != nil {
		out = append(out, v.paragraph(bad, "! ", r.Says(), w)...)
	} else if wait := v.State.Waiting; wait != nil {
		out = append(out, v.paragraph(muted, "… ", wait.Says(), w)...)
	}
	if s.Blocked != "" && !s.Running {
		out = append(out, v.paragraph(warn, "! ", "cannot run now: "+s.Blocked, w)...)
	}
	if s.Err != nil {
		out = append(out, v.paragraph(bad, "✗ ", s.Err.Error(), w)...)
	}
	if s.Reason != "" {
		out = append(out, v.paragraph(muted, "– ", "skipped: "+s.Reason, w)...)
	}
	if s.Outcome == engine.Undone && !s.Running {
		says := "It was done, and is not so any more."
		if s.Reason != "" {
			says = "There is something for it to do now."
		}
		out = append(out, v.paragraph(bad, "≠ ", says+" Running it again plans from what is there.", w)...)
	}
	if s.Outcome == engine.Unknown && !s.Running {
		out = append(out, v.paragraph(doubt, "? ", "Whether it took effect is not known. "+v.wayOut(), w)...)
	}
	return out
}

// wayOut says how an unknown outcome is settled: only by a console that drives.
func (v View) wayOut() string {
	if v.State.ReadOnly != "" {
		return "Only a console that drives can verify it."
	}
	return "Press " + v.Keys.Key(actions.Home, actions.Verify) + " to verify; running it again plans again from what is there."
}

func riskWord(r engine.Risk) string {
	switch r {
	case engine.Read:
		return "reads only, runs at once"
	case engine.Reversible:
		return "can be undone, asks first"
	case engine.RoleChange:
		return "changes a role, asks for a name"
	case engine.DataLoss:
		return "cannot be undone, asks for a phrase"
	default:
		return clean.Line(string(r))
	}
}

func (v View) why(s *incident.StepState, w int) []string {
	if s.Why == "" && s.Source == "" {
		return nil
	}
	out := []string{""}
	if s.Why != "" {
		out = append(out, v.paragraph(plain, "", s.Why, w)...)
	}
	if s.Source != "" {
		out = append(out, v.paragraph(muted, "", s.Source, w)...)
	}
	return out
}

// liveLines is how much output is shown above the rest while a step runs.
const liveLines = 5

// liveOutput is what a running step has said last, newest first: in a small
// panel the rest would hide it.
func (v View) liveOutput(s *incident.StepState, w int) []string {
	newest := slices.Clone(s.Output[max(len(s.Output)-liveLines, 0):])
	slices.Reverse(newest)
	return v.said("Output, newest first", newest, w)
}

func (v View) output(s *incident.StepState, w int) []string { return v.said("Output", s.Output, w) }

func (v View) said(title string, lines []string, w int) []string {
	if len(lines) == 0 {
		return nil
	}
	out := []string{"", v.heading(title)}
	for _, l := range lines {
		out = append(out, v.paragraph(plain, "", l, w)...)
	}
	return out
}

func (v View) proof(p *engine.Proof, w int) []string {
	if p == nil {
		return nil
	}
	mark := word{"✗", "does not hold: ", bad}
	if p.Holds {
		mark = word{"✓", "", good}
	}
	out := []string{"", v.heading("Proof")}
	out = append(out, v.paragraph(mark.tone, mark.glyph+" ", mark.text+p.Says, w)...)
	for _, f := range p.Facts {
		out = append(out, v.paragraph(muted, "  ", fmt.Sprintf("%s: %s", f.Name, f.Value), w)...)
	}
	return out
}
