package incident_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/ops/journal"
	held "pchatops/ops/lease"
	"pchatops/ops/site"
)

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

func (l lease) Term(context.Context) (held.Term, error) { return 1, nil }
func (lease) Settled(context.Context) (bool, error)     { return false, nil }

func (l lease) Prove(context.Context, held.Term, time.Duration) error { return nil }
func (l lease) Lost() <-chan struct{}                                 { return l.lost }

var litware = &site.Site{Name: "litware-pchat", Danger: site.Lab}

// open starts a console on the folder's unfinished incident, or a new one.
func open(t *testing.T, dir string, w *world, change ...func(*incident.Config)) *console {
	t.Helper()
	chronicle := incident.NewChronicle()
	o := journal.Opening{ID: journal.NewID("litware-pchat", "failover", time.Now()), Site: "litware-pchat", Procedure: "failover"}
	found, err := journal.Unfinished(dir, o)
	require.NoError(t, err)
	var j *journal.Journal
	if len(found) > 0 {
		j, err = journal.Reopen(found[0].Path, journal.Options{By: "alice"}, chronicle.Apply)
	} else {
		j, err = journal.Create(dir, o, journal.Options{By: "alice"})
	}
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
	ctx, cancel := context.WithTimeout(c.t.Context(), 2*time.Minute)
	defer cancel()
	for c.last == nil || !ok(c.last) {
		s, err := c.box.Next(ctx)
		require.NoError(c.t, err, "waiting for: %s", what)
		c.last = s
	}
	return c.last
}

// Run confirms what the step's plan is now.
func (c *console) Run(id string, given engine.Confirmation) error {
	c.t.Helper()
	for _, s := range c.cfg.Procedure.Steps {
		if s.ID == id && given.Shown == nil {
			plan, err := s.Plan(c.t.Context())
			if err != nil { // the engine will be told the same
				plan = &engine.Plan{}
			}
			shown := engine.Show(id, plan)
			given.Shown = &shown
		}
	}
	return c.Incident.Run(id, given)
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
