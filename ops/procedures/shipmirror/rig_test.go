package shipmirror_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/journal"
	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
	"pchatops/ops/mgmt"
	"pchatops/ops/procedures"
	"pchatops/ops/procedures/failover"
	"pchatops/ops/procedures/procedurestest"
	"pchatops/ops/procedures/shipmirror"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

const (
	primary = `SQL01\RTC`
	mirror  = `SQL02\RTC`
)

// rig is a simulated site with the console's own clients of it, and an operator.
type rig struct {
	t      testing.TB
	lab    *lab.Lab
	estate *procedures.Estate
	shell  *mgmt.Shell
	record *record
}

// record is the incident's journal, in memory.
type record struct{ *engine.History }

func (r *record) Append(l journal.Line) (journal.Line, error) { return l, r.Apply(l) }

func newRig(t *testing.T, scenario string) *rig {
	t.Helper()
	return rigOf(t, procedurestest.Options(scenario))
}

func rigOf(t testing.TB, o lab.Options) *rig {
	t.Helper()
	r := &rig{t: t, lab: procedurestest.Start(t, o), record: &record{engine.NewHistory()}}
	e, secrets := procedurestest.Reach(t, r.lab, func(name string) string { return r.record.Facts[name] })
	shell := mgmt.Options{Secret: secrets.Resolve, Poll: 100 * time.Millisecond}
	management, own := mgmt.NewHosts(e.Site, site.Management, shell), mgmt.NewHosts(e.Site, site.Secondary, shell)
	t.Cleanup(management.Close)
	t.Cleanup(own.Close)
	r.shell = mgmt.NewShell(e.Site, management, shell)
	e.Shell, e.Files = r.shell, mgmt.NewFiles(own, shell)
	r.estate = e
	return r
}

func (r *rig) procedure() engine.Procedure {
	r.t.Helper()
	p, err := shipmirror.New(r.estate, r.shell)
	require.NoError(r.t, err)
	return p
}

func (r *rig) step(id string) engine.Step {
	r.t.Helper()
	s, found := procedurestest.Step(r.procedure(), id)
	require.True(r.t, found, id)
	return s
}

// run runs a step as a console does; the operator types what is asked for, and
// accepts the gates that are named.
func (r *rig) run(procedure string, s engine.Step, accept ...string) (engine.Result, error) {
	r.t.Helper()
	operator := func(_ engine.Step, p *engine.Plan) (engine.Confirmation, bool) {
		c := engine.Confirmation{Accepted: true, Typed: p.Confirm, Overrides: map[string]string{}}
		for _, g := range p.Gates {
			for _, name := range accept {
				if g.Name == name {
					c.Overrides[name] = g.Override
				}
			}
		}
		return c, true
	}
	runner := engine.Runner{Journal: r.record, Lease: procedurestest.Sole{}, Clock: procedurestest.Clock{}}
	return runner.Run(context.WithoutCancel(r.t.Context()), procedure, s, operator, nil)
}

// do runs steps of ship-mirror and wants each done.
func (r *rig) do(ids ...string) {
	r.t.Helper()
	for _, id := range ids {
		res, err := r.run("ship-mirror", r.step(id))
		require.NoError(r.t, err, id)
		require.Equal(r.t, engine.Done, res.Outcome, "%s: %v", id, res.Err)
	}
}

// failOver runs the whole failover to data centre 2. Nobody probes here, so the
// operator vouches for the primary's death, and for a port that nobody tries.
func (r *rig) failOver() {
	r.t.Helper()
	p, err := failover.New(r.estate)
	require.NoError(r.t, err)
	for _, s := range p.Steps {
		res, err := r.run("failover", s, "no live primary", `mirroring endpoint of SQL12\RTC`)
		require.NoError(r.t, err, s.ID)
		require.Equal(r.t, engine.Done, res.Outcome, "%s: %v", s.ID, res.Err)
	}
}

// unmet gives the gates of a step that do not hold, by name.
func (r *rig) unmet(id string) map[string]engine.Gate {
	r.t.Helper()
	return procedurestest.Unmet(r.t, r.step(id))
}

func (r *rig) facts(role site.Role) status.Facts {
	r.t.Helper()
	f, err := r.estate.SQL[role].Facts(r.t.Context())
	require.NoError(r.t, err)
	return f
}

// moved lets somebody else make one of the partners the principal.
func (r *rig) moved(newPrincipal string) {
	r.t.Helper()
	require.NoError(r.t, r.world().FailoverDatabase(r.t.Context(), newPrincipal, false, func(string) {}))
	r.world().Elapse(time.Minute)
}

func (r *rig) world() *world.World { return r.lab.World() }

// query sends a batch to an instance as an administrator would.
func (r *rig) query(instance, text string) []string {
	r.t.Helper()
	return procedurestest.Query(r.t, r.lab, instance, text)
}
