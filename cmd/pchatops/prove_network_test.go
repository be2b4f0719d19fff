package main

import (
	"flag"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"pchatops/ops/lab"
	"pchatops/ops/lab/faults"
)

var acceptBoundaries = flag.Bool("prove.accept", false, "write the lists of known boundaries anew")

// networkSlice is how many cases of a course a plain run of the tests draws.
const networkSlice = 3

var networkFates = []faults.Fate{
	faults.CutBefore, faults.CutAfter, faults.CutMiddle, faults.StallBefore, faults.StallAfter, faults.Pass,
}

// Whatever the network does to one request, what the console says of the end is
// true, and another run leaves the site as an undisturbed one does.
func TestProveNetwork(t *testing.T) {
	t.Parallel()
	for _, c := range courses {
		t.Run(c.procedure, func(t *testing.T) {
			t.Parallel()
			if *acceptBoundaries {
				acceptNow(t, c)
				return
			}
			m := newTally("network: " + c.procedure)
			m.report(t)
			was := recordOnce(t, c)
			news := newBoundaries(t, c, was.boundaries)
			m.notes = append(m.notes, fmt.Sprintf("%d boundaries, each %d ways; left out: connecting, which no request is (the world matrix has it), and what is asked again, which differs in its values only", len(was.boundaries), len(networkFates)))
			n := len(was.boundaries) * len(networkFates)
			m.cases.Add(int64(n))
			chosen := drawnOf(t, m.matrix, n, networkSlice)
			for i := range n {
				at := i / len(networkFates)
				if b, fate := was.boundaries[at], networkFates[i%len(networkFates)]; chosen(i) || slices.Contains(news, at) {
					proveCase(t, m, fmt.Sprintf("%03d %s %s %s", at, b.step, b.target, fateNames[fate]), func(t testing.TB, g *ground) { disturbed(t, g, m, c, was, b, fate) })
				}
			}
			for _, at := range news {
				t.Errorf("a new boundary; `make boundaries` accepts it once it has been tried: %s", was.boundaries[at])
			}
		})
	}
}

// disturbed runs a course with one request disturbed, and then to its end.
func disturbed(t testing.TB, g *ground, m *tally, c course, was recorded, at boundary, fate faults.Fate) {
	ctx := t.Context()
	var met atomic.Bool
	w := newWatcher(func(b boundary, n int) lab.Verdict {
		if n != 1 || !b.is(at) || met.Swap(true) {
			return lab.Verdict{}
		}
		if fate == faults.Pass {
			return lab.Verdict{Delay: 3 * time.Second}
		}
		return lab.Verdict{Fate: fate}
	})
	o := c.options()
	o.OnRequest = w.request
	g.start(ctx, o)
	p := proving{procedure: c.procedure, ask: best(nil), sink: w.eventAnd(g.truthful)}
	e := g.run(ctx, p)
	if !met.Load() {
		m.unmet.Add(1) // what runs beside the steps was not needed this time
	}
	g.told(e, at.String())
	g.toItsEnd(ctx, c, was, e, at.String())
}
