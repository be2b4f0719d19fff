package mssql

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"pchatops/ops/lab/world"
)

// BenchmarkStatusPoll polls the five instances of the site at once over links
// of different length. It should take little more than one round trip.
func BenchmarkStatusPoll(b *testing.B) {
	e := newEstate(b, still)
	var servers []*Server
	var links []*link
	for _, in := range e.world.Instances() {
		if in.Role() == world.Witness {
			continue
		}
		s, l := e.server(in.Name())
		servers, links = append(servers, s), append(links, l)
	}
	servers = append(servers, servers[0]) // a fifth
	for _, trip := range []time.Duration{0, 20 * time.Millisecond, 80 * time.Millisecond, 200 * time.Millisecond} {
		b.Run(fmt.Sprintf("rtt=%s", trip), func(b *testing.B) {
			for _, l := range links {
				l.SetDelay(trip / 2)
			}
			poll(b, servers) // logs in
			for b.Loop() {
				poll(b, servers)
			}
		})
	}
}

func poll(b *testing.B, servers []*Server) {
	var all sync.WaitGroup
	for _, s := range servers {
		all.Go(func() {
			if _, err := s.Facts(b.Context()); err != nil {
				b.Error(err)
			}
		})
	}
	all.Wait()
}
