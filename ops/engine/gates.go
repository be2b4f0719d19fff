package engine

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"pchatops/ops/fault"
	"pchatops/ops/journal"
)

// permit checks gates and confirmation and records the plan with both,
// whether it is refused or not.
func (x *run) permit(plan *Plan, ask Asker) error {
	err := x.gates(plan, func(g Gate) bool { return g.Override != "" }, nil)
	x.shown = Show(x.step.ID, plan)
	var c Confirmation
	if err == nil && !plan.Empty() {
		c, err = x.confirmed(plan, ask)
	}
	if err == nil {
		given := func(g Gate) bool { return g.Override != "" && c.Overrides[g.Name] == g.Override }
		err = x.gates(plan, given, given)
	}
	if err == nil && !plan.Empty() {
		d := Demanded(x.step.Risk, plan)
		if lacks := d.meets(c); lacks != "" {
			err = x.refusal(lacks, d.words(x.step, plan))
		}
	}
	if kept := x.record(journal.Plan, c.By, x.planRecord(plan, c, err)); kept != nil {
		return kept
	}
	return err
}

// confirmed asks for the confirmation, and holds what it is of against what
// would be done now.
func (x *run) confirmed(plan *Plan, ask Asker) (Confirmation, error) {
	d := Demanded(x.step.Risk, plan)
	words := d.words(x.step, plan)
	c, given := ask(x.step, plan)
	if !given && (d.Accept || len(d.Asks) > 0) {
		return c, x.refusal("it was not confirmed", words)
	}
	if c.Shown == nil { // the asker saw this very plan
		c.Shown = &x.shown
	}
	if news := c.Shown.Beyond(x.shown); news != nil {
		changed := &Changed{News: news}
		return c, &fault.Error{
			Class: fault.Refused, Tried: x.step.ID + " " + x.step.Title, Text: changed.Error(), Cause: changed,
			Do: "nothing was sent; look at the new plan, then " + words,
		}
	}
	return c, nil
}

// gates refuses where a gate neither holds nor may be passed. It names every gate
// that does not hold, those that may be passed as well, unless they were given: that
// a primary lives is not to be hidden behind what bars the way first.
func (x *run) gates(plan *Plan, pass, given func(Gate) bool) error {
	var seen, do []string
	barred := false
	for _, g := range plan.Gates {
		if g.Holds || given != nil && given(g) {
			continue
		}
		seen = append(seen, oneLine(fmt.Sprintf("gate %q does not hold: %s; wanted: %s", g.Name, g.Seen, g.Want)))
		if way := strings.Join(g.Way(), "\n"); way != "" && !slices.Contains(do, way) {
			do = append(do, way)
		}
		barred = barred || !pass(g)
	}
	if !barred {
		return nil
	}
	f := x.refusal(strings.Join(seen, "\n"), strings.Join(do, "\n"))
	if given == nil {
		f.Cause = ErrBarred
	}
	return f
}

// ErrBarred is the cause of a refusal by a gate that no phrase passes: only what
// becomes of the servers can.
var ErrBarred = errors.New("a gate bars the way")

// Way says how to get past a gate that does not hold, in lines: its phrase is one
// of them, and nothing else stands there, so that it can be copied.
func (g Gate) Way() (lines []string) {
	add := func(s string) {
		if s = oneLine(s); s != "" {
			lines = append(lines, s)
		}
	}
	before, after, named := strings.Cut(g.Do, g.Override)
	switch {
	case g.Override == "":
		add(g.Do)
		return lines
	case named:
	case g.Do == "":
		before = "to go on all the same, type:"
	default:
		before = strings.TrimRight(g.Do, "; .") + "; or, to go on all the same, type:"
	}
	add(before)
	lines = append(lines, g.Override)
	add(strings.TrimLeft(after, " .,;"))
	return lines
}

// oneLine keeps what servers say from looking like a line of ours.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func (x *run) refusal(text, do string) *fault.Error {
	return &fault.Error{Class: fault.Refused, Tried: x.step.ID + " " + x.step.Title, Text: text, Do: do}
}

// within refuses an action that became known on the way and is sent where
// nothing was confirmed.
func (x *run) within(a *Action) error {
	if len(x.shown.Targets) == 0 || slices.Contains(x.shown.Targets, deed(a)) {
		return nil
	}
	return x.refusal("stopped before "+a.ID+": it is sent as "+deed(a)+", which was not confirmed", "run the step again: it shows what is left")
}
