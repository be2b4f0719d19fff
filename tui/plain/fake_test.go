package plain

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
)

// fake is an incident that does at once what it is asked, and remembers it.
type fake struct {
	incident.Viewer // states come by Next

	mu    sync.Mutex
	state incident.State
	seen  uint64
	fresh chan struct{}
	over  chan struct{}

	plans   map[string]*engine.Plan
	planErr error
	hold    bool  // plans are not there yet
	refuse  error // the answer to every request
	planned int
	left    *incident.Left  // what the next run has left to decide
	changes *engine.Plan    // what the next run finds instead of what was confirmed
	shown   []*engine.Shown // what the operator saw, run by run
	runs    []given
	asked   []string
}

type given struct {
	step string
	c    engine.Confirmation
}

func newFake(s incident.State) *fake {
	s.Seq = 1
	return &fake{state: s, fresh: make(chan struct{}, 1), over: make(chan struct{}), plans: map[string]*engine.Plan{}}
}

// Next hands out the newest state once.
func (f *fake) Next(ctx context.Context) (*incident.State, error) {
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

func (f *fake) take() *incident.State {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.state.Seq == f.seen {
		return nil
	}
	f.seen = f.state.Seq
	s := f.state
	s.Steps, s.Findings = slices.Clone(s.Steps), slices.Clone(s.Findings)
	if s.Snapshot != nil {
		snap := *s.Snapshot
		snap.Nodes = slices.Clone(snap.Nodes)
		s.Snapshot = &snap
	}
	return &s
}

// change publishes a new state.
func (f *fake) change(with func(*incident.State)) {
	f.mu.Lock()
	with(&f.state)
	f.state.Seq++
	f.mu.Unlock()
	select {
	case f.fresh <- struct{}{}:
	default:
	}
}

func (f *fake) step(id string, with func(*incident.State, *incident.StepState)) {
	f.change(func(s *incident.State) {
		for i := range s.Steps {
			if s.Steps[i].ID == id {
				with(s, &s.Steps[i])
			}
		}
	})
}

func (f *fake) note(what string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, what)
	return f.refuse
}

func (f *fake) requests() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.asked)
}

func (f *fake) confirmed() []given {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.runs)
}

func (f *fake) Plan(step string) error {
	if err := f.note("plan " + step); err != nil || f.hold {
		return err
	}
	f.publish(step)
	return nil
}

// publish gives the plan of a step out, as read just now.
func (f *fake) publish(step string) {
	f.step(step, func(_ *incident.State, s *incident.StepState) {
		f.planned++
		s.Plan, s.PlanErr, s.PlanAt = f.plans[step], f.planErr, night.Add(time.Duration(f.planned))
	})
}

func (f *fake) Run(step string, c engine.Confirmation) error {
	f.mu.Lock()
	f.shown = append(f.shown, c.Shown)
	c.Shown = nil
	f.runs = append(f.runs, given{step, c})
	f.mu.Unlock()
	if err := f.note("run " + step); err != nil {
		return err
	}
	if p := f.changes; p != nil {
		f.changes = nil
		f.step(step, func(_ *incident.State, s *incident.StepState) {
			s.Plan, s.Changed = p, &engine.Changed{News: []string{"mgc on SQL12, ONLINE would be lost, too"}}
			s.Err = s.Changed
		})
		return nil
	}
	if f.left != nil {
		f.step(step, func(_ *incident.State, s *incident.StepState) { s.Outcome, s.Left = engine.Failed, f.left })
		f.left = nil
		return nil
	}
	f.step(step, func(_ *incident.State, s *incident.StepState) {
		s.Outcome, s.Took = engine.Done, 2300*time.Millisecond
		s.Proof = &engine.Proof{Holds: true, Says: "read back as it should be"}
	})
	return nil
}

func (f *fake) Verify(step string) error { return f.note("verify " + step) }
func (f *fake) Skip(step, reason string) error {
	return f.note(fmt.Sprintf("skip %s: %s", step, reason))
}
func (f *fake) Note(text string) error { return f.note("note: " + text) }
func (f *fake) Resume() error {
	f.change(func(s *incident.State) { s.Old = nil })
	return f.note("resume")
}
func (f *fake) Conclude(reason string) error { return f.note("conclude: " + reason) }
func (f *fake) Poll() error                  { return f.note("poll") }
