package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/lab"
	"pchatops/ops/lab/scenario"
	"pchatops/ops/lab/world"
	"pchatops/ops/lab/world/media"
)

// worldSlice is how many situations a plain run of the tests draws.
const worldSlice = 8

// leastSituations is how many there are to be.
const leastSituations = 60

// Every situation of the scenario files ends as its file says; and once it is
// mended, the console brings it to its end.
func TestProveWorld(t *testing.T) {
	t.Parallel()
	all := append(scenario.All(), scenario.World()...)
	require.GreaterOrEqual(t, len(all), leastSituations)
	m := newTally("world")
	m.report(t)
	m.cases.Add(int64(len(all)))
	chosen := drawnOf(t, m.matrix, len(all), worldSlice)
	for i, s := range all {
		if chosen(i) {
			proveCase(t, m, s.Name, func(t testing.TB, g *ground) { situation(t, g, s) })
		}
	}
}

// situation plays a scenario and asks the lab what came of it.
func situation(t testing.TB, g *ground, s scenario.Scenario) {
	ctx := t.Context()
	g.start(ctx, lab.Options{Situation: &s})
	codes := g.look(ctx)
	for _, code := range s.Expect.Findings {
		require.Contains(g.t, codes, code)
	}
	if s.Procedure == "" {
		require.Empty(g.t, codes)
		return
	}
	g.passed = s.Gates
	p := proving{procedure: s.Procedure, ask: best(s.Gates), sink: g.truthful}
	e := g.run(ctx, p)
	require.Equal(g.t, s.Expect.Exit, e.code, "%s", e.says())
	if s.Expect.Exit == exitDone || s.Expect.Stopped != "" {
		require.Equal(g.t, s.Expect.Stopped, e.sum.Stopped, "%s", e.says())
	}
	for _, part := range s.Expect.Says {
		require.Contains(g.t, e.says(), part)
	}
	g.leaves(e, s.Expect, 1)
	require.NoError(g.t, g.lab.Mishaps())
	require.Zero(g.t, g.lab.Due(), "events that never came about")

	installs := 1
	if e.steps["F6"] == engine.Failed || e.steps["F6"] == engine.Unknown && !g.lab.World().Truth().Mirrored {
		installs++ // what failed, or ended with its host, may be begun again
	}
	require.NoError(g.t, g.lab.Lift())
	again := g.run(ctx, p)
	require.Equal(g.t, s.Expect.Again, again.code, "once it is mended: %s", again.says())
	g.leaves(again, s.Expect, installs)
	if again.code == exitDone {
		g.finished(s.Procedure)
	}
	g.audits()
}

// leaves compares what a run says of what is lost with the ledger, and counts
// what must not be begun more than once.
func (g *ground) leaves(e ended, x scenario.Expect, installs int) {
	sum := g.lab.World().Ledger()
	require.LessOrEqual(g.t, sum.Lost, x.Lost, "shipped messages lost; %s", e.says())
	for file, n := range sum.Restored {
		require.Equal(g.t, 1, n, "%s took effect so often", file)
	}
	require.LessOrEqual(g.t, sum.Started["Install-CsMirrorDatabase"], installs)
	require.Empty(g.t, sum.Twice)
	require.Len(g.t, g.lab.World().Masters(), 1, "Central Management Stores that take changes")
	if e.code == exitDone {
		require.Zero(g.t, sum.Lost, "exit code 0")
		require.Empty(g.t, e.sum.LeftBehind)
		require.Empty(g.t, e.sum.Unread)
	}
	if e.sum.Procedure == "failover" && e.sum.Outcome != engine.EndRefused && sum.Live && sum.Lost > 0 {
		require.NotEmpty(g.t, append(leftWhys(e.sum.LeftBehind), unreadPlaces(e.sum.Unread)...), "%d messages are lost, and nobody says so", sum.Lost)
	}
	for _, why := range x.Left {
		require.True(g.t, slices.ContainsFunc(leftWhys(e.sum.LeftBehind), func(w string) bool { return strings.Contains(w, why) }),
			"%q is not among %v", why, e.sum.LeftBehind)
	}
}

func leftWhys(left []engine.Left) (out []string) {
	for _, l := range left {
		out = append(out, l.File+": "+l.Why)
	}
	return out
}

func unreadPlaces(unread []engine.Unread) (out []string) {
	for _, u := range unread {
		out = append(out, u.Place+": "+u.Why)
	}
	return out
}

// truthful holds every `done` to what is so at that moment, apart from what its proof
// owns up to.
func (g *ground) truthful(e engine.Event) {
	if e.Type != engine.EventStep || e.Outcome != engine.Done {
		return
	}
	is := g.lab.World().Truth()
	if e.Step == "F2" {
		g.copying = e.Proof
	}
	is.ToCopy = slices.DeleteFunc(is.ToCopy, func(name string) bool { return named(g.copying, name) })
	if e.Step == "F3" {
		is.ToApply = slices.DeleteFunc(is.ToApply, func(name string) bool { return named(e.Proof, name) })
	}
	copied := len(is.ToCopy) == 0 || g.passed["F2"] != nil
	there := copied || !slices.ContainsFunc(is.ToCopy, g.missing) // what is damaged inside shows only when it is restored
	so, known := map[string]bool{
		"F1": !is.Shipping, "F2": there, "F3": copied && len(is.ToApply) == 0 || g.passed["F3"] != nil, "F4b": is.Live != "", "F5a": len(is.Masters) == 1, "F5": is.Pool == "FailedOver", "F6": is.Mirrored,
		"F7": len(is.Active) > 0 && !slices.ContainsFunc(is.Active, func(s string) bool { return !strings.HasPrefix(s, "chat1") }),
	}[e.Step]
	if known && !so {
		g.t.Errorf("%s is told to be done, and is not: %+v", e.Step, is)
	}
}

// missing reports whether the copy folder has no file that bears the header of a
// backup on the share, damaged inside or not.
func (g *ground) missing(name string) bool {
	w := g.lab.World()
	want, _ := media.Read(filepath.Join(w.SharePath(), name), 1)
	copied, err := filepath.Glob(filepath.Join(w.FolderPath(), "*"))
	require.NoError(g.t, err)
	return want == nil || !slices.ContainsFunc(copied, func(path string) bool {
		got, _ := media.Read(path, 1)
		return got != nil && got.Set == want.Set
	})
}

// finished holds the site to the end of a procedure.
func (g *ground) finished(procedure string) {
	w := g.lab.World()
	is := w.Truth()
	switch procedure {
	case "failover":
		require.Equal(g.t, `SQL11\RTC`, is.Live)
		require.Equal(g.t, "FailedOver", is.Pool)
		require.True(g.t, is.Mirrored)
		require.False(g.t, is.Shipping)
		require.Len(g.t, is.Active, 4)
	case "ship-primary", "ship-mirror":
		require.True(g.t, is.Shipping)
		require.True(g.t, is.Rolls)
		require.Equal(g.t, []string{w.Instance(world.Primary).Name()}, is.Principal)
	}
}
