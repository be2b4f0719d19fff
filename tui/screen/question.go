package screen

import "pchatops/ops/engine"

// Question is what a dialog shows before a step runs: its plan, and what kind
// of change it is. refused says why it cannot be confirmed; "" when it can.
func (v View) Question(p *engine.Plan, risk engine.Risk, refused string, w int) []string {
	var out []string
	switch {
	case refused != "":
		out = v.paragraph(bad, "✗ ", "This step is refused: "+refused+".", w)
	case risk == engine.DataLoss:
		out = v.paragraph(bad, "! ", "This cannot be undone.", w)
	}
	return append(out, v.PlanLines(p, w)...)
}

// Text is a sentence for a dialog.
func (v View) Text(s string, w int) []string { return v.paragraph(plain, "", s, w) }
