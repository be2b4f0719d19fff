package incident

import (
	"encoding/json"
	"fmt"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/inventory"
	"pchatops/ops/journal"
)

// Bounds of what a State carries.
const (
	maxEntries = 2_000
	maxOutput  = 2_000
)

// noteRecord is the data of a note or resume line.
type noteRecord struct {
	Text string `json:"text"`
}

// entryOf gives the log entry of a line that history has just taken over, and
// whether it is worth one: what goes well action by action is shown with the
// step, not in the log.
func entryOf(h *engine.History, l journal.Line) (Entry, bool) {
	e := Entry{Time: l.Time, Step: h.About, Kind: "journal"}
	switch l.Type {
	case journal.Open:
		e.Text = "incident begun"
	case journal.Driver:
		e.Text = l.By + " drives"
	case journal.Close:
		e.Text = "incident ended"
		if h.Closed != nil && h.Closed.Reason != "" {
			e.Text = "incident closed by " + l.By + ": " + h.Closed.Reason
		}
	case journal.Aside:
		var t journal.Torn
		_ = json.Unmarshal(l.Data, &t) // at worst the entry names no file
		e.Text = fmt.Sprintf("a torn last line of %d bytes was set aside as %s", t.Bytes, t.File)
	case journal.Note, journal.Resume:
		var n noteRecord
		_ = json.Unmarshal(l.Data, &n) // at worst the entry is empty
		e.Kind, e.Text = "note", l.By+": "+n.Text
	case journal.Seen:
		var s engine.SeenRecord
		_ = json.Unmarshal(l.Data, &s) // history has read it
		e.Text = s.Says
		return e, s.Says != ""
	case journal.Plan:
		var p engine.PlanRecord
		_ = json.Unmarshal(l.Data, &p) // history has read it
		if p.Refused == nil {
			return e, false
		}
		e.Kind, e.Text = "error", p.Refused.Error()
	case journal.Action:
		return actionEntry(e, h.Step(h.About))
	case journal.Step, journal.Skip:
		e.Kind, e.Text = "step", stepText(h.About, h.Step(h.About))
	default:
		return e, false
	}
	return e, true
}

func actionEntry(e Entry, p *engine.Past) (Entry, bool) {
	if len(p.Actions) == 0 {
		return e, false
	}
	a := p.Actions[len(p.Actions)-1]
	e.Kind, e.Text = "action", a.Text+": "+said(a.Outcome, a.Error)
	return e, a.Outcome != engine.Done
}

func stepText(id string, p *engine.Past) string {
	proof := ""
	if p.Proof != nil {
		proof = ": " + p.Proof.Says
	}
	switch {
	case p.Outcome == engine.Skipped:
		return fmt.Sprintf("%s skipped by %s: %s", id, p.By, p.Reason)
	case p.Already:
		return id + " already so" + proof
	case p.Outcome == engine.Done:
		took := fmt.Sprintf("%.1fs", p.Took.Seconds())
		if p.Took >= time.Minute {
			took = inventory.Span(p.Took)
		}
		return fmt.Sprintf("%s done in %s%s", id, took, proof)
	}
	return id + " " + said(p.Outcome, p.Err)
}

func said(o engine.Outcome, f *fault.Error) string {
	if f == nil {
		return string(o)
	}
	return string(o) + ": " + f.Error()
}
