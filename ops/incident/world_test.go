package incident_test

import (
	"context"
	"fmt"
	"io"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"pchatops/ops/engine"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const secondary = `SQL11\RTC`

// world is a secondary that forgives nothing: a backup restored twice or out
// of order, or a database recovered too early, is a mistake.
type world struct {
	mu       sync.Mutex
	shipping bool
	backups  int // on the share
	restored int
	online   bool
	pool     string
	mistakes []string
	away     bool // nobody answers

	hold   chan struct{} // where not nil, restores wait for it
	inside chan struct{} // where not nil, told when a restore waits
	lose   int           // the restore after which the reply is lost; 0: none
}

func newWorld() *world { return &world{shipping: true, backups: 4, pool: "Normal"} }

func (w *world) read(f func() bool) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return f()
}

func (w *world) must(ok bool, what string) {
	if !ok {
		w.mistakes = append(w.mistakes, what)
	}
}

// procedure is the failover in small.
func (w *world) procedure() *engine.Procedure {
	return &engine.Procedure{
		ID: "failover", Title: "Fail over", Key: "F",
		Steps: []engine.Step{w.f1(), w.f3(), w.f4b(), w.f5(), w.f6()},
	}
}

// simple is a step of one action that is needed until is holds.
func (w *world) simple(id string, risk engine.Risk, is func() bool, do func()) engine.Step {
	return engine.Step{
		ID: id, Title: "step " + id, Risk: risk, Touches: []string{secondary},
		Plan: func(context.Context) (*engine.Plan, error) {
			if w.read(is) {
				return &engine.Plan{Already: "it is so"}, nil
			}
			return &engine.Plan{Confirm: "mgc", Actions: []engine.Action{{
				ID: id, Kind: engine.SQL, Target: secondary, Text: "EXEC " + id,
				Do: func(_ context.Context, r engine.Reporter) error {
					w.mu.Lock()
					defer w.mu.Unlock()
					w.must(!is(), id+" was sent twice")
					do()
					r.Observe(engine.RecoveredTo, "2026-11-21T02:45:00Z")
					return nil
				},
			}}}, nil
		},
		Verify: func(context.Context) (*engine.Proof, error) {
			return &engine.Proof{Holds: w.read(is), Says: "the servers were read"}, nil
		},
	}
}

func (w *world) f1() engine.Step {
	return w.simple("F1", engine.Reversible, func() bool { return !w.shipping }, func() { w.shipping = false })
}

func (w *world) f4b() engine.Step {
	return w.simple("F4b", engine.DataLoss, func() bool { return w.online }, func() {
		w.must(w.restored == w.backups, "recovered too early")
		w.online = true
	})
}

func (w *world) f5() engine.Step {
	s := w.simple("F5", engine.Reversible, func() bool { return w.pool == "FailedOver" }, func() { w.pool = "FailedOver" })
	s.Deferrable = true
	return s
}

func (w *world) f6() engine.Step {
	s := w.simple("F6", engine.RoleChange, func() bool { return true }, func() {})
	s.Plan = func(context.Context) (*engine.Plan, error) {
		return &engine.Plan{Skip: "no secondary mirror is configured"}, nil
	}
	return s
}

// f3 restores one backup after the other, the next from More.
func (w *world) f3() engine.Step {
	s := w.simple("F3", engine.Reversible, func() bool { return w.restored == w.backups || w.online }, nil)
	s.Plan = func(context.Context) (*engine.Plan, error) {
		w.mu.Lock()
		next, all := w.restored, w.backups
		if w.online {
			next = all
		}
		w.mu.Unlock()
		if next == all {
			return &engine.Plan{Already: "all backups are applied"}, nil
		}
		return &engine.Plan{Total: all - next, More: func(context.Context) (*engine.Action, error) {
			if next == all {
				return nil, io.EOF
			}
			next++
			a := w.restore(next)
			return &a, nil
		}}, nil
	}
	return s
}

func (w *world) restore(n int) engine.Action {
	id := fmt.Sprintf("restore %d", n)
	return engine.Action{
		ID: id, Kind: engine.SQL, Target: secondary, Text: "RESTORE LOG [mgc] " + id,
		Do: func(ctx context.Context, r engine.Reporter) error { return w.apply(ctx, n, r) },
	}
}

func (w *world) apply(ctx context.Context, n int, r engine.Reporter) error {
	for p := range 20 {
		r.Progress(engine.Progress{Percent: float64(p * 5)})
		r.Log(fmt.Sprintf("%d percent processed.", p*5))
	}
	if w.inside != nil {
		w.inside <- struct{}{}
	}
	if w.hold != nil {
		select {
		case <-w.hold:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.must(w.restored == n-1, fmt.Sprintf("restore %d after %d", n, w.restored))
	w.restored = n
	if w.lose == n {
		w.lose = 0
		return errLost
	}
	return nil
}

// failedOver asserts the state of the world in which everybody can chat again.
func (w *world) failedOver(t *testing.T) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	require.Empty(t, w.mistakes)
	require.Equal(t, []any{false, 4, true, "FailedOver"}, []any{w.shipping, w.restored, w.online, w.pool})
}
