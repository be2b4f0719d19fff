package plain

import (
	"context"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/ops/journal"
	held "pchatops/ops/lease"
)

const recovery = "RESTORE DATABASE [mgc] WITH RECOVERY"

// world is a site that a procedure of two steps changes.
type world struct {
	mu    sync.Mutex
	did   map[string]bool
	begun chan struct{}
	hold  chan struct{} // actions wait for its end
}

func (w *world) has(what string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.did[what]
}

func (w *world) step(id, title, text, confirm string, risk engine.Risk) engine.Step {
	act := engine.Action{ID: text, Kind: engine.SQL, Target: `SQL11\RTC`, Text: text, Do: func(context.Context, engine.Reporter) error {
		w.begun <- struct{}{}
		<-w.hold
		w.mu.Lock()
		defer w.mu.Unlock()
		w.did[text] = true
		return nil
	}}
	return engine.Step{
		ID: id, Title: title, Why: "needed", Risk: risk,
		Plan: func(context.Context) (*engine.Plan, error) {
			if w.has(text) {
				return &engine.Plan{Already: text + " was done"}, nil
			}
			return &engine.Plan{Actions: []engine.Action{act}, Total: 1, Confirm: confirm}, nil
		},
		Verify: func(context.Context) (*engine.Proof, error) {
			return &engine.Proof{Holds: w.has(text), Says: "mgc was read"}, nil
		},
	}
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
	l.Seq, l.Time = r.seq, night
	return l, nil
}

// free is the right to drive where nobody else does.
type free struct{}

func (free) Term(context.Context) (held.Term, error) { return 1, nil }
func (free) Settled(context.Context) (bool, error)   { return false, nil }

func (free) Prove(context.Context, held.Term, time.Duration) error { return nil }
func (free) Lost() <-chan struct{}                                 { return nil }

// serve runs a real incident on a world; the returned function waits for its
// end.
func serve(w *world) (*incident.Incident, func() error) {
	w.did, w.begun = map[string]bool{}, make(chan struct{}, 9)
	inc := incident.New(incident.Config{
		Site: estate(), Chronicle: incident.NewChronicle(), Journal: &record{}, Lease: free{}, By: "alice",
		Procedure: &engine.Procedure{ID: "failover", Title: "Failover", Steps: []engine.Step{
			w.step("F1", "Remove log shipping", "exec sp_delete_log_shipping_secondary_database", "", engine.Reversible),
			w.step("F4b", "Bring mgc online", recovery, phrase, engine.DataLoss),
		}},
	})
	ended := make(chan error, 1)
	go func() { ended <- inc.Serve(context.Background()) }()
	return inc, func() error { inc.Shutdown(); return <-ended }
}

// sitReal begins a conversation about a real incident. No server is polled:
// the first answers are given up on after their while.
func sitReal(t *testing.T, inc *incident.Incident) *teletype {
	t.Helper()
	y := begin(t, 80, func(ctx context.Context, o Options) error {
		o.Incident = inc
		return Run(ctx, o)
	})
	y.types("early").reads("Not taken, nothing was asked yet: early").clock.advance(patience)
	return y.reads("No server has answered yet.", "1 runs F1")
}

func TestAnOperatorWalksThroughARealIncident(t *testing.T) {
	w := &world{hold: make(chan struct{})}
	close(w.hold)
	inc, end := serve(w)
	y := sitReal(t, inc)

	y.types("2").reads("Type the number").types("F4b").reads("1 runs F4b").types("1").reads(recovery, asks).types(phrase)
	y.reads("F4b Bring mgc online: not run.", "F1 Remove log shipping is not done")
	require.False(t, w.has(recovery), "a later step must not overtake")

	y.reads("1 runs F1").types("1").reads("exec sp_delete_log_shipping_secondary_database", asks).types("yes")
	y.reads("F1 Remove log shipping: done", "Proof: mgc was read.", "1 runs F4b").types("1").reads(asks).types("yes")
	y.reads("not the text asked for").types(phrase).reads("F4b Bring mgc online: done", "No step is open.")
	require.True(t, w.has(recovery))

	y.types("2").reads("Type the number").types("1").reads("about F1").types("4").reads("F1 Remove log shipping: done", "1 runs F1")
	y.types("6").reads("Type the note").types("back in service").reads("Note by alice: back in service").types("0")
	require.NoError(t, y.end())
	require.NoError(t, end())
}

func TestTheEndOfTheInputEndsTheScreenAndNotTheStep(t *testing.T) {
	w := &world{hold: make(chan struct{})}
	inc, end := serve(w)
	y := sitReal(t, inc).types("1").reads(asks).types("yes").reads("F1 Remove log shipping is running.")
	<-w.begun
	require.NoError(t, y.keys.Close())
	y.reads("This console ends; F1 runs to its end.")
	require.NoError(t, y.end())
	close(w.hold)
	require.NoError(t, end())
	require.True(t, w.has("exec sp_delete_log_shipping_secondary_database"))
}

func TestAHangUpEndsAConversationThatNobodyPrintsAnyMore(t *testing.T) {
	inc, end := serve(&world{})
	in, keys := io.Pipe()
	printer, out := io.Pipe() // takes one byte and stops
	clock, ended := newClock(), make(chan error, 1)
	ctx, hangUp := context.WithCancel(t.Context())
	go func() { ended <- Run(ctx, Options{Incident: inc, In: in, Out: out, Clock: clock}) }()
	_, err := io.WriteString(keys, "early\n")
	require.NoError(t, err)
	_, err = printer.Read(make([]byte, 1))
	require.NoError(t, err)

	hangUp()
	require.Eventually(t, func() bool { clock.advance(time.Second); return len(ended) == 1 }, 2*time.Minute, time.Millisecond)
	require.ErrorIs(t, <-ended, context.Canceled)
	require.NoError(t, printer.Close())
	require.NoError(t, keys.Close())
	require.NoError(t, end())
}
