package failover_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/journal"
	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
	"pchatops/ops/mgmt"
	"pchatops/ops/procedures/failover"
	"pchatops/ops/procedures/procedurestest"
	"pchatops/ops/site"
)

const (
	// ownTime is what SQL Server takes for one small log backup.
	ownTime = 600 * time.Millisecond
	// shipping is the interval of the log shipping jobs: short enough that
	// none of a thousand backups outlives the retention of three days.
	shipping = 3 * time.Minute
	shipped  = time.Hour // how long they had run when the Agent stopped
)

// restores is a secondary with pending backups in its copy folder, and the step
// that applies them.
type restores struct {
	lab     *lab.Lab
	step    engine.Step
	runner  engine.Runner
	pending int
	own     time.Duration // what the server says its restores took
	said    int           // how many of them it told about
	first   time.Time     // intent
	last    time.Time     // outcome of an action
}

func newRestores(t testing.TB, pending int, speed float64) *restores {
	l := procedurestest.Start(t, lab.Options{
		Scenario: "healthy", Seed: 7, Start: time.Date(2026, 11, 21, 2, 52, 0, 0, time.UTC),
		Speed: speed, History: shipped, Interval: shipping,
		Pace: world.Pace{Base: ownTime, PerMB: time.Nanosecond},
	})
	behind(t, l.World(), pending)
	j, err := journal.Create(t.TempDir(), journal.Opening{ID: "bench", Site: "litware-lab", Procedure: "failover"}, journal.Options{By: "alice"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, j.Close()) })
	return &restores{
		lab: l, step: stepF3(t, l), pending: pending,
		runner: engine.Runner{Journal: j, Lease: procedurestest.Sole{}, Clock: procedurestest.Clock{}},
	}
}

// behind lets backups pile up while the secondary's Agent is stopped, brings
// them into the copy folder and switches data centre 1 off.
func behind(t testing.TB, w *world.World, pending int) {
	w.StopAgent(world.Secondary)
	w.Elapse(time.Duration(pending) * shipping)
	onShare, err := w.Backups(world.Share)
	require.NoError(t, err)
	copied, err := w.Backups(world.Folder)
	require.NoError(t, err)
	for _, name := range onShare {
		if slices.Contains(copied, name) {
			continue
		}
		content, err := os.ReadFile(filepath.Join(w.SharePath(), name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(w.FolderPath(), name), content, 0o600))
	}
	require.NoError(t, w.PowerOff("dc1"))
}

// stepF3 makes the step with the real clients of a site.
func stepF3(t testing.TB, l *lab.Lab) engine.Step { return step(t, l, "F3") }

func step(t testing.TB, l *lab.Lab, id string) engine.Step {
	s, found := procedurestest.Step(procedure(t, l), id)
	require.True(t, found)
	return s
}

func procedure(t testing.TB, l *lab.Lab) engine.Procedure {
	e, secrets := procedurestest.Reach(t, l, func(string) string { return "" })
	o := mgmt.Options{Secret: secrets.Resolve, Connect: e.Site.Intervals.Connect, Token: "bench"}
	hosts := mgmt.NewHosts(e.Site, site.Secondary, o)
	t.Cleanup(hosts.Close)
	e.Files = mgmt.NewFiles(hosts, o)
	e.Life = procedurestest.Died
	p, err := failover.New(e)
	require.NoError(t, err)
	return p
}

// apply runs the step as a console does.
func (r *restores) apply(t testing.TB) {
	res, err := r.runner.Run(context.WithoutCancel(t.Context()), "failover", r.step, accept, r.listen)
	require.NoError(t, err)
	require.Equal(t, engine.Done, res.Outcome, "%v", res.Err)
	require.GreaterOrEqual(t, res.Actions, r.pending)
	require.Equal(t, res.Actions, r.said, "the server tells of each restore how long it took")
}

func accept(engine.Step, *engine.Plan) (engine.Confirmation, bool) {
	return engine.Confirmation{Accepted: true}, true
}

// processed is how SQL Server ends a restore: "RESTORE LOG successfully
// processed 12 pages in 0.612 seconds (…)".
var processed = regexp.MustCompile(`^RESTORE LOG .* in (\d+\.\d+) seconds`)

func (r *restores) listen(e engine.Event) {
	switch e.Type {
	case engine.EventIntent:
		if r.first.IsZero() {
			r.first = e.Time
		}
	case engine.EventAction:
		r.last = e.Time
	case engine.EventLog:
		if m := processed.FindStringSubmatch(e.Line); m != nil {
			seconds, _ := strconv.ParseFloat(m[1], 64) // digits, as matched
			r.own += time.Duration(seconds * float64(time.Second))
			r.said++
		}
	default: // nothing to be measured
	}
}
