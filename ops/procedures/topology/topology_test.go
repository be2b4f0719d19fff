package topology

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/procedures"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

const pool = "pchat.litwareinc.com"

type content = procedures.Topology

// published is a topology that a test edits; it counts how often it is read.
type published struct {
	content
	reads int
	fails error
}

func (p *published) Topology(context.Context) (procedures.Topology, error) {
	p.reads++
	return p.content, p.fails
}

func store(host string) status.Store {
	return status.Store{FQDN: host + ".litwareinc.com", Instance: "RTC"}
}

// bare is a topology before anything was configured.
func bare() *published {
	return &published{content: content{
		Host: "FE01", SHA256: "5be0", Bytes: 400,
		Services: []procedures.ChatService{{Pool: pool, Stores: status.Stores{Primary: store("sql01")}}},
		Replica:  procedures.Replica{Same: true}, Databases: []status.Store{store("sql01")},
	}}
}

// publish gives the pool its stores, here and in the hosts' copies.
func (p *published) publish(s status.Stores) {
	s.Primary = store("sql01")
	p.Services = []procedures.ChatService{{Pool: pool, Stores: s}}
}

func complete() status.Stores {
	return status.Stores{Mirror: store("sql02"), Backup: store("sql11"), BackupMirror: store("sql12")}
}

func litware() *site.Site {
	s := &site.Site{Name: "litware", Pool: pool, Intervals: site.Intervals{Shell: 30 * time.Second}}
	for role, host := range map[site.Role]string{
		site.Primary: "sql01", site.Mirror: "sql02", site.Secondary: "sql11", site.SecondaryMirror: "sql12",
	} {
		s.Instances = append(s.Instances, site.Instance{Role: role, Host: host + ".litwareinc.com", Name: "RTC", Label: host + `\RTC`})
	}
	return s
}

// rig is the procedure with a clock that only the test moves.
type rig struct {
	*published
	now   time.Time
	steps map[string]engine.Step
	order []string
}

func newRig(t *testing.T, s *site.Site) *rig {
	t.Helper()
	r := &rig{published: bare(), now: time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC), steps: map[string]engine.Step{}}
	p, err := New(&procedures.Estate{Site: s, Now: func() time.Time { return r.now }}, r.published)
	require.NoError(t, err)
	require.Equal(t, 30*time.Second, p.Watch, "steps turn done while somebody works in Topology Builder")
	for _, step := range p.Steps {
		r.steps[step.ID] = step
		r.order = append(r.order, step.ID)
	}
	return r
}

// done lists the steps that the published topology shows as done.
func (r *rig) done(t *testing.T) []string {
	t.Helper()
	out := []string{}
	for _, id := range r.order {
		res, err := engine.Inferred(t.Context(), r.steps[id])
		require.NoError(t, err, id)
		if res.Outcome == engine.Done {
			out = append(out, id)
		}
	}
	r.now = r.now.Add(time.Minute)
	return out
}

func TestStepsAreDoneAsSoonAsTheTopologyIsPublishedWithThem(t *testing.T) {
	r := newRig(t, litware())
	require.Equal(t, []string{"T1", "T2a", "T2b", "T2c", "T2d", "T2e", "T2f"}, r.order)
	require.Empty(t, r.done(t))

	for _, host := range []string{"sql02", "sql11", "sql12"} {
		r.Pools = append(r.Pools, procedures.Machines{FQDN: host + ".litwareinc.com"})
	}
	require.Equal(t, []string{"T1"}, r.done(t))
	r.publish(status.Stores{Mirror: store("sql99")})
	require.Equal(t, []string{"T1", "T2a"}, r.done(t), "mirroring is enabled, with the wrong store")
	r.publish(status.Stores{Mirror: store("sql02"), Backup: store("sql11")})
	require.Equal(t, []string{"T1", "T2a", "T2b", "T2c", "T2d"}, r.done(t))
	r.publish(complete())
	require.Equal(t, r.order, r.done(t))
}

