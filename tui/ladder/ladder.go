// Package ladder says what has to be typed before a step runs, by its risk and
// by the gates that do not hold. It is pure: whoever asks the operator, on a
// screen or line by line, asks what this says, and the engine demands the same.
package ladder

import (
	"pchatops/ops/engine"
)

// Ask is one text that has to be typed exactly.
type Ask struct {
	Gate string // the gate that it passes; "": it confirms the plan itself
	Want string
}

// Asks lists what has to be typed for a plan, gates first.
func Asks(p *engine.Plan) []Ask {
	var out []Ask
	for _, g := range p.Gates {
		if !g.Holds {
			out = append(out, Ask{g.Name, g.Override})
		}
	}
	if p.Confirm != "" {
		out = append(out, Ask{Want: p.Confirm})
	}
	return out
}

// Refusal says why a plan cannot be confirmed at all; "" when it can.
func Refusal(p *engine.Plan, risk engine.Risk) string {
	for _, g := range p.Gates {
		if !g.Holds && g.Override == "" {
			return "the gate " + g.Name + " does not hold, and nobody may pass it"
		}
	}
	if p.Confirm == "" && (risk == engine.RoleChange || risk == engine.DataLoss) {
		return "its risk asks for a typed confirmation, and the plan names no text for it"
	}
	return ""
}

// Nothing reports a plan that would change nothing: there is nothing to
// confirm, and should the world have moved meanwhile, the engine refuses.
func Nothing(p *engine.Plan) bool {
	for _, g := range p.Gates {
		if !g.Holds {
			return false
		}
	}
	return p.Empty()
}

// Given is the confirmation of a plan for which all asks were typed.
func Given(asks []Ask) engine.Confirmation {
	c := engine.Confirmation{Accepted: true, Overrides: map[string]string{}}
	for _, a := range asks {
		if a.Gate == "" {
			c.Typed = a.Want
		} else {
			c.Overrides[a.Gate] = a.Want
		}
	}
	return c
}
