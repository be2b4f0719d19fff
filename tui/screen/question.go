package screen

import "pchatops/ops/engine"

// Question is what a dialog shows before a step runs: its plan, and what kind
// of change it is.
func (v View) Question(p *engine.Plan, risk engine.Risk, refused bool, w int) []string {
	out := []string{}
	switch {
	case refused:
		out = append(out, v.paragraph(bad, "✗ ", "This step is refused: a gate does not hold, and nobody may pass it.", w)...)
	case risk == engine.DataLoss:
		out = append(out, v.paragraph(bad, "! ", "This cannot be undone.", w)...)
	}
	return append(out, v.PlanLines(p, w)...)
}

// Text is a sentence for a dialog.
func (v View) Text(s string, w int) []string { return v.paragraph(plain, "", s, w) }
