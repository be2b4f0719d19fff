package screen

import (
	"strings"

	"pchatops/ops/incident"
	"pchatops/tui/part/clean"
)

// Log is the page of the incident's record, newest last. Times are UTC.
func (v View) Log(w int) []string {
	if len(v.State.Notes) == 0 {
		return []string{v.ink(muted).Render("nothing is on record yet")}
	}
	var out []string
	for _, e := range v.State.Notes {
		lead := e.Time.UTC().Format("15:04:05") + "  "
		if e.Step != "" {
			lead += clean.Line(e.Step) + "  "
		}
		text := e.Text
		if e.Kind == "note" {
			text = "note: " + text
		}
		out = append(out, v.paragraph(entryTone(e), lead, strings.TrimSpace(text), w)...)
	}
	return out
}

func entryTone(e incident.Entry) tone {
	switch e.Kind {
	case "error":
		return bad
	case "note":
		return busy
	case "step":
		return plain
	default:
		return muted
	}
}
