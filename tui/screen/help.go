package screen

import (
	"fmt"

	"pchatops/tui/actions"
	"pchatops/tui/part/cell"
	"pchatops/tui/part/clean"
)

// keyColumn is the width of the keys in the help.
const keyColumn = 14

// Help is the page of all keys; what cannot be used now says why.
func (v View) Help(f actions.Facts, w int) []string {
	var out []string
	for _, s := range []actions.Scope{actions.Home, actions.Everywhere, actions.Page, actions.Choice, actions.Typing} {
		out = append(out, v.heading(fmt.Sprintf("Keys: %s", s)))
		for _, a := range actions.In(s) {
			out = append(out, v.helpRow(a, f, w)...)
		}
		out = append(out, "")
	}
	return append(out, v.legend(w)...)
}

func (v View) helpRow(a actions.Action, f actions.Facts, w int) []string {
	lead := cell.Fit(actions.Label(a), keyColumn) + " "
	ok, why := a.Usable(f)
	if ok {
		return v.paragraph(plain, lead, a.Help, w)
	}
	out := v.paragraph(muted, lead, a.Help, w)
	return append(out, v.paragraph(warn, cell.Fit("", keyColumn+1), "not now: "+clean.Line(why), w)...)
}

// legend explains the glyphs.
func (v View) legend(w int) []string {
	out := []string{v.heading("Signs")}
	for _, l := range []struct {
		w    word
		says string
	}{
		{word{"✓", "done", good}, "done and proved, or as it should be"},
		{word{"=", "already so", good}, "nothing left to do, found on the servers"},
		{word{"►", "running", busy}, "under way; states in between are no faults"},
		{word{"?", "unknown", doubt}, "the answer was lost: verify"},
		{word{"✗", "failed", bad}, "failed, or not reachable"},
		{word{"–", "skipped", muted}, "left out, with a reason"},
		{word{"◐", "RESTORING", good}, "takes log backups"},
	} {
		out = append(out, cell.Fit(v.ink(l.w.tone).Render(cell.Fit(l.w.glyph+" "+l.w.text, keyColumn+1))+v.ink(plain).Render(l.says), w))
	}
	return append(out, v.paragraph(muted, "", "mgccomp (compliance) is transient and is not failed over.", w)...)
}
