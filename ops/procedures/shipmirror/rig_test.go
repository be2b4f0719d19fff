package shipmirror_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	_ "github.com/microsoft/go-mssqldb"
	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/journal"
	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
	"pchatops/ops/mgmt"
	"pchatops/ops/mssql"
	"pchatops/ops/procedures"
	"pchatops/ops/procedures/failover"
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

// sole is the lease of a console that nobody disputes.
type sole struct{}

func (sole) Held() error           { return nil }
func (sole) Lost() <-chan struct{} { return nil }

type wallClock struct{}

func (wallClock) Now() time.Time { return time.Now() }

func newRig(t *testing.T, scenario string) *rig {
	t.Helper()
	return rigOf(t, lab.Options{Scenario: scenario, Seed: 7, Speed: 60, History: time.Hour})
}

func rigOf(t testing.TB, o lab.Options) *rig {
	t.Helper()
	o.Dir = t.TempDir()
	l, err := lab.Start(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	s, err := site.Load(l.Describe().Config)
	require.NoError(t, err)
	r := &rig{t: t, lab: l, record: &record{engine.NewHistory()}}
	secrets := site.NewSecrets(nil)
	shell := mgmt.Options{Secret: secrets.Resolve, Poll: 100 * time.Millisecond}
	management, own := mgmt.NewHosts(s, site.Management, shell), mgmt.NewHosts(s, site.Secondary, shell)
	t.Cleanup(management.Close)
	t.Cleanup(own.Close)
	r.shell = mgmt.NewShell(s, management, shell)
	r.estate = &procedures.Estate{
		Site: s, SQL: map[site.Role]procedures.Instance{}, Shipping: map[site.Role]procedures.ShippingServer{},
		Shell: r.shell, Files: mgmt.NewFiles(own, shell), Now: time.Now,
		Recall: func(name string) string { return r.record.Facts[name] },
	}
	for _, in := range s.Instances {
		server := mssql.New(mssql.Config{Instance: in, Database: s.Database, Secrets: secrets})
		t.Cleanup(func() { require.NoError(t, server.Close()) })
		r.estate.SQL[in.Role], r.estate.Shipping[in.Role] = server, server
	}
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
	for _, s := range r.procedure().Steps {
		if s.ID == id {
			return s
		}
	}
	r.t.Fatalf("no step %s", id)
	return engine.Step{}
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
	runner := engine.Runner{Journal: r.record, Lease: sole{}, Clock: wallClock{}}
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

// failOver runs the whole failover to data centre 2.
func (r *rig) failOver() {
	r.t.Helper()
	p, err := failover.New(r.estate)
	require.NoError(r.t, err)
	for _, s := range p.Steps {
		res, err := r.run("failover", s)
		require.NoError(r.t, err, s.ID)
		require.Equal(r.t, engine.Done, res.Outcome, "%s: %v", s.ID, res.Err)
	}
}

// unmet gives the gates of a step that do not hold, by name.
func (r *rig) unmet(id string) map[string]engine.Gate {
	r.t.Helper()
	p, err := engine.Planned(r.t.Context(), r.step(id))
	require.NoError(r.t, err, id)
	out := map[string]engine.Gate{}
	for _, g := range p.Gates {
		if !g.Holds {
			out[g.Name] = g
		}
	}
	return out
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

// query sends a batch to an instance as an administrator would, and gives its
// rows as lines.
func (r *rig) query(instance, text string) []string {
	r.t.Helper()
	for _, i := range r.lab.Describe().Instances {
		if i.Name != instance {
			continue
		}
		u := url.URL{Scheme: "sqlserver", User: url.UserPassword(i.User, i.Password), Host: fmt.Sprintf("%s:%d", i.Host, i.Port), RawQuery: "encrypt=disable"}
		db, err := sql.Open("sqlserver", u.String())
		require.NoError(r.t, err)
		defer db.Close()
		rows, err := db.QueryContext(r.t.Context(), text)
		require.NoError(r.t, err)
		defer rows.Close()
		return lines(r.t, rows)
	}
	r.t.Fatalf("no instance %s", instance)
	return nil
}

func lines(t testing.TB, rows *sql.Rows) []string {
	t.Helper()
	columns, err := rows.Columns()
	require.NoError(t, err)
	var out []string
	for rows.Next() {
		values, to := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			to[i] = &values[i]
		}
		require.NoError(t, rows.Scan(to...))
		var line []string
		for i, c := range columns {
			line = append(line, fmt.Sprintf("%s=%v", c, values[i]))
		}
		out = append(out, strings.Join(line, " "))
	}
	require.NoError(t, rows.Err())
	return out
}
