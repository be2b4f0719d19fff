package main

import (
	"context"
	"errors"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/lab/scenario"
	"pchatops/ops/lab/world"
)

// colleague is the person at another program in a rehearsal, such as Topology
// Builder, where a scenario needs one.
type colleague struct {
	acts   []scenario.Act
	world  *world.World
	failed error
}

// after does what comes after a step; "" is the beginning.
func (c *colleague) after(step string) {
	for _, a := range c.acts {
		if a.After == step {
			c.failed = errors.Join(c.failed, a.Do(c.world))
		}
	}
}

// accompany does each act as soon as the step before it has ended: for a
// rehearsal without a screen.
func (c *colleague) accompany(sink func(engine.Event)) func(engine.Event) {
	c.after("")
	return func(e engine.Event) {
		sink(e)
		if e.Type == engine.EventStep {
			c.after(e.Step)
		}
	}
}

// pause is how long a colleague takes for an edit.
const pause = 20 * time.Second

// work does one act after the other at a person's pace, until ctx ends: for a
// rehearsal on a screen, where the steps turn done by themselves.
func (c *colleague) work(ctx context.Context) {
	for _, a := range c.acts {
		if c.world.Wait(ctx, pause) != nil {
			return
		}
		c.failed = errors.Join(c.failed, a.Do(c.world))
	}
}
