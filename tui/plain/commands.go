package plain

import (
	"context"
	"time"

	"pchatops/tui/actions"
	"pchatops/tui/part/clean"
)

// mostLog is how many lines of the record are read out, the newest.
const mostLog = 30

// answer puts a question and gives the line that answers it; "": never mind.
func (c *console) answer(ctx context.Context, format string, args ...any) (string, error) {
	line, err := c.listen(ctx, func() { c.say(format, args...) })
	if err == nil && line == "" {
		c.say("Never mind.")
	}
	return clean.Line(line), err
}

// granted reports whether the driver does what it was asked; its refusal is
// told in its own words.
func (c *console) granted(refused error) bool {
	if refused != nil {
		c.say("%s", trouble(refused))
	}
	return refused == nil
}

// quit ends the conversation; while a step runs only after a question.
func (c *console) quit(ctx context.Context) error {
	if c.state.Running == "" {
		return errQuit
	}
	line, err := c.answer(ctx, "%s is running. It runs to its end without this console. To leave, type yes; Enter stays.", c.state.Running)
	if err == nil && line == yes {
		return errQuit
	}
	return err
}

// choose takes another step for the choices that are about one.
func (c *console) choose(ctx context.Context) error {
	for i := range c.state.Steps {
		s := &c.state.Steps[i]
		c.say("%d: %s: %s", i+1, stepName(s), stop(standing(s)))
	}
	steps := c.state.Steps
	line, err := c.answer(ctx, "Type the number of a step, or its name; Enter keeps the one there was.")
	if err != nil || line == "" {
		return err
	}
	n := number(line, len(steps)+1)
	for i := range steps {
		if steps[i].ID == line || n == i+1 {
			c.chosen = steps[i].ID
			c.say("The choices are about %s now.", stepName(&steps[i]))
			return nil
		}
	}
	c.say("There is no step %s.", line)
	return nil
}

// explain plans the step afresh where that is possible now, and tells all
// about it.
func (c *console) explain(ctx context.Context) error {
	id := c.step().ID
	if c.usable(actions.Plan) == "" {
		if _, err := c.replan(ctx, id); err != nil {
			return err
		}
	}
	if s := c.find(id); s != nil {
		c.detail(s)
	}
	return nil
}

func (c *console) verify(context.Context) error {
	s := c.step()
	c.asked = &asked{step: s.ID, was: traceOf(s)}
	if !c.granted(c.Incident.Verify(s.ID)) {
		c.asked = nil
	}
	return nil
}

func (c *console) skip(ctx context.Context) error {
	s := c.step()
	reason, err := c.answer(ctx, "%s %s: why is %s skipped? Enter alone does not skip it.", environment(c.state), c.state.Site, stepName(s))
	if err != nil || reason == "" {
		return err
	}
	c.chosen = ""
	c.granted(c.Incident.Skip(s.ID, reason))
	return nil
}

func (c *console) note(ctx context.Context) error {
	text, err := c.answer(ctx, "Type the note; Enter alone keeps none.")
	if err != nil || text == "" {
		return err
	}
	c.granted(c.Incident.Note(text))
	return nil
}

func (c *console) poll(context.Context) error {
	if c.granted(c.Incident.Poll()) {
		c.say("Asking every server. What has changed is told.")
	}
	return nil
}

func (c *console) log(context.Context) error {
	list := c.state.Notes
	if n := len(list) - mostLog; n > 0 {
		c.say("%d earlier lines are in the journal.", n)
		list = list[n:]
	}
	for _, e := range list {
		kind := ""
		if e.Kind == "note" || e.Kind == "error" {
			kind = e.Kind + ": "
		}
		c.say("%s %s%s", e.Time.UTC().Format(time.TimeOnly), kind, e.Text)
	}
	if len(list) == 0 {
		c.say("Nothing is on record yet.")
	}
	return nil
}

// mostFindings is how many findings are read out.
const mostFindings = 20

func (c *console) findings(context.Context) error {
	list := c.state.Findings
	if len(list) == 0 {
		c.say("Nothing is wrong with this site.")
	}
	for _, f := range list[:min(len(list), mostFindings)] {
		c.finding(f)
		c.say("Code: %s", f.Code)
	}
	if n := len(list) - mostFindings; n > 0 {
		c.say("And %d more.", n)
	}
	return nil
}

// again tells where everything stands, and takes all of it as told.
func (c *console) again(context.Context) error {
	c.overview()
	c.news.know(c.topics())
	c.notes()
	return nil
}
