package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/journal"
	"pchatops/ops/lab"
	"pchatops/ops/lab/memnet"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// The proofs run whole with -prove (make prove), and a drawn part of their
// cases without.
var (
	proveAll  = flag.Bool("prove", false, "run every case of the matrices, not a drawn part")
	proveSeed = flag.Uint64("prove.seed", 0, "seed of the part that is drawn; 0: from the time")
	proveOnly = flag.String("prove.only", "", "only the cases whose names contain this")
)

// tally is a row of the table of make prove.
type tally struct {
	matrix                string
	cases, failed, chosen atomic.Int64
	unmet                 atomic.Int64 // cases whose moment never came
	notes                 []string
	began                 time.Time
}

func newTally(matrix string) *tally { return &tally{matrix: matrix, began: time.Now()} }

// report prints the row once the cases have ended.
func (m *tally) report(t testing.TB) {
	t.Cleanup(func() {
		fmt.Printf("PROVE | %-22s | %5d cases | %5d run | %3d never met | %3d failed | %4.0f s |\n",
			m.matrix, m.cases.Load(), m.chosen.Load(), m.unmet.Load(), m.failed.Load(), time.Since(m.began).Seconds())
		if few := max(2, m.chosen.Load()/20); m.unmet.Load() > few {
			t.Errorf("%s: %d of %d cases never came to their moment", m.matrix, m.unmet.Load(), m.chosen.Load())
		}
		for _, n := range m.notes {
			fmt.Println("PROVE |   " + n)
		}
	})
}

// drawnOf says which of n cases are to run: all, or about so many. The part is
// another each time, and the seed is printed.
func drawnOf(t testing.TB, matrix string, n, about int) func(i int) bool {
	if *proveAll || *proveOnly != "" || n <= about {
		return func(int) bool { return true }
	}
	seed := *proveSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano()) % 1e9
	}
	t.Logf("%s: about %d of %d cases, drawn with -prove.seed %d", matrix, about, n, seed)
	r := rand.New(rand.NewPCG(seed, uint64(len(matrix))))
	chosen := map[int]bool{}
	for _, i := range r.Perm(n)[:about] {
		chosen[i] = true
	}
	return func(i int) bool { return chosen[i] }
}

// atOnce are the cases that may run at the same time, over all matrices.
var atOnce = make(chan struct{}, 2)

// proveCase runs a case as a subtest in a bubble of virtual time.
func proveCase(t *testing.T, m *tally, name string, body func(t testing.TB, g *ground)) {
	if *proveOnly != "" && !strings.Contains(m.matrix+"/"+name, *proveOnly) {
		return
	}
	m.chosen.Add(1)
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		atOnce <- struct{}{}
		defer func() { <-atOnce }()
		fell := &verdict{TB: t}
		inBubble(t, fell, body)
		if fell.failed() {
			m.failed.Add(1)
			t.Error(fell.said.String())
		}
	})
}

// ground is a simulated site with consoles on its network.
type ground struct {
	t        *verdict
	dir      string
	net      *memnet.Network
	lab      *lab.Lab
	site     *site.Site
	consoles int
	passed   map[string][]string // gates that the operator passes
	copying  *engine.Proof       // of F2
}

// start builds the site.
func (g *ground) start(ctx context.Context, o lab.Options) {
	o.Seed, o.Dir, o.Listen = 7, g.dir, g.net.Listen
	if o.Speed == 0 {
		o.Speed = 1
	}
	if o.OnConsole == nil {
		o.OnConsole = func(procedure string) error {
			e := g.another(ctx, procedure)
			require.Equal(g.t, exitHeld, e.code, "the second console: %s", e.says())
			return nil
		}
	}
	var err error
	g.lab, err = lab.Start(ctx, o)
	require.NoError(g.t, err)
	g.site, err = site.Load(g.lab.Describe().Config)
	require.NoError(g.t, err)
}

func (g *ground) close() {
	if g.lab != nil {
		if err := g.lab.Close(); err != nil {
			g.t.Errorf("the lab: %v", err)
		}
	}
}