func TestAnOpenStepGuidesWithTheSitesOwnNamesAndSendsNothing(t *testing.T) {
	r := newRig(t, litware())
	for id, names := range map[string][]string{
		"T1":  {"sql02.litwareinc.com", "sql11.litwareinc.com", "sql12.litwareinc.com"},
		"T2a": {pool, "sql02.litwareinc.com"}, "T2b": {"sql02.litwareinc.com"},
		"T2c": {pool}, "T2d": {"sql11.litwareinc.com"}, "T2e": {"sql12.litwareinc.com"}, "T2f": {"Publish"},
	} {
		p, err := engine.Planned(t.Context(), r.steps[id])
		require.NoError(t, err)
		require.True(t, p.Empty(), id)
		require.Empty(t, p.Already, id)
		require.Len(t, p.Gates, 1, id)
		require.False(t, p.Gates[0].Holds)
		require.Empty(t, p.Gates[0].Override, "nobody ticks off what can be checked")
		for _, n := range names {
			require.Contains(t, strings.Join(append(p.Notes, p.Gates[0].Want), "\n"), n, id)
		}
	}
}

func TestAProofKeepsTheHashOfThePublishedDocument(t *testing.T) {
	r := newRig(t, litware())
	r.publish(complete())
	proof, err := r.steps["T2d"].Verify(t.Context())
	require.NoError(t, err)
	require.True(t, proof.Holds)
	require.Contains(t, proof.Facts, engine.Fact{Name: "topology SHA-256", Value: "5be0"})
	require.Contains(t, proof.Facts, engine.Fact{Name: "log shipping secondary store", Value: `sql11.litwareinc.com\RTC`})
}

func TestPublishingIsNotDoneBeforeTheHostsHaveIt(t *testing.T) {
	r := newRig(t, litware())
	r.publish(complete())
	r.Replica.Same = false
	proof, err := r.steps["T2f"].Verify(t.Context())
	require.NoError(t, err)
	require.False(t, proof.Holds)
	require.Contains(t, proof.Says, "not yet replicated to FE01")
	r.Replica.Unread, r.now = "The local store cannot be opened.", r.now.Add(time.Minute)
	proof, err = r.steps["T2f"].Verify(t.Context())
	require.NoError(t, err)
	require.True(t, proof.Holds, "a host may keep no copy to compare with")
	require.Contains(t, proof.Says, "is not known, whose own copy cannot be read: The local store cannot be opened.")
}

// Loading the Management Shell takes seconds, so that one view serves the whole
// checklist; but never to hide what was published a moment ago.
func TestOneViewServesAllStepsThatAreDone(t *testing.T) {
	r := newRig(t, litware())
	r.Pools = []procedures.Machines{{FQDN: "sql02.litwareinc.com"}, {FQDN: "sql11.litwareinc.com"}, {FQDN: "sql12.litwareinc.com"}}
	r.publish(complete())
	require.Equal(t, r.order, r.done(t))
	require.Equal(t, 1, r.reads)

	r.publish(status.Stores{})
	_, err := r.steps["T2a"].Plan(t.Context())
	require.NoError(t, err)
	r.publish(complete())
	p, err := r.steps["T2a"].Plan(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, p.Already, "published between two looks at the same moment")
}

func TestASiteWithoutMirrorsSkipsTheirSteps(t *testing.T) {
	s := litware()
	var kept []site.Instance
	for _, i := range s.Instances {
		if i.Role == site.Primary || i.Role == site.Secondary {
			kept = append(kept, i)
		}
	}
	s.Instances = kept
	r := newRig(t, s)
	for _, id := range []string{"T2a", "T2b", "T2e"} {
		p, err := engine.Planned(t.Context(), r.steps[id])
		require.NoError(t, err)
		require.Contains(t, p.Skip, "no instance with role", id)
	}
	r.publish(status.Stores{Backup: store("sql11")})
	r.Databases = append(r.Databases, store("sql11"))
	require.Equal(t, []string{"T1", "T2c", "T2d", "T2f"}, r.done(t))
}

func TestWhatCannotBeReadIsNoOpenStep(t *testing.T) {
	r := newRig(t, litware())
	r.fails = errors.New("FE01 does not answer")
	_, err := r.steps["T2a"].Plan(t.Context())
	require.ErrorContains(t, err, "FE01 does not answer")

	r.fails, r.Services = nil, nil
	_, err = r.steps["T2a"].Plan(t.Context())
	require.True(t, fault.Is(err, fault.NotFound))
	require.ErrorContains(t, err, pool)

	s := litware()
	s.Instances = nil
	_, err = New(&procedures.Estate{Site: s}, bare())
	require.True(t, fault.Is(err, fault.Config))
}
