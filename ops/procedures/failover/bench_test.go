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
	"pchatops/ops/mssql"
	"pchatops/ops/procedures"
	"pchatops/ops/procedures/failover"
	"pchatops/ops/site"
)

const (
	roundTrip = 20 * time.Millisecond
	// ownTime is what SQL Server takes for one small log backup.
	ownTime = 600 * time.Millisecond
	// shipping is the interval of the log shipping jobs: short enough that
	// none of a thousand backups outlives the retention of three days.
	shipping = 3 * time.Minute
	shipped  = time.Hour // history, as much as the Agent keeps of busier jobs
)

// BenchmarkApply runs F3 over a link of 20 ms and compares it with what the
// server itself says its restores took. The rest is the console's: statements
// on their way, headers, journal with fsync, plan and proof. The target is less
// than 5 % for 1,000 pending backups; PCHATOPS_BENCH_BACKUPS says how many
// there are (100). With few of them plan and proof weigh more, so they are told
// apart from what every restore costs.
func BenchmarkApply(b *testing.B) {
	pending := 100
	if v := os.Getenv("PCHATOPS_BENCH_BACKUPS"); v != "" {
		var err error
		pending, err = strconv.Atoi(v)
		require.NoError(b, err)
	}
	var wall, sending, own time.Duration
	restored := 0
	for b.Loop() {
		b.StopTimer()
		r := newRestores(b, pending)
		b.StartTimer()
		began := time.Now()
		r.apply(b)
		wall += time.Since(began)
		sending += r.last.Sub(r.first)
		own += r.own
		restored += r.said
	}
	n := float64(restored)
	b.ReportMetric(100*float64(wall-own)/float64(own), "overhead_%")
	b.ReportMetric(float64((wall-sending).Milliseconds())/float64(b.N), "plan+proof-ms")
	b.ReportMetric(float64((sending-own).Microseconds())/1000/n, "added-ms/backup")
	b.ReportMetric(float64(own.Microseconds())/1000/n, "server-ms/backup")
	b.ReportMetric(100*n*float64(roundTrip)/float64(own), "one-trip-each_%")
}

// restores is a secondary with pending backups in its copy folder, and the step
// that applies them.
type restores struct {
	step    engine.Step
	runner  engine.Runner
	pending int
	own     time.Duration // what the server says its restores took
	said    int           // how many of them it told about
	first   time.Time     // intent
	last    time.Time     // outcome of an action
}

func newRestores(b *testing.B, pending int) *restores {
	l, err := lab.Start(b.Context(), lab.Options{
		Scenario: "healthy", Seed: 7, Start: time.Date(2026, 11, 21, 2, 52, 0, 0, time.UTC), Speed: 1, Dir: b.TempDir(), History: shipped, Interval: shipping,
		Pace: world.Pace{Base: ownTime, PerMB: time.Nanosecond},
	})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, l.Close()) })
	behind(b, l.World(), pending)
	for _, name := range []string{`SQL11\RTC`, "SQL11"} {
		l.Link(name).SetDelay(roundTrip / 2)
	}
	j, err := journal.Create(b.TempDir(), journal.Opening{ID: "bench", Site: "litware-lab", Procedure: "failover"}, journal.Options{By: "alice"})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, j.Close()) })
	return &restores{
		step: stepF3(b, l.Describe().Config), pending: pending,
		runner: engine.Runner{Journal: j, Lease: sole{}, Clock: wallClock{}},
	}
}

// behind lets backups pile up while the secondary's Agent is stopped, brings
// them into the copy folder and switches data centre 1 off.
func behind(b *testing.B, w *world.World, pending int) {
	w.StopAgent(world.Secondary)
	w.Elapse(time.Duration(pending) * shipping)
	onShare, err := w.Backups(world.Share)
	require.NoError(b, err)
	copied, err := w.Backups(world.Folder)
	require.NoError(b, err)
	for _, name := range onShare {
		if slices.Contains(copied, name) {
			continue
		}
		content, err := os.ReadFile(filepath.Join(w.SharePath(), name))
		require.NoError(b, err)
		require.NoError(b, os.WriteFile(filepath.Join(w.FolderPath(), name), content, 0o600))
	}
	require.NoError(b, w.PowerOff("dc1"))
}

// stepF3 makes the step with the real clients of a site.
func stepF3(b *testing.B, config string) engine.Step {
	s, err := site.Load(config)
	require.NoError(b, err)
	secrets := site.NewSecrets(nil)
	e := &procedures.Estate{Site: s, SQL: map[site.Role]procedures.Instance{}, Now: time.Now, Recall: func(string) string { return "" }}
	for _, in := range s.Instances {
		sql := mssql.New(mssql.Config{Instance: in, Database: s.Database, Secrets: secrets, Connect: s.Intervals.Connect})
		b.Cleanup(func() { require.NoError(b, sql.Close()) })
		e.SQL[in.Role] = sql
	}
	o := mgmt.Options{Secret: secrets.Resolve, Connect: s.Intervals.Connect, Token: "bench"}
	hosts := mgmt.NewHosts(s, site.Secondary, o)
	b.Cleanup(hosts.Close)
	e.Files = mgmt.NewFiles(hosts, o)
	p, err := failover.New(e)
	require.NoError(b, err)
	for _, step := range p.Steps {
		if step.ID == "F3" {
			return step
		}
	}
	b.Fatal("no step F3")
	return engine.Step{}
}

// apply runs the step as a console does.
func (r *restores) apply(b *testing.B) {
	accept := func(engine.Step, *engine.Plan) (engine.Confirmation, bool) {
		return engine.Confirmation{Accepted: true}, true
	}
	res, err := r.runner.Run(context.WithoutCancel(b.Context()), "failover", r.step, accept, r.listen)
	require.NoError(b, err)
	require.Equal(b, engine.Done, res.Outcome, "%v", res.Err)
	require.GreaterOrEqual(b, res.Actions, r.pending)
	require.Equal(b, res.Actions, r.said, "the server tells of each restore how long it took")
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

// sole is the lease of a console that nobody disputes.
type sole struct{}

func (sole) Held() error           { return nil }
func (sole) Lost() <-chan struct{} { return nil }

type wallClock struct{}

func (wallClock) Now() time.Time { return time.Now() }
