package screen

import (
	"pchatops/tui/part/cell"
	"pchatops/tui/part/clean"
)

// Entry is one line of a list that can be chosen, or a heading.
type Entry struct {
	ID    string // "": a heading or a remark, which cannot be chosen
	Lead  string // the keys, or a mark
	Name  string
	Text  string
	Why   string // why it cannot be chosen now; "" when it can
	Title bool   // a heading
	Still bool   // to be read only: it can be marked, and does nothing
}

// leadColumn is the width of what stands before the text of an entry.
const leadColumn = 14

// List draws entries, the marked one with the mark of the checklist, and says
// on which of the lines the marked entry begins and ends.
func (v View) List(entries []Entry, marked string, w int) (lines []string, from, to int) {
	for _, e := range entries {
		if e.ID != "" && e.ID == marked {
			from = len(lines)
		}
		lines = append(lines, v.entry(e, e.ID != "" && e.ID == marked, w)...)
		if e.ID != "" && e.ID == marked {
			to = len(lines) - 1
		}
	}
	return lines, from, to
}

func (v View) entry(e Entry, marked bool, w int) []string {
	if e.Title {
		return []string{v.heading(cell.Fit(clean.Line(e.Name), w))}
	}
	mark := " "
	if marked {
		mark = v.Style.Focus.Render("▸")
	}
	ink := plain
	if e.Why != "" {
		ink = muted
	}
	text := e.Name
	if e.Text != "" {
		text += ": " + e.Text
	}
	if e.Name == "" {
		text = e.Text
	}
	lead := cell.Fit(clean.Line(e.Lead), leadColumn) + " "
	out := v.paragraph(ink, lead, text, w-1)
	if e.Why != "" {
		out = append(out, v.paragraph(warn, cell.Fit("", leadColumn+1), "not now: "+e.Why, w-1)...)
	}
	for i := range out {
		if i > 0 {
			mark = " "
		}
		out[i] = mark + out[i]
	}
	return out
}
