package main

import (
	"context"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/lab"
)

// accompany lets happen what a scenario ties to the start and the end of a
// step, such as a colleague's edit in Topology Builder: for a run without a
// screen.
func accompany(l *lab.Lab, sink func(engine.Event)) func(engine.Event) {
	l.Moment("", false)
	return func(e engine.Event) {
		if e.Type == engine.EventStarted {
			l.Moment(e.Step, false)
		}
		sink(e)
		if e.Type == engine.EventStep {
			l.Moment(e.Step, true)
		}
	}
}

// atDesk is how long a colleague takes for an edit.
const atDesk = 20 * time.Second

// colleague does one after the other at a person's pace, until ctx ends: for a
// rehearsal on a screen, where the steps turn done by themselves.
func colleague(ctx context.Context, l *lab.Lab) {
	for _, e := range l.Scenario().When {
		if e.Moment == nil {
			continue
		}
		if l.World().Wait(ctx, atDesk) != nil {
			return
		}
		l.Moment(e.Moment.Step, e.Moment.End)
	}
}
