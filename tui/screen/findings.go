package screen

import (
	"fmt"
	"slices"
	"strings"

	"pchatops/ops/status"
	"pchatops/tui/part/cell"
	"pchatops/tui/part/clean"
)

// Alert is the most severe finding in at most h lines. Where there is one, it
// says what to do; where there are more, the first has the evidence instead.
func (v View) Alert(w, h int) []string {
	switch none := len(v.State.Findings) == 0; {
	case none && v.State.Snapshot == nil:
		return nil
	case none:
		return []string{v.wellness()}
	}
	f := v.State.Findings[0]
	mark := severity(f.Severity)
	more := ""
	if n := len(v.State.Findings) - 1; n > 0 {
		more = fmt.Sprintf("  +%d (d)", n)
	}
	head := v.ink(mark.tone).Render(mark.glyph + " " + clean.Line(f.Title))
	if h == 1 {
		return []string{cell.Between(head+v.ink(plain).Render(" → "+clean.Line(f.Do)), v.ink(muted).Render(more), w)}
	}
	out := []string{cell.Between(head+v.ink(muted).Render(": "+clean.Line(f.Why)), v.ink(muted).Render(more), w)}
	do := v.paragraph(plain, "  → ", f.Do, w)
	if len(do) > h-1 {
		do = do[:h-1]
		do[h-2] = cell.Fit(do[h-2], w-1) + v.ink(plain).Render("…")
	}
	return append(out, do...)
}

// wellness is what there is to say without a finding: that all is well only once
// everybody was heard.
func (v View) wellness() string {
	if !heard(v.State.Snapshot) {
		return v.ink(muted).Render("· no finding yet; not everything has been read")
	}
	return v.ink(good).Render("✓ nothing is wrong with this site")
}

// heard reports whether everybody has answered, or was found not to.
func heard(s *status.Snapshot) bool {
	return s != nil && (s.Pool.Err != nil || !s.Pool.Answered.IsZero()) && (s.Share.Err != nil || !s.Share.Answered.IsZero()) &&
		!slices.ContainsFunc(s.Nodes, func(n status.Node) bool { return n.Err == nil && n.Answered.IsZero() })
}

// Findings is the page of all findings that hold a text.
func (v View) Findings(only string, w int) []string {
	var out []string
	for _, f := range v.State.Findings {
		if !holds(strings.Join([]string{f.Title, f.Subject, f.Code, f.Why, f.Do}, " "), only) {
			continue
		}
		mark := severity(f.Severity)
		head := f.Title
		if f.Subject != "" {
			head += "  " + f.Subject
		}
		out = append(out, v.paragraph(mark.tone, mark.glyph+" ", head+"  ("+mark.text+", "+f.Code+")", w)...)
		out = append(out, v.paragraph(plain, "  ", f.Why, w)...)
		out = append(out, v.paragraph(busy, "  → ", f.Do, w)...)
		out = append(out, "")
	}
	switch {
	case len(out) == 0 && only != "":
		return []string{v.ink(muted).Render("nothing was found" + forText(only))}
	case len(out) == 0:
		out = append(out, v.wellness(), "")
	}
	return append(out, v.exposureWhy(w)...)
}

func (v View) exposureWhy(w int) []string {
	e := v.State.Exposure
	why := e.Why
	if e.Since != "" {
		why += " (" + e.Since + ")"
	}
	if why == "" {
		return nil
	}
	head := "At risk: "
	if e.Loss {
		head = "Loss: "
	}
	return v.paragraph(muted, head, why, w)
}

func severity(s status.Severity) word {
	switch s {
	case status.Critical:
		return word{"✗", "critical", bad}
	case status.Warning:
		return word{"!", "warning", warn}
	default:
		return word{"·", "info", plain}
	}
}
