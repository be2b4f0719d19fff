package tuitest

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/ops/journal"
	"pchatops/ops/lease"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// World is a site that the statements of a procedure change.
type World struct {
	Hold  chan struct{} // an action waits for its end; nil: none does
	Begun chan struct{} // an action that has begun says so; nil: none does

	mu  sync.Mutex
	did []string
}

// Has reports whether a statement was executed.
func (w *World) Has(text string) bool { return slices.Contains(w.Did(), text) }

// Did are the statements that were executed.
func (w *World) Did() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.did)
}

// Step is a step of one statement, confirmed by a text if one is given.
func (w *World) Step(id, title, text, confirm string, risk engine.Risk) engine.Step {
	act := engine.Action{ID: text, Kind: engine.SQL, Target: `SQL11\RTC`, Text: text, Do: func(context.Context, engine.Reporter) error {
		w.execute(text)
		return nil
	}}
	return engine.Step{
		ID: id, Title: title, Why: "needed", Risk: risk,
		Plan: func(context.Context) (*engine.Plan, error) {
			if w.Has(text) {
				return &engine.Plan{Already: text + " was done"}, nil
			}
			return &engine.Plan{Actions: []engine.Action{act}, Total: 1, Confirm: confirm}, nil
		},
		Verify: func(context.Context) (*engine.Proof, error) {
			return &engine.Proof{Holds: w.Has(text), Says: "read back: " + strconv.FormatBool(w.Has(text))}, nil
		},
	}
}

func (w *World) execute(text string) {
	if w.Begun != nil {
		w.Begun <- struct{}{}
	}
	if w.Hold != nil {
		<-w.Hold
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.did = append(w.did, text)
}

// Serve runs a real incident of the steps until the test ends, or until the
// returned function is called and has waited for its end. No server is polled:
// seen is all that is known of them, nil where none has answered yet.
func Serve(t *testing.T, s *site.Site, seen *status.Snapshot, steps ...engine.Step) (inc *incident.Incident, end func() error) {
	t.Helper()
	snapshots := make(chan *status.Snapshot, 1)
	if seen != nil {
		snapshots <- seen
	}
	inc = incident.New(incident.Config{
		Snapshots: snapshots, Site: s, Chronicle: incident.NewChronicle(), Journal: &record{}, Lease: free{}, By: "alice",
		Procedure: &engine.Procedure{ID: "failover", Title: "Failover", Steps: steps},
	})
	ended := make(chan error, 1)
	go func() { ended <- inc.Serve(context.Background()) }()
	end = sync.OnceValue(func() error { inc.Shutdown(); return <-ended })
	t.Cleanup(func() { require.NoError(t, end()) })
	return inc, end
}

// record is a journal in memory.
type record struct {
	mu  sync.Mutex
	seq uint64
}

func (r *record) Append(l journal.Line) (journal.Line, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seq++
	l.Seq, l.Time = r.seq, planned
	return l, nil
}

// free is the right to drive where nobody else does.
type free struct{}

func (free) Term(context.Context) (lease.Term, error)               { return 1, nil }
func (free) Settled(context.Context) (bool, error)                  { return false, nil }
func (free) Prove(context.Context, lease.Term, time.Duration) error { return nil }
func (free) Lost() <-chan struct{}                                  { return nil }
