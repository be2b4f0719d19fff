package shipmirror

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"pchatops/ops/await"
	"pchatops/ops/engine"
	"pchatops/ops/fault"
)

// sight is what the servers told last, of those times at which the mirror told anything.
type sight struct {
	mu   sync.Mutex
	last ends
}

func (s *sight) take(e ends) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e.mirror.ServerName != "" {
		s.last = e
	}
}

// away gives what the servers told last, and whether the chat was on the mirror.
func (m *shipMirror) away() (ends, bool) {
	m.seen.mu.Lock()
	defer m.seen.mu.Unlock()
	e := m.seen.last
	return e, principal(e.mirror) && !e.secondary.Database.Online()
}

// told lets a step say, whatever it comes to, that the chat runs on the mirror, and
// which step is the way back: a plan that is refused, a proof that does not hold, an
// error, and whatever is waited for.
func (m *shipMirror) told(step engine.Step) engine.Step {
	plan, verify := step.Plan, step.Verify
	step.Plan = func(ctx context.Context) (*engine.Plan, error) {
		p, err := plan(ctx)
		if err != nil {
			return nil, m.telling(err)
		}
		if e, away := m.away(); away {
			m.tellGates(step, p.Gates, e)
			m.tellActions(step, p.Actions, e)
		}
		return p, nil
	}
	step.Verify = func(ctx context.Context) (*engine.Proof, error) {
		p, err := verify(ctx)
		if err != nil {
			return nil, m.telling(err)
		}
		if e, away := m.away(); away && !p.Holds {
			p.Says = fault.Said(p.Says, m.stays(step, e))
		}
		return p, nil
	}
	return step
}

// stays says that the chat is on the mirror, and to all but the way back which that is.
func (m *shipMirror) stays(step engine.Step, e ends) string {
	if step.WayBack {
		return "the chat runs on the mirror " + m.mirror.label
	}
	return m.where(e)
}

// tellGates says it once, with the last gate that bars the way.
func (m *shipMirror) tellGates(step engine.Step, gates []engine.Gate, e ends) {
	for i := len(gates) - 1; i >= 0; i-- {
		g := &gates[i]
		if g.Holds {
			continue
		}
		if g.Do == "" {
			g.Do = m.stays(step, e)
		} else {
			g.Do = fault.Said(g.Do, m.stays(step, e))
		}
		return
	}
}

func (m *shipMirror) tellActions(step engine.Step, actions []engine.Action, e ends) {
	for i := range actions {
		for _, do := range []*func(context.Context, engine.Reporter) error{&actions[i].Do, &actions[i].Await} {
			if was := *do; was != nil {
				*do = func(ctx context.Context, r engine.Reporter) error {
					return m.telling(was(await.Besides(ctx, m.stays(step, e)), r))
				}
			}
		}
	}
}

// telling adds to an error where the chat ran when the servers were read last,
// and that there is a way back. Another console may have taken it meanwhile.
func (m *shipMirror) telling(err error) error {
	var f *fault.Error
	e, away := m.away()
	if !away || !errors.As(err, &f) {
		return err
	}
	told := *f
	told.Do = fmt.Sprintf("%s (the chat ran on the mirror %s when the servers were read at %s UTC: see where it runs now; step M22 goes back to %s: %s)",
		f.Do, m.mirror.label, e.read.UTC().Format(time.TimeOnly), m.primary.label, wayBack)
	return &told
}

// wayBack is the command that moves the chat back to the primary.
const wayBack = "run ship-mirror --step M22"
