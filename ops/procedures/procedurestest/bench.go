package procedurestest

import (
	"testing"
	"time"

	"pchatops/ops/lab"
	"pchatops/ops/lab/faults"
	"pchatops/ops/lab/world"
)

// Over80ms measures a procedure over links with 80 ms of round trip, the
// connections that it opens first included. The clock is the real one; backups
// and restores take no time. begin starts the site and gives the meter of its
// links and what does a step. console-ms is what is left without the time in
// which a server had a request to answer, its jobs among it: what the console
// adds.
func Over80ms(b *testing.B, scenario string, steps []string, begin func(o lab.Options, roundTrip time.Duration) (*faults.Meter, func(step string))) {
	var total, servers time.Duration
	for b.Loop() {
		b.StopTimer()
		meter, do := begin(lab.Options{
			Scenario: scenario, Seed: 7, Speed: 1, History: time.Hour, Pace: world.Pace{Base: time.Nanosecond, PerMB: time.Nanosecond},
		}, 80*time.Millisecond)
		b.StartTimer()
		started := time.Now()
		for _, id := range steps {
			begun := time.Now()
			do(id)
			b.ReportMetric(float64(time.Since(begun).Milliseconds()), id+"-ms")
		}
		total, servers = total+time.Since(started), servers+meter.Busy()
	}
	b.ReportMetric(float64(servers.Milliseconds())/float64(b.N), "servers-ms")
	b.ReportMetric(float64((total-servers).Milliseconds())/float64(b.N), "console-ms")
}
