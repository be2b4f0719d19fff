package plain

import (
	"context"

	"pchatops/tui/part/clean"
)

// The words that answer the question of an old incident.
const (
	goOn  = "go on"
	anew  = "new"
	begun = "a new incident was begun instead of going on with it"
)

// oldTopic tells of an old incident on which the console opened.
func (c *console) oldTopic() topic {
	t := topic{key: "old"}
	if old := c.state.Old; old != nil {
		t.mark = old.ID
		t.text = "The incident " + clean.Line(old.ID) + " is unfinished, and " + clean.Line(old.Why) + ". Nothing is run before you have decided: choice 12."
	}
	return t
}

// decide asks whether to go on with an old incident or to begin a new one.
func (c *console) decide(ctx context.Context) error {
	old := c.state.Old
	c.say("The incident %s is unfinished, and %s", old.ID, stop(old.Why))
	if len(old.Changed) == 0 {
		c.say("As far as the servers tell, its steps stand as they stood.")
	}
	for _, what := range old.Changed {
		c.say("Changed since: %s", stop(what))
	}
	line, err := c.answer(ctx, "To go on with it, type %s; to close it and begin a new one, type %s; Enter leaves it open.", goOn, anew)
	switch {
	case err != nil:
		return err
	case line == goOn:
		c.granted(c.Incident.Resume())
	case line == anew:
		return c.concluded(begun)
	case line != "":
		c.say("That is neither.")
	}
	return nil
}

// end asks for the reason and closes the incident.
func (c *console) end(ctx context.Context) error {
	reason, err := c.answer(ctx, "Type why the incident is closed as it stands; it goes on record. Enter alone leaves it open.")
	if err != nil || reason == "" {
		return err
	}
	return c.concluded(reason)
}

func (c *console) concluded(reason string) error {
	if !c.granted(c.Incident.Conclude(reason)) {
		return nil
	}
	c.say("The incident is closed. Open the console again: it begins a new one.")
	return errQuit
}
