package engine

import (
	"fmt"
	"strings"

	"pchatops/ops/fault"
	"pchatops/ops/journal"
)

// permit checks gates and confirmation and records the plan with both,
// whether it is refused or not.
func (x *run) permit(plan *Plan, ask Asker) error {
	err := x.gates(plan, func(g Gate) bool { return g.Override != "" })
	var c Confirmation
	if err == nil && !plan.Empty() {
		var given bool
		if c, given = ask(x.step, plan); !given {
			err = x.refusal("it was not confirmed", demand(x.step, plan))
		}
	}
	if err == nil {
		err = x.gates(plan, func(g Gate) bool { return g.Override != "" && c.Overrides[g.Name] == g.Override })
	}
	if err == nil && !plan.Empty() && !confirmed(x.step.Risk, plan, c) {
		err = x.refusal(missing(x.step.Risk, c), demand(x.step, plan))
	}
	if kept := x.record(journal.Plan, c.By, x.planRecord(plan, c, err)); kept != nil {
		return kept
	}
	return err
}

// gates refuses where a gate neither holds nor may be passed.
func (x *run) gates(plan *Plan, pass func(Gate) bool) error {
	var seen []string
	var do string
	for _, g := range plan.Gates {
		if g.Holds || pass(g) {
			continue
		}
		seen = append(seen, fmt.Sprintf("gate %q does not hold: %s, wanted %s", g.Name, g.Seen, g.Want))
		if do == "" {
			do = g.way()
		}
	}
	if seen == nil {
		return nil
	}
	return x.refusal(strings.Join(seen, "; "), do)
}

// way says how to get past a gate.
func (g Gate) way() string {
	switch {
	case g.Override == "" || strings.Contains(g.Do, g.Override):
		return g.Do
	case g.Do == "":
		return fmt.Sprintf("to go on all the same, type: %s", g.Override)
	}
	return fmt.Sprintf("%s; or, to go on all the same, type: %s", g.Do, g.Override)
}

// confirmed is the ladder: the more a step can cost, the more has to be typed.
// A step of high risk that offers nothing to type cannot be confirmed.
func confirmed(risk Risk, plan *Plan, c Confirmation) bool {
	switch risk {
	case Read:
		return true
	case Reversible:
		return c.Accepted
	default:
	}
	return plan.Confirm != "" && c.Typed == plan.Confirm
}

func missing(risk Risk, c Confirmation) string {
	if risk == Reversible {
		return "it was not accepted"
	}
	if c.Typed == "" {
		return "nothing was typed to confirm it"
	}
	return "what was typed is not what confirms it"
}

// demand says what has to be given, and why.
func demand(step Step, plan *Plan) string {
	why := step.Why
	if plan.Loss != "" {
		why = plan.Loss
	}
	if step.Risk == Reversible {
		return "accept the step: " + why
	}
	return fmt.Sprintf("type %s to confirm: %s", plan.Confirm, why)
}

func (x *run) refusal(text, do string) error {
	return &fault.Error{Class: fault.Refused, Tried: x.step.ID + " " + x.step.Title, Text: text, Do: do}
}
