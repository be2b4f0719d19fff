package engine

import (
	"fmt"
	"strings"
)

// Ask is one text that has to be typed exactly.
type Ask struct {
	Gate string // the gate that it passes; "": it confirms the plan itself
	Want string
}

// Demand is what a step asks of the operator before its plan is sent. It is
// decided here for every console and command, and checked by it.
type Demand struct {
	Asks    []Ask  // texts to be typed, gates that may be passed first
	Accept  bool   // it is enough to accept it, besides the phrases of gates
	Refused string // why it cannot be confirmed at all; "" when it can
}

// Demanded gives what a step of a risk asks for with a plan: the more it can
// cost, the more has to be typed. A gate that does not hold wants its own
// phrase, whatever the risk.
func Demanded(risk Risk, p *Plan) Demand {
	d := Demand{Accept: risk == Reversible}
	for _, g := range p.Gates {
		switch {
		case g.Holds:
		case g.Override != "":
			d.Asks = append(d.Asks, Ask{g.Name, g.Override})
		case d.Refused == "":
			d.Refused = "the gate " + g.Name + " does not hold, and nobody may pass it"
		}
	}
	switch {
	case risk == Read || risk == Reversible:
	case p.Confirm != "":
		d.Asks = append(d.Asks, Ask{Want: p.Confirm})
	case d.Refused == "":
		d.Refused = "its risk asks for a typed confirmation, and the plan names no text for it"
	}
	return d
}

// Nothing reports a plan that would change nothing: there is nothing to
// confirm, and should the world have moved meanwhile, the engine refuses.
func Nothing(p *Plan) bool {
	for _, g := range p.Gates {
		if !g.Holds {
			return false
		}
	}
	return p.Empty()
}

// Text is what confirms the plan itself; "" where nothing has to be typed.
func (d Demand) Text() string {
	for _, a := range d.Asks {
		if a.Gate == "" {
			return a.Want
		}
	}
	return ""
}

// Granted is the confirmation of an operator who saw a plan of a step and gave
// all that is asked for.
func Granted(step string, risk Risk, p *Plan) Confirmation {
	shown := Show(step, p)
	c := Demanded(risk, p).granted()
	c.Shown = &shown
	return c
}

func (d Demand) granted() Confirmation {
	c := Confirmation{Accepted: true, Overrides: map[string]string{}}
	for _, a := range d.Asks {
		c.give(a)
	}
	return c
}

// Answered is the confirmation that texts given beforehand come to. Each is
// one of those asked for, or the digest of what is shown, which stands for all
// of them and for this plan alone.
func Answered(step Step, p *Plan, texts []string) Confirmation {
	d := Demanded(step.Risk, p)
	c := Confirmation{Accepted: true, Overrides: map[string]string{}}
	for _, text := range texts {
		if text == Show(step.ID, p).Digest() {
			c = d.granted()
			c.Digest = text
			return c
		}
		known := false
		for _, a := range d.Asks {
			if a.Want == text {
				known = true
				c.give(a)
			}
		}
		if !known && c.Typed == "" {
			c.Typed = text // the refusal shows that it was wrong
		}
	}
	return c
}

func (c *Confirmation) give(a Ask) {
	if a.Gate == "" {
		c.Typed = a.Want
	} else {
		c.Overrides[a.Gate] = a.Want
	}
}

// meets says what a confirmation lacks; "" when it has all that is asked for.
func (d Demand) meets(c Confirmation) string {
	switch {
	case d.Refused != "":
		return d.Refused
	case d.Accept && !c.Accepted:
		return "it was not accepted"
	}
	for _, a := range d.Asks {
		switch {
		case a.Gate != "" && c.Overrides[a.Gate] != a.Want:
			return fmt.Sprintf("the gate %q was not passed by its phrase", a.Gate)
		case a.Gate == "" && c.Typed == "":
			return "nothing was typed to confirm it"
		case a.Gate == "" && c.Typed != a.Want:
			return "what was typed is not what confirms it"
		}
	}
	return ""
}

// words say what has to be given, and why.
func (d Demand) words(step Step, p *Plan) string {
	why := step.Why
	if p.Loss != "" {
		why = p.Loss
	}
	var texts []string
	for _, a := range d.Asks {
		texts = append(texts, a.Want)
	}
	if texts == nil {
		return "accept the step: " + why
	}
	return fmt.Sprintf("to confirm it (%s), type:\n%s", oneLine(why), strings.Join(texts, "\n"))
}
