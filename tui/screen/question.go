package screen

import (
	"slices"
	"strings"

	"pchatops/ops/engine"
)

// Question is what a dialog shows before a step runs. What speaks against it
// comes first, then what will be sent; the gates that hold are only named, since
// the detail says what was seen of each. refused says why the step cannot be
// confirmed; "" when it can. news says why a step that was confirmed is asked about
// again; "" when it is not.
func (v View) Question(p *engine.Plan, risk engine.Risk, refused, news string, w int) []string {
	var shut, open []engine.Gate
	for _, g := range p.Gates {
		if g.Holds {
			open = append(open, g)
		} else {
			shut = append(shut, g)
		}
	}
	return slices.Concat(v.news(news, w), v.warning(risk, refused, w), v.loss(p, w), v.gates(shut, w), v.deeds(p, w), v.remarks(p, w), v.holding(open, w))
}

func (v View) warning(risk engine.Risk, refused string, w int) []string {
	switch {
	case refused != "":
		return v.paragraph(bad, "✗ ", "This step is refused: "+refused+".", w)
	case risk == engine.DataLoss:
		return v.paragraph(bad, "! ", "This cannot be undone.", w)
	default:
		return nil
	}
}

func (v View) news(text string, w int) []string {
	if text == "" {
		return nil
	}
	return v.paragraph(bad, "! ", text, w)
}

// holding names the gates that hold.
func (v View) holding(list []engine.Gate, w int) []string {
	if len(list) == 0 {
		return nil
	}
	var names []string
	for _, g := range list {
		names = append(names, g.Name)
	}
	return v.paragraph(good, "✓ ", "holds: "+strings.Join(names, " · "), w)
}

// Text is a sentence for a dialog.
func (v View) Text(s string, w int) []string { return v.paragraph(plain, "", s, w) }
