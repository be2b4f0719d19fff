package screen

import (
	"pchatops/ops/engine"
	"pchatops/tui/part/clean"
)

// Procedures lists the procedures with whether each applies to the site as it
// is, and why. While a step runs none can be opened but the one on screen.
func (v View) Procedures(list []engine.Procedure) []Entry {
	var out []Entry
	for i := range list {
		p := &list[i]
		e := Entry{ID: p.ID, Lead: "·", Name: clean.Line(p.Title), Text: v.applies(p)}
		if p.ID == v.State.Procedure {
			e.Lead = "► open"
		} else if v.State.Running != "" {
			e.Why = clean.Line(v.State.Running) + " is running"
		} else if v.State.ReadOnly != "" {
			e.Why = "this console only observes: " + clean.Line(v.State.ReadOnly)
		}
		out = append(out, e)
	}
	if len(out) == 0 {
		out = append(out, Entry{Text: "this console knows no other procedure"})
	}
	return out
}

func (v View) applies(p *engine.Procedure) string {
	if p.Applies == nil {
		return "can always be looked at"
	}
	if v.State.Snapshot == nil {
		return "not known before the first answers"
	}
	if ok, why := p.Applies(v.State.Snapshot); ok {
		return "applies: " + why
	} else {
		return "does not apply: " + why
	}
}
