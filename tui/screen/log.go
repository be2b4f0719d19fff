package screen

import (
	"slices"
	"strings"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/tui/part/clean"
)

// logLine is a line of the record: what was noted, or what was sent.
type logLine struct {
	at   time.Time
	step string
	text string
	tone tone
}

// Log is the page of the incident's record, newest last: what was noted, and
// every statement of the steps' last runs when it was sent. Times are UTC.
// Only what holds the text is shown.
func (v View) Log(only string, w int) []string {
	var out []string
	for _, l := range v.logLines() {
		if !holds(l.step+" "+l.text, only) {
			continue
		}
		lead := l.at.UTC().Format("15:04:05") + "  "
		if l.step != "" {
			lead += clean.Line(l.step) + "  "
		}
		out = append(out, v.paragraph(l.tone, lead, strings.TrimSpace(l.text), w)...)
	}
	if len(out) == 0 {
		return []string{v.ink(muted).Render("nothing is on record" + forText(only))}
	}
	return out
}

func (v View) logLines() []logLine {
	var out []logLine
	for _, e := range v.State.Notes {
		text := e.Text
		if e.Kind == "note" {
			text = "note: " + text
		}
		out = append(out, logLine{e.Time, e.Step, text, entryTone(e)})
	}
	for i := range v.State.Steps {
		s := &v.State.Steps[i]
		for k := range s.Actions {
			out = append(out, sentLine(s.ID, &s.Actions[k]))
		}
	}
	slices.SortStableFunc(out, func(a, b logLine) int { return a.at.Compare(b.at) })
	return out
}

// sentLine is a statement in the record. What the server said to it stands in
// the entry of its outcome.
func sentLine(step string, a *incident.ActionState) logLine {
	l := logLine{a.Started, step, strings.TrimSuffix(on(a.Target, a.Kind), ":") + "  " + a.Text, code}
	switch a.Outcome {
	case engine.Done:
		l.text += "  ✓ " + took(a.Took)
	case engine.Failed:
		l.text += "  ✗ failed"
	case engine.Unknown:
		l.text += "  ? outcome unknown"
	case engine.Skipped:
		l.text += "  – skipped"
	default:
		l.text += "  ► under way"
	}
	return l
}

// holds reports whether a text has another in it, whatever the case.
func holds(text, part string) bool {
	return part == "" || strings.Contains(strings.ToLower(text), strings.ToLower(part))
}

func forText(only string) string {
	if only == "" {
		return " yet"
	}
	return ` with "` + clean.Line(only) + `"`
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
