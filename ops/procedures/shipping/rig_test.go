package shipping

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
	"pchatops/ops/lab"
	"pchatops/ops/mssql"
	"pchatops/ops/procedures"
	"pchatops/ops/site"
)

// rig is a simulated site, with the console's own clients of its instances.
type rig struct {
	*procedures.Estate
	t        testing.TB
	lab      *lab.Lab
	observed map[string]string // what actions observed, as the journal keeps it
	said     []string          // their log
}

func newRig(t testing.TB, scenario string) *rig {
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
	r := &rig{t: t, lab: l, observed: map[string]string{}}
	r.Estate = &procedures.Estate{
		Site: s, SQL: map[site.Role]procedures.Instance{}, Shipping: map[site.Role]procedures.ShippingServer{}, Now: time.Now,
		Recall: func(name string) string { return r.observed[name] },
	}
	secrets := site.NewSecrets(nil)
	for _, in := range s.Instances {
		server := mssql.New(mssql.Config{Instance: in, Database: s.Database, Secrets: secrets})
		t.Cleanup(func() { require.NoError(t, server.Close()) })
		r.SQL[in.Role], r.Shipping[in.Role] = server, server
	}
	return r
}

// step finds a step of ship-primary or unship.
func (r *rig) step(id string) engine.Step {
	r.t.Helper()
	for _, make := range []func(*procedures.Estate) (engine.Procedure, error){New, NewUnship} {
		p, err := make(r.Estate)
		require.NoError(r.t, err)
		for _, s := range p.Steps {
			if s.ID == id {
				return s
			}
		}
	}
	r.t.Fatalf("no step %s", id)
	return engine.Step{}
}

func (r *rig) plan(id string) *engine.Plan {
	r.t.Helper()
	p, err := engine.Planned(r.t.Context(), r.step(id))
	require.NoError(r.t, err, id)
	return p
}

func (r *rig) proof(id string) *engine.Proof {
	r.t.Helper()
	p, err := engine.Proved(r.t.Context(), r.step(id))
	require.NoError(r.t, err, id)
	return p
}

// unmet gives the gates of a step that do not hold, by name.
func (r *rig) unmet(id string) map[string]engine.Gate {
	r.t.Helper()
	out := map[string]engine.Gate{}
	for _, g := range r.plan(id).Gates {
		if !g.Holds {
			out[g.Name] = g
		}
	}
	return out
}

// send sends what a step plans, whatever its gates say, and gives the error
// that ended it.
func (r *rig) send(id string) error {
	r.t.Helper()
	for _, a := range r.plan(id).Actions {
		if err := a.Do(r.t.Context(), r); err != nil {
			return err
		}
	}
	return nil
}

// ship runs steps one after the other and wants each proven.
func (r *rig) ship(ids ...string) {
	r.t.Helper()
	for _, id := range ids {
		require.Empty(r.t, r.unmet(id), id)
		require.NoError(r.t, r.send(id), id)
		p := r.proof(id)
		require.True(r.t, p.Holds, "%s: %s", id, p.Says)
	}
}

// already wants that steps have nothing left to do and prove it.
func (r *rig) already(ids ...string) {
	r.t.Helper()
	for _, id := range ids {
		res, err := engine.Inferred(r.t.Context(), r.step(id))
		require.NoError(r.t, err, id)
		require.True(r.t, res.Already, "%s is not already so: %+v", id, res.Plan)
	}
}

// sql runs a statement on an instance as an administrator would by hand, and
// gives its rows, a line each.
func (r *rig) sql(role, text string) []string {
	r.t.Helper()
	for _, in := range r.lab.Describe().Instances {
		if in.Role == role {
			return query(r.t, in, text)
		}
	}
	r.t.Fatalf("no %s", role)
	return nil
}

func query(t testing.TB, in lab.InstanceEndpoint, text string) []string {
	t.Helper()
	u := url.URL{
		Scheme: "sqlserver", User: url.UserPassword(in.User, in.Password), Host: fmt.Sprintf("%s:%d", in.Host, in.Port),
		RawQuery: "encrypt=false&trustservercertificate=true",
	}
	db, err := sql.Open("sqlserver", u.String())
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	rows, err := db.QueryContext(context.Background(), text)
	require.NoError(t, err, text)
	defer func() { _ = rows.Close() }()
	names, err := rows.Columns()
	require.NoError(t, err)
	var out []string
	for rows.Next() {
		values, into := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		require.NoError(t, rows.Scan(into...))
		out = append(out, strings.TrimSpace(fmt.Sprintln(values...)))
	}
	require.NoError(t, rows.Err(), text)
	return out
}

// Progress, Log and Observe make the rig the Reporter of its steps.
func (r *rig) Progress(engine.Progress)   {}
func (r *rig) Log(line string)            { r.said = append(r.said, line) }
func (r *rig) Observe(name, value string) { r.observed[name] = value }

// silent is a Reporter that nobody listens to.
type silent struct{}

func (silent) Progress(engine.Progress) {}
func (silent) Log(string)               {}
func (silent) Observe(string, string)   {}
