package probe

import (
	"fmt"
	"testing"
	"time"
)

// BenchmarkOnce polls five instances at the round trips of a near, a far and a
// very far data centre; the time of one poll should be about one round trip.
func BenchmarkOnce(b *testing.B) {
	for _, trip := range []time.Duration{20, 80, 200} {
		trip *= time.Millisecond
		b.Run(fmt.Sprint(trip), func(b *testing.B) {
			estate, servers, from := litware()
			for _, s := range servers {
				s.set(func(s *server) { s.delay = trip })
			}
			p := New(estate, from, time.Now)
			for b.Loop() {
				p.Once(b.Context())
			}
			b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(trip), "trips/poll")
		})
	}
}