// proving is a run to come: who asks, over which journals.
type proving struct {
	procedure string
	ask       engine.Asker
	journals  string // folder; "": that of the first host
	recorder  func(engine.Recorder) engine.Recorder
	sink      func(engine.Event)
	host      *memnet.Host // nil: one of its own
	resume    string       // the incident to go on with
}

// ended is what came of a run.
type ended struct {
	code  int
	err   error
	sum   engine.Summary
	steps map[string]engine.Outcome
	text  string
}

// says is all that the console told of its end.
func (e ended) says() string {
	text := e.text
	if e.err != nil {
		text += e.err.Error()
	}
	return text
}

// proveLimit is how long a run may take, of the site's time.
const proveLimit = time.Hour

// run is `pchatops run` over the site's network.
func (g *ground) run(ctx context.Context, p proving) (e ended) {
	if p.journals == "" {
		p.journals = g.dir + "/journals"
	}
	if p.host == nil {
		p.host = g.net.Host()
	}
	e.steps = map[string]engine.Outcome{}
	time.Sleep(time.Second) // nobody starts two consoles in one millisecond
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	overdue := time.AfterFunc(proveLimit, func() {
		g.t.Errorf("the console has not ended after %s", proveLimit)
		cancel()
		p.host.Kill()
	})
	defer overdue.Stop()
	var out bytes.Buffer
	k, end := kinOn(p.host)
	s, err := open(ctx, ask{
		site: g.site, procedure: p.procedure, dir: p.journals, secrets: site.NewSecrets(nil), on: k, recorder: p.recorder, resume: p.resume, lab: true,
		patient: p.procedure == "failover",
	})
	if err == nil {
		sink := accompany(g.lab, func(ev engine.Event) {
			if ev.Type == engine.EventStep {
				e.steps[ev.Step] = ev.Outcome
			}
			if p.sink != nil {
				p.sink(ev)
			}
		})
		err = s.runAll(ctx, "", p.ask, output{w: &out, json: true}, sink, nil)
		err = errors.Join(err, s.close())
	}
	end()
	e.err, e.code = err, codeOf(ctx, err)
	e.text = out.String()
	e.sum = summaryIn(g.t, e.text)
	if m := resumable.FindStringSubmatch(e.says()); m != nil && p.resume == "" {
		p.resume = m[1]
		return g.run(ctx, p)
	}
	return e
}

// resumable is how a run refuses an incident that the servers contradict. The
// operator has read it, and goes on.
var resumable = regexp.MustCompile(`nothing was sent → go on with it with --resume (\S+),`)

// another is a colleague's console on another host.
func (g *ground) another(ctx context.Context, procedure string) ended {
	g.consoles++
	return g.run(ctx, proving{procedure: procedure, ask: best(nil), journals: fmt.Sprintf("%s/journals-%d", g.dir, g.consoles)})
}

// longEnough is how long it takes until a dead server counts as dead.
const longEnough = time.Minute

// look takes one look, as status does.
func (g *ground) look(ctx context.Context) (codes []string) {
	on, end := kinOn(g.net.Host())
	defer end()
	e := ask{site: g.site, secrets: site.NewSecrets(nil), on: on}.reach("reader")
	defer e.close()
	snapshot := e.prober().Look(ctx, longEnough)
	for _, f := range status.Diagnose(snapshot, g.site, time.Now()) {
		codes = append(codes, f.Code)
	}
	return codes
}

// audits proves every journal that the consoles have left.
func (g *ground) audits() {
	folders, err := filepath.Glob(g.dir + "/journals*")
	require.NoError(g.t, err)
	for _, folder := range folders {
		all, err := journal.List(folder)
		require.NoError(g.t, err)
		for _, i := range all {
			f, err := os.Open(i.Path)
			require.NoError(g.t, err)
			_, err = engine.Audited(f)
			require.NoError(g.t, errors.Join(err, f.Close()), i.Path)
		}
	}
}

// summaryIn reads the summary among the lines of a run; the zero value where
// there is none.
func summaryIn(t *verdict, text string) (sum engine.Summary) {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, `{"type":"summary"`) {
			require.NoError(t, json.Unmarshal([]byte(line), &sum))
		}
	}
	return sum
}
