package shipping

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/lab"
	"pchatops/ops/procedures"
	"pchatops/ops/procedures/procedurestest"
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
	return rigOf(t, procedurestest.Options(scenario))
}

func rigOf(t testing.TB, o lab.Options) *rig {
	t.Helper()
	r := &rig{t: t, lab: procedurestest.Start(t, o), observed: map[string]string{}}
	r.Estate, _ = procedurestest.Reach(t, r.lab, func(name string) string { return r.observed[name] })
	return r
}

// step finds a step of ship-primary or unship.
func (r *rig) step(id string) engine.Step {
	r.t.Helper()
	for _, make := range []func(*procedures.Estate) (engine.Procedure, error){New, NewUnship} {
		p, err := make(r.Estate)
		require.NoError(r.t, err)
		if s, found := procedurestest.Step(p, id); found {
			return s
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
	return procedurestest.Unmet(r.t, r.step(id))
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

// sql runs a statement on an instance as an administrator would by hand.
func (r *rig) sql(role, text string) []string {
	r.t.Helper()
	return procedurestest.Query(r.t, r.lab, role, text)
}

// Progress, Log and Observe make the rig the Reporter of its steps.
func (r *rig) Progress(engine.Progress)   {}
func (r *rig) Log(line string)            { r.said = append(r.said, line) }
func (r *rig) Observe(name, value string) { r.observed[name] = value }

// Keep observes facts.
func (r *rig) Keep(facts ...engine.Fact) error {
	for _, f := range facts {
		r.Observe(f.Name, f.Value)
	}
	return nil
}

// silent is a Reporter that nobody listens to.
type silent struct{}

func (silent) Progress(engine.Progress)  {}
func (silent) Log(string)                {}
func (silent) Observe(string, string)    {}
func (silent) Keep(...engine.Fact) error { return nil }
