package main

import (
	"context"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/lab"
	"pchatops/ops/lab/faults"
	"pchatops/ops/lab/scenario"
)

// course is a procedure on a site where it has everything to do.
type course struct {
	procedure, scenario string
	// onward are the gates that the operator passes who goes on after a
	// disturbance, by step.
	onward map[string][]string
}

var courses = []course{
	{procedure: "failover", scenario: "failover"},
	// RESTORE DATABASE that was cut off leaves a database that nobody can tell
	// from somebody else's: it takes a phrase to overwrite it.
	{procedure: "ship-primary", scenario: "ship-primary-monitor", onward: map[string][]string{"P13b": {"nothing is overwritten"}}},
	{procedure: "ship-mirror", scenario: "ship-mirror"},
	{procedure: "topology", scenario: "topology"},
	{procedure: "unship", scenario: "healthy"},
}

// options start the course's site.
func (c course) options() lab.Options {
	s, err := scenario.Find(c.scenario)
	if err != nil {
		panic(err)
	}
	s.Procedure = c.procedure
	return lab.Options{Situation: &s}
}

// boundary is a request as the matrices know it: the step in which it is made,
// and to whom, without its values.
type boundary struct{ step, target, kind, text string }

// String is its line in the list of known boundaries.
func (b boundary) String() string {
	const long = 110
	text := []rune(b.text)
	if len(text) > long {
		text = []rune(fmt.Sprintf("%s… #%08x", string(text[:long]), crc32.ChecksumIEEE([]byte(b.text))))
	}
	return fmt.Sprintf("%-9s \t%-10s %-10s %s", b.step, b.target, b.kind, string(text))
}

// is reports whether a request is the one that is meant. What runs beside the
// opening of a console may come before or after its first step.
func (b boundary) is(meant boundary) bool {
	if meant.step == "open" {
		b.step = meant.step
	}
	return b == meant
}

// watcher counts requests by the step in which they are made.
type watcher struct {
	mu   sync.Mutex
	step string
	seen map[boundary]int
	all  []boundary // in the order of their first time
	fate func(b boundary, n int) lab.Verdict
}

func newWatcher(fate func(b boundary, n int) lab.Verdict) *watcher {
	return &watcher{step: "open", seen: map[boundary]int{}, fate: fate}
}

// request judges the n-th request of its boundary.
func (w *watcher) request(r lab.Request) lab.Verdict {
	w.mu.Lock()
	b := boundary{w.step, r.Target, r.Kind, r.Text}
	w.seen[b]++
	n := w.seen[b]
	if n == 1 {
		w.all = append(w.all, b)
	}
	w.mu.Unlock()
	if w.fate == nil {
		return lab.Verdict{}
	}
	return w.fate(b, n)
}

// event learns which step is under way: what is asked before the next plan is
// read belongs to the step that has ended.
func (w *watcher) event(e engine.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if e.Type == engine.EventPlanned || e.Type == engine.EventStep {
		w.step = e.Step
	}
	if e.Type == engine.EventStep {
		w.step = "after " + e.Step
	}
}

// recorded are the boundaries of an undisturbed run, and what it leaves.
type recorded struct {
	boundaries []boundary
	lines      int // of the journal
	end        picture
}

// recordOnce makes the undisturbed run of a course.
func recordOnce(t *testing.T, c course) (r recorded) {
	fell := &verdict{TB: t}
	inBubble(t, fell, func(t testing.TB, g *ground) {
		w := newWatcher(nil)
		o := c.options()
		o.OnRequest = w.request
		g.start(t.Context(), o)
		lines := &perishable{}
		e := g.run(t.Context(), proving{procedure: c.procedure, ask: best(nil), sink: w.event, recorder: lines.record})
		require.Equal(g.t, exitDone, e.code, e.says())
		r = recorded{w.all, lines.lines, g.picture()}
	})
	require.False(t, fell.failed(), "%s undisturbed: %s", c.procedure, fell.said.String())
	return r
}

// recordings are how many undisturbed runs a list is made of: what runs beside
// the steps is not asked in each of them.
const recordings = 3

// acceptNow writes the list of a course's boundaries anew.
func acceptNow(t *testing.T, c course) {
	var lines []string
	for range recordings {
		for _, b := range recordOnce(t, c).boundaries {
			lines = append(lines, b.String())
		}
	}
	slices.Sort(lines)
	require.NoError(t, os.MkdirAll(filepath.Dir(c.list()), 0o755))
	require.NoError(t, os.WriteFile(c.list(), []byte(strings.Join(slices.Compact(lines), "\n")+"\n"), 0o644))
}

// list is the file of the boundaries of a course that have been tried.
func (c course) list() string { return filepath.Join("testdata", "boundaries", c.procedure+".txt") }

// newBoundaries are those of which no list tells, in whatever step.
func newBoundaries(t testing.TB, c course, have []boundary) (news []int) {
	text, err := os.ReadFile(c.list())
	require.NoError(t, err)
	known := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		known[request(strings.TrimSpace(line))] = true
	}
	for i, b := range have {
		if !known[request(b.String())] {
			news = append(news, i)
		}
	}
	return news
}

// request is a line of a list without its step.
func request(line string) string {
	_, rest, _ := strings.Cut(line, " \t")
	return strings.Join(strings.Fields(rest), " ")
}

var fateNames = map[faults.Fate]string{
	faults.Pass: "slow", faults.CutBefore: "cut before", faults.CutAfter: "cut after", faults.CutMiddle: "cut in the reply",
	faults.StallBefore: "stalled before", faults.StallAfter: "stalled after",
}

// eventAnd is event, and then another sink.
func (w *watcher) eventAnd(then func(engine.Event)) func(engine.Event) {
	return func(e engine.Event) { w.event(e); then(e) }
}

// told holds the end of a run that was disturbed to what is so.
func (g *ground) told(e ended, where string) {
	require.Contains(g.t, []int{exitDone, exitFailed, exitRefused, exitUnknown, exitIncomplete}, e.code, "%s: %s", where, e.says())
	sum := g.lab.World().Ledger()
	require.Zero(g.t, sum.Lost, where)
	if e.code == exitDone {
		require.Empty(g.t, e.sum.LeftBehind)
		require.Empty(g.t, e.sum.Unread)
	}
}

// mostRuns is how often a console is started again before it counts as stuck.
const mostRuns = 3

// toItsEnd runs the course again, undisturbed, and compares the end. ctx is the
// case's.
func (g *ground) toItsEnd(ctx context.Context, c course, was recorded, e ended, where string) {
	for n := 0; e.code != exitDone; n++ {
		require.Less(g.t, n, mostRuns, "%s: it does not come to its end: %s", where, e.says())
		e = g.run(ctx, proving{procedure: c.procedure, ask: best(c.onward), sink: g.truthful})
	}
	require.Equal(g.t, was.end, g.picture(), where)
	sum := g.lab.World().Ledger()
	for file, n := range sum.Restored {
		require.Equal(g.t, 1, n, "%s: %s took effect so often", where, file)
	}
	require.LessOrEqual(g.t, sum.Started["Install-CsMirrorDatabase"], 1, where)
	g.audits()
}
