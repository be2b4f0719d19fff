package shipmirror_test

import (
	"testing"
	"time"

	"pchatops/ops/lab"
	"pchatops/ops/lab/faults"
	"pchatops/ops/lab/world"
	"pchatops/ops/procedures/procedurestest"
)

// BenchmarkShipMirrorOver80ms runs the procedure over links with 80 ms of round
// trip, the connections that it opens first included. The clock is the real one.
// console-ms is what is left without the time in which a server had a request to
// answer, its jobs among it: what the console adds. The target is under 3
// seconds.
func BenchmarkShipMirrorOver80ms(b *testing.B) {
	var total, servers time.Duration
	for b.Loop() {
		b.StopTimer()
		r := rigOf(b, lab.Options{
			Scenario: "ship-mirror", Seed: 7, Speed: 1, History: time.Hour, Pace: world.Pace{Base: time.Nanosecond, PerMB: time.Nanosecond},
		})
		meter := r.far(80 * time.Millisecond)
		b.StartTimer()
		started := time.Now()
		for _, id := range all {
			begun := time.Now()
			r.do(id)
			b.ReportMetric(float64(time.Since(begun).Milliseconds()), id+"-ms")
		}
		total, servers = total+time.Since(started), servers+meter.Busy()
	}
	b.ReportMetric(float64(servers.Milliseconds())/float64(b.N), "servers-ms")
	b.ReportMetric(float64((total-servers).Milliseconds())/float64(b.N), "console-ms")
}

// far makes the ways to all servers long, and counts what passes over them.
func (r *rig) far(roundTrip time.Duration) *faults.Meter {
	return procedurestest.Far(r.lab, roundTrip, servers...)
}

// servers are those that the procedure talks to.
var servers = []string{primary, mirror, `SQL11\RTC`, "FE01", "FE11"}
