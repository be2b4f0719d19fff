package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/faults"
	"pchatops/ops/probe"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// pollers is a healthy site, and what asks its five instances.
type pollers struct {
	lab  *lab.Lab
	site *site.Site
}

func newPollers(t testing.TB) *pollers {
	l := startSite(t, "healthy", lab.Options{Speed: 1, History: time.Hour})
	s, err := site.Load(l.Describe().Config)
	require.NoError(t, err)
	return &pollers{lab: l, site: s}
}

// prober asks the instances and nobody else.
func (p *pollers) prober(e *estate) *probe.Prober {
	from := probe.Sources{SQL: map[site.Role]probe.SQL{}}
	for role, s := range e.sql {
		from.SQL[role] = s
	}
	return probe.New(p.site, from, time.Now)
}

// links gives the ways to the five instances.
func (p *pollers) links() []*faults.Link {
	var out []*faults.Link
	for _, i := range p.lab.Describe().Instances {
		out = append(out, p.lab.Link(i.Name))
	}
	return out
}

func allAnswer(t testing.TB, s *status.Snapshot) {
	t.Helper()
	require.Len(t, s.Nodes, 5)
	for i := range s.Nodes {
		require.True(t, s.Nodes[i].Reachable, "%s: %v", s.Nodes[i].Address, s.Nodes[i].Err)
	}
}

func TestAPollIsOneRoundTripToEachInstance(t *testing.T) {
	p := newPollers(t)
	e := ask{site: p.site, secrets: site.NewSecrets(nil)}.reach("poll")
	defer e.close()
	prober := p.prober(e)
	allAnswer(t, prober.Once(t.Context())) // logs in

	counted := make([]int, 5)
	for i, l := range p.links() {
		last := faults.ToClient
		l.CutWhen(func(d faults.Direction, _ []byte) bool {
			if d == faults.ToServer && last == faults.ToClient {
				counted[i]++
			}
			last = d
			return false
		})
	}
	allAnswer(t, prober.Once(t.Context()))
	for _, l := range p.links() {
		l.CutWhen(nil)
	}
	require.Equal(t, []int{1, 1, 1, 1, 1}, counted)
}

// BenchmarkStatusPoll asks five instances at once over links to a near, a far
// and a very far data centre. warm is what the panel costs again and again: one
// round trip beside what the servers themselves take, which rtt=0s shows. cold
// is the first look, which connects, agrees on encryption and logs in.
func BenchmarkStatusPoll(b *testing.B) {
	p := newPollers(b)
	for _, trip := range []time.Duration{0, 20 * time.Millisecond, 80 * time.Millisecond, 200 * time.Millisecond} {
		for _, l := range p.links() {
			l.SetDelay(trip / 2)
		}
		b.Run(fmt.Sprintf("warm/rtt=%s", trip), func(b *testing.B) {
			e := ask{site: p.site, secrets: site.NewSecrets(nil)}.reach("poll")
			defer e.close()
			prober := p.prober(e)
			allAnswer(b, prober.Once(b.Context()))
			for b.Loop() {
				allAnswer(b, prober.Once(b.Context()))
			}
			trips(b, trip)
		})
		b.Run(fmt.Sprintf("cold/rtt=%s", trip), func(b *testing.B) {
			for b.Loop() {
				e := ask{site: p.site, secrets: site.NewSecrets(nil)}.reach("poll")
				allAnswer(b, p.prober(e).Once(b.Context()))
				e.close()
			}
			trips(b, trip)
		})
	}
}

// trips tells how many round trips long an iteration was.
func trips(b *testing.B, trip time.Duration) {
	if trip > 0 {
		b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(trip), "trips/poll")
	}
}

// BenchmarkStartup is the whole life of a command: version alone, and status,
// which connects to five instances and two Windows hosts.
func BenchmarkStartup(b *testing.B) {
	c := consoleOn(b, startSite(b, "healthy", lab.Options{Speed: 1, History: time.Hour}))
	for _, command := range []string{"version", "status"} {
		b.Run(command, func(b *testing.B) {
			for b.Loop() {
				r := c.run(command)
				require.Equal(b, 0, r.code, r.stderr)
			}
		})
	}
}
