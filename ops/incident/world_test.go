package incident_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/ops/journal"
	"pchatops/ops/site"
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
		ID: "failover", Title: "Fail over", Key: "F", Restored: "F4b",
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
	return w.simple("F5", engine.Reversible, func() bool { return w.pool == "FailedOver" }, func() { w.pool = "FailedOver" })
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

// console is one process: an incident on a journal file, and its end.
type console struct {
	*incident.Incident
	t       *testing.T
	journal *journal.Journal
	box     *incident.Mailbox
	last    *incident.State
	cancel  context.CancelFunc
	served  chan error
	cfg     incident.Config
}

type lease struct{ lost chan struct{} }

func (l lease) Held() error           { return nil }
func (l lease) Lost() <-chan struct{} { return l.lost }

var litware = &site.Site{Name: "litware-pchat", Danger: site.Lab}

// open starts a console on the folder's unfinished incident, or a new one.
func open(t *testing.T, dir string, w *world, change ...func(*incident.Config)) *console {
	t.Helper()
	chronicle := incident.NewChronicle()
	o := journal.Opening{ID: journal.NewID("litware-pchat", "failover", time.Now()), Site: "litware-pchat", Procedure: "failover"}
	j, err := journal.OpenLatest(dir, o, journal.Options{By: "alice"}, chronicle.Apply)
	require.NoError(t, err)
	c := &console{t: t, journal: j, served: make(chan error, 1)}
	c.cfg = incident.Config{
		Site: litware, Procedure: w.procedure(), Chronicle: chronicle, Journal: j, By: "alice",
		Lease: lease{lost: make(chan struct{})},
	}
	for _, f := range change {
		f(&c.cfg)
	}
	c.serve()
	return c
}

func (c *console) serve() {
	c.Incident = incident.New(c.cfg)
	c.box = c.Subscribe()
	ctx, cancel := context.WithCancel(c.t.Context())
	c.cancel = cancel
	go func() { c.served <- c.Serve(ctx) }()
}

// close ends the console as q does, and waits.
func (c *console) close() error {
	c.t.Helper()
	c.Shutdown()
	err := <-c.served
	c.cancel()
	if c.journal != nil {
		require.NoError(c.t, c.journal.Close())
	}
	return err
}

// kill ends the console as the end of its process does.
func (c *console) kill() {
	c.t.Helper()
	c.cancel()
	<-c.served
	_ = c.journal.Close()
}

// until waits for a State of which ok is true; the one seen last may be it.
func (c *console) until(what string, ok func(*incident.State) bool) *incident.State {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), 20*time.Second)
	defer cancel()
	for c.last == nil || !ok(c.last) {
		s, err := c.box.Next(ctx)
		require.NoError(c.t, err, "waiting for: %s", what)
		c.last = s
	}
	return c.last
}

func step(s *incident.State, id string) incident.StepState {
	for _, v := range s.Steps {
		if v.ID == id {
			return v
		}
	}
	return incident.StepState{}
}

// yes confirms whatever is asked.
func yes(_ engine.Step, p *engine.Plan) (engine.Confirmation, bool) {
	return engine.Confirmation{Accepted: true, Typed: p.Confirm, By: "alice"}, true
}

var given = engine.Confirmation{Accepted: true, Typed: "mgc"}

// audited checks every journal of a folder offline.
func audited(t *testing.T, dir string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, name := range files {
		f, err := os.Open(name)
		require.NoError(t, err)
		_, err = engine.Audited(f)
		require.NoError(t, f.Close())
		require.NoError(t, err)
	}
}
