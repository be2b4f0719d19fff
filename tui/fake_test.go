package tui_test

import (
	"context"
	"sync"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
)

// fake is an incident that does at once what it is asked, and remembers it.
type fake struct {
	mu    sync.Mutex
	state incident.State
	fresh chan struct{}
	over  chan struct{}
	seen  uint64

	plans   map[string]*engine.Plan // what planning a step finds
	planErr error
	refuse  error // the answer to every request
	hold    bool  // planning stays under way
	runs    []run
	left    *incident.Left  // what the next run has left to decide
	changes *engine.Plan    // what the next run finds instead of what was confirmed
	shown   []*engine.Shown // what the operator saw, run by run
	asked   []string
}

type run struct {
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
		f.mu.Lock()
		if f.state.Seq > f.seen {
			f.seen = f.state.Seq
			s := f.state
			s.Steps = append([]incident.StepState(nil), s.Steps...)
			f.mu.Unlock()
			return &s, nil
		}
		f.mu.Unlock()
		select {
		case <-f.fresh:
		case <-f.over:
			return nil, context.Canceled
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (f *fake) Close() {}

// finish ends the incident.
func (f *fake) finish() { close(f.over) }

// Subscribe belongs to consoles that are started by tui.Run.
func (f *fake) Subscribe() *incident.Mailbox { return nil }

func (f *fake) latest() uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.state.Seq
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

// step publishes a change of one step.
func (f *fake) step(id string, with func(*incident.StepState)) {
	f.change(func(s *incident.State) {
		for i := range s.Steps {
			if s.Steps[i].ID == id {
				with(&s.Steps[i])
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
	return append([]string(nil), f.asked...)
}

func (f *fake) confirmed() []run {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]run(nil), f.runs...)
}

func (f *fake) Plan(step string) error {
	if err := f.note("plan " + step); err != nil || f.hold {
		return err
	}
	f.step(step, func(s *incident.StepState) {
		s.Plan, s.PlanErr, s.PlanAt = f.plans[step], f.planErr, night.Add(time.Duration(len(f.asked))*time.Millisecond)
	})
	return nil
}

func (f *fake) Run(step string, c engine.Confirmation) error {
	f.mu.Lock()
	f.shown = append(f.shown, c.Shown)
	c.Shown = nil
	f.runs = append(f.runs, run{step, c})
	f.mu.Unlock()
	if err := f.note("run " + step); err != nil {
		return err
	}
	if p := f.changes; p != nil {
		f.changes = nil
		f.step(step, func(s *incident.StepState) {
			s.Plan, s.Changed = p, &engine.Changed{News: []string{"mgc on SQL12, ONLINE would be lost, too"}}
			s.Err = s.Changed
		})
		return nil
	}
	if f.left != nil {
		f.step(step, func(s *incident.StepState) { s.Outcome, s.Left = engine.Failed, f.left })
		f.left = nil
		return nil
	}
	f.step(step, func(s *incident.StepState) {
		s.Outcome, s.Took = engine.Done, 2300*time.Millisecond
		s.Proof = &engine.Proof{Holds: true, Says: "read back as it should be"}
	})
	return nil
}

func (f *fake) Verify(step string) error       { return f.note("verify " + step) }
func (f *fake) Skip(step, reason string) error { return f.note("skip " + step + ": " + reason) }
func (f *fake) Note(text string) error         { return f.note("note: " + text) }
func (f *fake) Resume() error {
	f.change(func(s *incident.State) { s.Old = nil })
	return f.note("resume")
}
func (f *fake) Conclude(reason string) error { return f.note("conclude: " + reason) }
func (f *fake) Poll() error                  { return f.note("poll") }
