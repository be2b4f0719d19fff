package engine_test

import (
	"context"
	"errors"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"pchatops/ops/engine"
	"pchatops/ops/journal"
	held "pchatops/ops/lease"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is one step on a real journal, with what happened around it.
type rig struct {
	t       *testing.T
	path    string
	journal *journal.Journal
	lease   *lease
	clock   *clock
	runner  *engine.Runner

	mu     sync.Mutex
	events []engine.Event
	sent   []string // actions that reached the server, in order
	holds  bool     // the step's postcondition
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{t: t, lease: &lease{lost: make(chan struct{})}, clock: &clock{at: time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)}}
	j, err := journal.Create(t.TempDir(), journal.Opening{ID: "i1", Site: "litware-pchat", Procedure: "failover"},
		journal.Options{By: "alice", Now: r.clock.Now})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, j.Close()) })
	r.journal, r.path = j, j.Path()
	r.runner = &engine.Runner{Journal: j, Lease: r.lease, Clock: r.clock}
	return r
}

type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(time.Millisecond)
	return c.at
}

type lease struct {
	lost chan struct{}
	err  error
}

func (l *lease) Term(context.Context) (held.Term, error) { return 1, l.err }
func (*lease) Settled(context.Context) (bool, error)     { return false, nil }

func (l *lease) Prove(context.Context, held.Term, time.Duration) error {
	select {
	case <-l.lost:
		return errors.Join(held.ErrOver, l.err)
	default:
		return l.err
	}
}

func (l *lease) Lost() <-chan struct{} { return l.lost }

func (r *rig) sink(e engine.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
}

// action reaches the server and then ends as do says; nil: well.
func (r *rig) action(id string, do func(ctx context.Context, rep engine.Reporter) error) engine.Action {
	return engine.Action{
		ID: id, Kind: engine.SQL, Target: `SQL11\RTC`, Text: "EXEC " + id,
		Do: func(ctx context.Context, rep engine.Reporter) error {
			r.sent = append(r.sent, id)
			if do == nil {
				return nil
			}
			return do(ctx, rep)
		},
	}
}

// step plans what it is given and holds when the rig says so.
func (r *rig) step(risk engine.Risk, plan *engine.Plan) engine.Step {
	return engine.Step{
		ID: "F4b", Title: "Bring mgc online", Why: "Chat is back after it.", Risk: risk,
		Plan: func(context.Context) (*engine.Plan, error) { return plan, nil },
		Verify: func(ctx context.Context) (*engine.Proof, error) {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			return &engine.Proof{Holds: r.holds, Says: "mgc is as it is", Facts: []engine.Fact{{Name: "state", Value: "ONLINE"}}}, nil
		},
	}
}

// answer gives a confirmation to whatever is asked.
func answer(c engine.Confirmation) engine.Asker {
	return func(engine.Step, *engine.Plan) (engine.Confirmation, bool) { return c, true }
}

// run runs a step that has been accepted.
func (r *rig) run(step engine.Step) (engine.Result, error) {
	r.t.Helper()
	return r.runner.Run(r.t.Context(), "failover", step, answer(engine.Confirmation{Accepted: true}), r.sink)
}

// history folds the journal as it lies on the disk.
func (r *rig) history() *engine.History {
	r.t.Helper()
	f, err := os.Open(r.path)
	require.NoError(r.t, err)
	defer f.Close()
	h := engine.NewHistory()
	_, err = journal.Replay(f, h.Apply)
	require.NoError(r.t, err)
	return h
}

func (r *rig) types() []journal.Type {
	r.t.Helper()
	f, err := os.Open(r.path)
	require.NoError(r.t, err)
	defer f.Close()
	var out []journal.Type
	_, err = journal.Replay(f, func(l journal.Line) error { out = append(out, l.Type); return nil })
	require.NoError(r.t, err)
	return out
}

func (r *rig) audit() (engine.Audit, error) {
	r.t.Helper()
	f, err := os.Open(r.path)
	require.NoError(r.t, err)
	defer f.Close()
	return engine.Audited(f)
}

var errServer = errors.New("the server said no")
