// Package procedurestest is what the tests of the procedures share: a simulated
// site with the console's own clients of it, an administrator who looks at its
// servers, and ways as long as wanted. Only tests import it.
package procedurestest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/lab"
	"pchatops/ops/lab/faults"
	"pchatops/ops/mssql"
	"pchatops/ops/procedures"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// Options are a site that has shipped its log for an hour, on a fast clock.
func Options(scenario string) lab.Options {
	return lab.Options{Scenario: scenario, Seed: 7, Speed: 60, History: time.Hour}
}

// Start starts a simulated site until the end of the test.
func Start(t testing.TB, o lab.Options) *lab.Lab {
	t.Helper()
	o.Dir = t.TempDir()
	l, err := lab.Start(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	return l
}

// Reach makes the estate of a simulated site, with its instances, and gives what
// resolves the site's credentials. recall gives the facts of earlier steps.
func Reach(t testing.TB, l *lab.Lab, recall func(string) string) (*procedures.Estate, *site.Secrets) {
	t.Helper()
	s, err := site.Load(l.Describe().Config)
	require.NoError(t, err)
	e := &procedures.Estate{
		Site: s, SQL: map[site.Role]procedures.Instance{}, Shipping: map[site.Role]procedures.ShippingServer{},
		Now: time.Now, Recall: recall,
	}
	secrets := site.NewSecrets(nil)
	for _, in := range s.Instances {
		server := mssql.New(mssql.Config{Instance: in, Database: s.Database, Site: s, Secrets: secrets, Connect: s.Intervals.Connect})
		t.Cleanup(func() { require.NoError(t, server.Close()) })
		e.SQL[in.Role], e.Shipping[in.Role] = server, server
	}
	return e, secrets
}

// Step finds a step of a procedure; false: it has none of that name.
func Step(p engine.Procedure, id string) (engine.Step, bool) {
	for _, s := range p.Steps {
		if s.ID == id {
			return s, true
		}
	}
	return engine.Step{}, false
}

// Unmet gives the gates of a step that do not hold, by name.
func Unmet(t testing.TB, s engine.Step) map[string]engine.Gate {
	t.Helper()
	p, err := engine.Planned(t.Context(), s)
	require.NoError(t, err, s.ID)
	out := map[string]engine.Gate{}
	for _, g := range p.Gates {
		if !g.Holds {
			out[g.Name] = g
		}
	}
	return out
}

// Far makes the ways to servers long, and counts what passes over them.
func Far(l *lab.Lab, roundTrip time.Duration, servers ...string) *faults.Meter {
	m := &faults.Meter{}
	for _, name := range servers {
		m.Watch(l.Link(name), roundTrip)
	}
	return m
}

// Lead takes the lock of every server, as a console that drives has done before
// it sends anything.
func Lead(t testing.TB, e *procedures.Estate) {
	t.Helper()
	for _, s := range e.SQL {
		require.NoError(t, s.(*mssql.Server).Lock(t.Context(), 0))
	}
}

// Died is a probe that has found every server dead that it is asked about.
func Died(_ context.Context, r site.Role) (status.Node, bool) {
	now := time.Now()
	return status.Node{Role: r, Asked: now, Life: status.Life{Verdict: status.Dead, Since: now.Add(-time.Minute)}}, true
}
