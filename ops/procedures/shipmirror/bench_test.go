package shipmirror_test

import (
	"testing"
	"time"

	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
)

// BenchmarkShipMirrorOver80ms runs the procedure over links with 80 ms of round
// trip, on servers that take next to no time of their own: what is left is what
// the console adds. The target is under 3 seconds.
func BenchmarkShipMirrorOver80ms(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		r := rigOf(b, lab.Options{
			Scenario: "ship-mirror", Seed: 7, Speed: 600, History: time.Hour, Pace: world.Pace{Base: time.Nanosecond, PerMB: time.Nanosecond},
		})
		for _, name := range []string{primary, mirror, `SQL11\RTC`, "FE01"} {
			r.lab.Link(name).SetDelay(40 * time.Millisecond)
		}
		b.StartTimer()
		for _, id := range all {
			begun := time.Now()
			r.do(id)
			b.ReportMetric(float64(time.Since(begun).Milliseconds()), id+"-ms")
		}
	}
}
