package plain

import (
	"context"
	"errors"
	"strconv"
	"time"

	"pchatops/ops/engine"
	"pchatops/tui/actions"
)

// patience is how long the first answers of all nodes are waited for.
const patience = 6 * time.Second

// choice is a row of the menu. Its number is its place, the same at all times:
// fingers and ears learn it.
type choice struct {
	title string
	rule  actions.ID // decides whether it can be used; "": always
	step  bool       // it is about one step
	do    func(*console, context.Context) error
}

// choices follow each other as in the menu; the first is number 0.
func choices() []choice {
	return []choice{
		{title: "quit", do: (*console).quit},
		{title: "run", rule: actions.Run, step: true, do: (*console).run},
		{title: "choose another step", do: (*console).choose},
		{title: "plan and detail of", step: true, do: (*console).explain},
		{title: "verify", rule: actions.Verify, step: true, do: (*console).verify},
		{title: "skip, with a reason,", rule: actions.Skip, step: true, do: (*console).skip},
		{title: "write a note", rule: actions.Note, do: (*console).note},
		{title: "log", do: (*console).log},
		{title: "findings", do: (*console).findings},
		{title: "state of the site and checklist", do: (*console).again},
		{title: "ask every server now", do: (*console).poll},
		{title: "close the incident, with a reason", rule: actions.End, do: (*console).end},
		{title: "decide about the old incident", rule: actions.Decide, do: (*console).decide},
	}
}

// talk is the whole conversation: where everything stands, then one choice
// after the other.
func (c *console) talk(ctx context.Context) error {
	err := c.greet(ctx)
	for err == nil {
		var line string
		line, err = c.listen(ctx, c.hint)
		switch {
		case errors.Is(err, errAnew):
			err = c.reconfirm(ctx)
		case err == nil:
			err = c.obey(ctx, line)
		}
	}
	switch {
	case errors.Is(err, errQuit), errors.Is(err, errInput):
		if c.state != nil && c.state.Running != "" {
			c.say("This console ends; %s runs to its end.", c.state.Running)
		}
		return c.failed
	case errors.Is(err, errOver):
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		c.say("The incident is over, and with it this console.")
		return c.failed
	}
	return err
}

// greet waits for the first answers and says where everything stands.
func (c *console) greet(ctx context.Context) error {
	late := c.Clock.Now().Add(patience)
	for !answered(c.state) && (c.state == nil || c.Clock.Now().Before(late)) {
		e, err := c.next(ctx, true)
		if err != nil {
			return err
		}
		if e.line != "" {
			c.untaken(e.line)
		}
	}
	c.say("%s %s. Every time is UTC.", environment(c.state), c.state.Site)
	c.say("%s", role(c.state))
	for _, f := range c.state.Known {
		c.finding(f)
	}
	if err := c.again(ctx); err != nil {
		return err
	}
	c.menu()
	return nil
}

// hint says in a line what can be done next.
func (c *console) hint() {
	s := c.step()
	switch {
	case c.asked != nil:
		c.say("%s is under way. Enter lists the choices.", c.asked.step)
	case c.state.Running != "" && c.usable(actions.Run) != "":
		c.say("%s is running. Enter lists the choices.", c.state.Running)
	case s == nil || finished(s) && c.chosen == "":
		c.say("No step is open. 0 quits, Enter lists the choices.")
	case c.usable(actions.Run) != "":
		c.say("%s cannot be run now: %s Enter lists the choices.", s.ID, stop(c.usable(actions.Run)))
	case s.Outcome == engine.Unknown:
		c.say("4 verifies %s, Enter lists the choices.", stepName(s))
	default:
		c.say("1 runs %s, Enter lists the choices.", stepName(s))
	}
}

// menu lists the choices; a bare Enter does nothing else.
func (c *console) menu() {
	for i, m := range choices() {
		title := m.title
		if s := c.step(); m.step && s != nil {
			title += " " + stepName(s)
		}
		if why := c.usable(m.rule); why != "" {
			title += " (not now: " + why + ")"
		}
		c.say("%d: %s", i, title)
	}
}

// usable says why a choice cannot be made now; "" when it can.
func (c *console) usable(rule actions.ID) string {
	facts := actions.Facts{Observer: c.state.ReadOnly, Running: c.state.Running, Apart: c.state.Apart, Old: c.state.Old != nil}
	if s := c.step(); s != nil {
		facts.Step, facts.Blocked, facts.Finished = s.ID, s.Blocked, s.Outcome == engine.Done
	}
	for _, a := range actions.In(actions.Home) {
		if a.ID == rule {
			_, why := a.Usable(facts)
			return why
		}
	}
	return ""
}

// obey makes the choice that a line names.
func (c *console) obey(ctx context.Context, line string) error {
	if line == "" {
		c.menu()
		return nil
	}
	list := choices()
	i := number(line, len(list))
	if i < 0 {
		c.say("There is no choice %s. The choices are 0 to %d; Enter lists them.", line, len(list)-1)
		return nil
	}
	if why := c.usable(list[i].rule); why != "" {
		c.say("Not now: %s", stop(why))
		return nil
	}
	if list[i].step && c.step() == nil {
		c.say("There is no step.")
		return nil
	}
	return list[i].do(c, ctx)
}

// number is the one below n that a line names; -1 where it names none.
func number(line string, n int) int {
	for i := range n {
		if strconv.Itoa(i) == line {
			return i
		}
	}
	return -1
}
