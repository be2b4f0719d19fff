package plain

import (
	"context"
	"fmt"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/incident"
)

// yes is what confirms a step that can be undone.
const yes = "yes"

// planWithin is how long a plan is waited for. A plan reads servers, each of
// which has a time of its own to answer.
const planWithin = 10 * time.Minute

// run plans the step afresh and then asks, since what is confirmed must be
// what would be done now. A step that only reads runs at once.
func (c *console) run(ctx context.Context) error {
	s := c.step()
	if s.Risk == engine.Read {
		return c.send(s.ID, engine.Confirmation{Accepted: true})
	}
	fresh, err := c.replan(ctx, s.ID)
	if err != nil || !fresh {
		return err
	}
	s = c.find(s.ID)
	if !c.planned(s) {
		return nil
	}
	if engine.Nothing(s.Plan) {
		return c.send(s.ID, engine.Granted(s.ID, s.Risk, s.Plan))
	}
	return c.confirm(ctx, s)
}

// reconfirm asks again about a step out of which nothing was sent, or that has
// left something to decide.
func (c *console) reconfirm(ctx context.Context) error {
	s := c.find(c.anew)
	c.anew = ""
	if s != nil && s.Left != nil {
		c.say("%s has done what it could. This is left to decide: %s", s.ID, stop(s.Left.Why))
		if fresh, err := c.replan(ctx, s.ID); err != nil || !fresh {
			return err
		}
		s = c.find(s.ID)
	}
	if !c.planned(s) || s.Left != nil && engine.Nothing(s.Plan) {
		return nil
	}
	if err := c.discard(); err != nil {
		return err
	}
	if s.Changed != nil {
		c.say("Nothing was sent. Since %s was confirmed, this has changed: %s.", s.ID, fault.Said(s.Changed.News...))
	}
	return c.confirm(ctx, s)
}

// discard takes what was typed for something else before a question came.
func (c *console) discard() error {
	for {
		select {
		case line, ok := <-c.lines:
			if !ok {
				return errInput
			}
			c.untaken(line)
		default:
			return nil
		}
	}
}

// planned reports whether a step has a plan, and says why not.
func (c *console) planned(s *incident.StepState) bool {
	switch {
	case s == nil:
		c.say("The step is gone.")
	case s.PlanErr != nil:
		c.say("%s could not be planned. %s", s.ID, trouble(s.PlanErr))
	case s.Plan == nil:
		c.say("%s has no plan.", s.ID)
	default:
		return true
	}
	return false
}

// replan has a step planned and waits for the plan.
func (c *console) replan(ctx context.Context, id string) (fresh bool, err error) {
	before := *c.find(id)
	if !c.granted(c.Incident.Plan(id)) {
		return false, nil
	}
	c.say("Planning %s: reading the servers. Enter gives up.", id)
	fresh, err = c.await(ctx, planWithin, func() bool {
		s := c.find(id)
		return s == nil || s.Plan != before.Plan || !s.PlanAt.Equal(before.PlanAt) || fmt.Sprint(s.PlanErr) != fmt.Sprint(before.PlanErr)
	})
	if err == nil && !fresh {
		c.say("No longer waiting for the plan of %s.", id)
	}
	return fresh, err
}

// confirm reads the plan out and asks what the engine demands. From here on
// the step is the one that was read out, whatever the site does meanwhile.
func (c *console) confirm(ctx context.Context, s *incident.StepState) error {
	c.say("%s %s: run %s?", environment(c.state), c.state.Site, stepName(s))
	if s.Risk == engine.DataLoss {
		c.say("THIS CANNOT BE UNDONE.")
	}
	c.plan(s.Plan, mostPlanned)
	demand := engine.Demanded(s.Risk, s.Plan)
	if demand.Refused != "" {
		c.say("This step is refused: %s", stop(demand.Refused))
		return nil
	}
	for _, a := range demand.Asks {
		purpose := "run " + s.ID
		if a.Gate != "" {
			purpose = "pass the gate " + a.Gate + ", which does not hold,"
		}
		if ok, err := c.typed(ctx, s, purpose, a.Want); err != nil || !ok {
			return err
		}
	}
	if demand.Accept {
		if ok, err := c.typed(ctx, s, "run "+s.ID, yes); err != nil || !ok {
			return err
		}
	}
	return c.send(s.ID, engine.Granted(s.ID, s.Risk, s.Plan))
}

// typed asks for exactly one text until it comes; an empty line cancels.
func (c *console) typed(ctx context.Context, s *incident.StepState, purpose, want string) (bool, error) {
	prompt := func() {
		c.say("To %s on %s %s, type the next line as it stands; Enter alone cancels.", purpose, environment(c.state), c.state.Site)
		c.quote(want)
	}
	for {
		line, err := c.listen(ctx, prompt)
		switch {
		case err != nil:
			return false, err
		case line == want:
			return true, nil
		case line == "":
			c.say("Cancelled. Nothing was sent.")
			return false, nil
		case line == "all":
			c.plan(s.Plan, len(s.Plan.Actions))
		default:
			c.say("That is not the text asked for.")
		}
	}
}

func (c *console) send(id string, given engine.Confirmation) error {
	given.By = c.state.Driver
	c.asked, c.chosen = &asked{step: id}, ""
	if s := c.find(id); s != nil {
		c.asked.was, c.asked.changed, c.asked.left = traceOf(s), s.Changed, s.Left
	}
	if !c.granted(c.Incident.Run(id, given)) {
		c.asked = nil
	}
	return nil
}
