// Package tuitest has what tests of both consoles, full screen and plain,
// talk to: an incident that does at once what it is asked, and a real one on a
// procedure of a few statements.
package tuitest

import (
	"context"
	"slices"
	"sync"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
)

// Incident does at once what it is asked, and remembers it. What is exported is
// set before a console sees it.
type Incident struct {
	incident.Viewer // consoles that are started by tui.Run subscribe; here states come by Next

	State   incident.State
	Plans   map[string]*engine.Plan // what planning a step finds
	PlanErr error
	Hold    bool           // planning stays under way
	Refuse  error          // the answer to every request
	Left    *incident.Left // what the next run has left to decide
	Changes *engine.Plan   // what the next run finds instead of what was confirmed

	mu      sync.Mutex
	seen    uint64
	fresh   chan struct{}
	over    chan struct{}
	planned int
	runs    []Run
	shown   []*engine.Shown
	asked   []string
}

// Run is a step that was asked for, and with what confirmation; what the
// operator saw is with Shown.
type Run struct {
	Step string
	engine.Confirmation
}

// NewIncident is an incident in a state.
func NewIncident(s incident.State) *Incident {
	s.Seq = 1
	return &Incident{State: s, fresh: make(chan struct{}, 1), over: make(chan struct{}), Plans: map[string]*engine.Plan{}}
}

// Next hands out the newest state once.
func (f *Incident) Next(ctx context.Context) (*incident.State, error) {
	for {
		if s := f.take(); s != nil {
			return s, nil
		}
		select {
		case <-f.fresh:
		case <-f.over:
			return nil, context.Canceled
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (f *Incident) take() *incident.State {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.State.Seq == f.seen {
		return nil
	}
	f.seen = f.State.Seq
	s := f.State
	s.Steps, s.Findings = slices.Clone(s.Steps), slices.Clone(s.Findings)
	if s.Snapshot != nil {
		snap := *s.Snapshot
		snap.Nodes = slices.Clone(snap.Nodes)
		s.Snapshot = &snap
	}
	return &s
}

// Close is the end of a console's inbox, and nothing to an incident.
func (f *Incident) Close() {}

// Finish ends the incident.
func (f *Incident) Finish() { close(f.over) }

// Latest is the number of the newest state.
func (f *Incident) Latest() uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.State.Seq
}

// Change publishes a new state.
func (f *Incident) Change(with func(*incident.State)) {
	f.mu.Lock()
	with(&f.State)
	f.State.Seq++
	f.mu.Unlock()
	select {
	case f.fresh <- struct{}{}:
	default:
	}
}

// Step publishes a change of one step.
func (f *Incident) Step(id string, with func(*incident.StepState)) {
	f.Change(func(s *incident.State) {
		for i := range s.Steps {
			if s.Steps[i].ID == id {
				with(&s.Steps[i])
			}
		}
	})
}

// Requests are all that were made, in words.
func (f *Incident) Requests() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.asked)
}

// Confirmed are the steps that were asked for.
func (f *Incident) Confirmed() []Run {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.runs)
}

// Shown is what the operator saw, run by run.
func (f *Incident) Shown() []*engine.Shown {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.shown)
}

func (f *Incident) note(what string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, what)
	return f.Refuse
}

// Plan finds what Plans says, unless it is held.
func (f *Incident) Plan(step string) error {
	if err := f.note("plan " + step); err != nil || f.Hold {
		return err
	}
	f.Publish(step)
	return nil
}

// Publish gives the plan of a step out, as read just now.
func (f *Incident) Publish(step string) {
	f.Step(step, func(s *incident.StepState) {
		f.planned++
		s.Plan, s.PlanErr, s.PlanAt = f.Plans[step], f.PlanErr, planned.Add(time.Duration(f.planned))
	})
}

// planned is when the first plan was made: no two are of one moment.
var planned = time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)

// Run does a step at once, unless something is set that keeps it from that.
func (f *Incident) Run(step string, c engine.Confirmation) error {
	f.mu.Lock()
	f.shown = append(f.shown, c.Shown)
	c.Shown = nil
	f.runs = append(f.runs, Run{step, c})
	changes, left := f.Changes, f.Left
	f.mu.Unlock()
	if err := f.note("run " + step); err != nil {
		return err
	}
	f.Step(step, func(s *incident.StepState) {
		switch {
		case changes != nil:
			f.Changes = nil
			s.Plan, s.Changed = changes, &engine.Changed{News: []string{"mgc on SQL12, ONLINE would be lost, too"}}
			s.Err = s.Changed
		case left != nil:
			f.Left = nil
			s.Outcome, s.Left = engine.Failed, left
		default:
			s.Outcome, s.Took = engine.Done, 2300*time.Millisecond
			s.Proof = &engine.Proof{Holds: true, Says: "read back as it should be"}
		}
	})
	return nil
}

// Verify takes the request.
func (f *Incident) Verify(step string) error { return f.note("verify " + step) }

// Skip takes the request.
func (f *Incident) Skip(step, reason string) error { return f.note("skip " + step + ": " + reason) }

// Note takes the request.
func (f *Incident) Note(text string) error { return f.note("note: " + text) }

// Conclude takes the request.
func (f *Incident) Conclude(reason string) error { return f.note("conclude: " + reason) }

// Poll takes the request.
func (f *Incident) Poll() error { return f.note("poll") }

// Resume goes on with an old incident.
func (f *Incident) Resume() error {
	f.Change(func(s *incident.State) { s.Old = nil })
	return f.note("resume")
}
