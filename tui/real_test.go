package tui_test

import (
	"context"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/ops/journal"
	held "pchatops/ops/lease"
	"pchatops/ops/status"
	"pchatops/tui"
	"pchatops/tui/drive"
)

// world is a site that a procedure of two steps changes.
type world struct {
	mu   sync.Mutex
	did  []string
	hold chan struct{} // an action waits for its end; nil: none does
}

func (w *world) has(what string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, d := range w.did {
		if d == what {
			return true
		}
	}
	return false
}

// accepted is what an operator gives who has seen the first step's plan.
func accepted() engine.Confirmation {
	shown := engine.Show("F1", plan(`SQL11\RTC`, "exec sp_delete_log_shipping_secondary_database", ""))
	return engine.Confirmation{Accepted: true, Shown: &shown}
}

func (w *world) step(id, title, text, confirm string, risk engine.Risk) engine.Step {
	act := engine.Action{ID: text, Kind: engine.SQL, Target: `SQL11\RTC`, Text: text, Do: func(context.Context, engine.Reporter) error {
		if w.hold != nil {
			<-w.hold
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		w.did = append(w.did, text)
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
			return &engine.Proof{Holds: w.has(text), Says: "read back: " + strconv.FormatBool(w.has(text))}, nil
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

// serve runs a real incident on a world until the test ends.
func serve(t *testing.T, w *world) *incident.Incident {
	t.Helper()
	return serveSteps(t, []engine.Step{
		w.step("F1", "Remove log shipping", "exec sp_delete_log_shipping_secondary_database", "", engine.Reversible),
		w.step("F4b", "Bring mgc online", "RESTORE DATABASE [mgc] WITH RECOVERY", phrase, engine.DataLoss),
	})
}

func serveSteps(t *testing.T, list []engine.Step) *incident.Incident {
	t.Helper()
	seen := make(chan *status.Snapshot, 1)
	seen <- lost()
	inc := incident.New(incident.Config{
		Snapshots: seen,
		Site:      estate(), Chronicle: incident.NewChronicle(), Journal: &record{}, Lease: free{}, By: "alice",
		Procedure: &engine.Procedure{ID: "failover", Title: "Failover", Steps: list},
	})
	ended := make(chan error, 1)
	go func() { ended <- inc.Serve(context.Background()) }()
	t.Cleanup(func() {
		inc.Shutdown()
		require.NoError(t, <-ended)
	})
	return inc
}

func TestAnOperatorWalksThroughARealIncident(t *testing.T) {
	w := &world{}
	inc := serve(t, w)
	box := inc.Subscribe()
	defer box.Close()
	d := drive.Start(t, drive.Config{
		Options: tui.Options{Incident: inc, Site: estate(), Theme: "dark", Width: 80, Height: 24},
		Inbox:   box, Clock: drive.NewClock(night),
	})
	d.Expect("▸· F1", "driver alice")

	d.Press("j", "enter").Expect("LIVE · Run F4b").Advance(time.Second).Type(phrase).Press("enter")
	d.Expect("F1 is not done")
	require.False(t, w.has("RESTORE DATABASE [mgc] WITH RECOVERY"), "a later step must not overtake")

	d.Press("k", "enter").Expect("LIVE · Run F1", "exec sp_delete_log_shipping_secondary_database").Advance(time.Second).Press("y")
	d.Expect("✓ F1", "▸· F4b", "F1 done: read back: true")
	d.Press("enter").Expect("LIVE · Run F4b").Advance(time.Second).Type("yes").Press("enter").Shows("not the text asked for")
	require.False(t, w.has("RESTORE DATABASE [mgc] WITH RECOVERY"))
	d.Press("backspace", "backspace", "backspace").Type(phrase).Press("enter").Expect("✓ F4b", "2 of 2 done")
	require.True(t, w.has("RESTORE DATABASE [mgc] WITH RECOVERY"))
	d.Press("n").Type("back in service").Press("enter", "l").Expect("note: alice: back in service")
}
