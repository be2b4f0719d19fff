package plain

import (
	"fmt"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/tui/part/clean"
)

func stepName(s *incident.StepState) string { return s.ID + " " + s.Title }

// finished reports whether a step is behind the operator.
func finished(s *incident.StepState) bool {
	return s.Outcome == engine.Done || s.Outcome == engine.Skipped
}

// checklist is every step with its outcome, a line each.
func (c *console) checklist() {
	done := 0
	for i := range c.state.Steps {
		if finished(&c.state.Steps[i]) {
			done++
		}
	}
	c.say("%s: %d of %d steps done.", c.state.Title, done, len(c.state.Steps))
	for i := range c.state.Steps {
		s := &c.state.Steps[i]
		c.say("%s: %s", stepName(s), stop(standing(s)))
	}
}

// standing is where a step stands, in a few words.
func standing(s *incident.StepState) string {
	switch {
	case s.Running:
		return some("running", far(s))
	case s.Unproved != nil && s.Outcome == engine.Done:
		return "done, and could not be proved now"
	case s.Outcome == engine.Done && s.Already:
		return "already so"
	case s.Outcome == engine.Done && s.Took > 0:
		return "done in " + took(s.Took)
	case s.Outcome == engine.Failed:
		return "FAILED"
	case s.Outcome == engine.Undone && s.Reason != "":
		return "UNDONE: it was skipped, and there is something for it to do now"
	case s.Outcome == engine.Undone:
		return "UNDONE: it was done, and is not so any more"
	case s.Outcome == engine.Unknown:
		return "outcome UNKNOWN"
	case s.Outcome == engine.None:
		return "not run"
	}
	return string(s.Outcome)
}

// outcome is what a step has come to, with its evidence and what to do.
func outcome(s *incident.StepState) string {
	text := stop(stepName(s) + ": " + standing(s))
	if s.Reason != "" {
		text += " " + stop(s.Reason)
	}
	if p := s.Proof; p != nil && p.Holds {
		text += " Proof: " + stop(p.Says)
	} else if p != nil {
		text += " The proof does not hold: " + stop(p.Says)
	}
	text = clean.Line(text)
	if s.Err != nil {
		text += " " + trouble(s.Err)
	}
	if s.Outcome == engine.Unknown {
		text += " Whether it took effect is not known. To do: verify it."
	}
	return text
}

// far is how far a running step is: "45 percent, 6 of 14 sent".
func far(s *incident.StepState) string {
	counted, part := "", ""
	if s.Total > 1 {
		counted = fmt.Sprintf("%d of %d sent", min(s.Sent, s.Total), s.Total)
	}
	if p := fraction(s); p >= 0 {
		part = percent(p)
	}
	return some(part, counted)
}

// fraction is how much of a running step is done, in percent of all that it
// sends; negative: not known.
func fraction(s *incident.StepState) float64 {
	part := -1.0
	if p := s.Progress; p != nil && p.Percent >= 0 {
		part = min(p.Percent, 100)
	}
	if s.Total <= 1 {
		return part
	}
	done := s.Sent
	if n := len(s.Actions); n > 0 && s.Actions[n-1].Outcome == engine.None {
		done-- // the one under way
	}
	return min((float64(max(done, 0))*100+max(part, 0))/float64(s.Total), 100)
}

func percent(p float64) string { return fmt.Sprintf("%.0f percent", min(max(p, 0), 100)) }
