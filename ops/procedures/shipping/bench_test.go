package shipping

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
)

// BenchmarkShipPrimaryOver80ms sets log shipping up over links with 80 ms of
// round trip, on servers that take no time of their own: what is left is what
// the console adds, the connections that it opens first among it. The target is
// under 3 seconds.
func BenchmarkShipPrimaryOver80ms(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		r := rigOf(b, lab.Options{
			Scenario: "ship-primary", Seed: 7, Speed: 600, History: time.Hour,
			Pace: world.Pace{Base: time.Nanosecond, PerMB: time.Nanosecond},
		})
		for _, name := range []string{`SQL01\RTC`, `SQL11\RTC`} {
			r.lab.Link(name).SetDelay(40 * time.Millisecond)
		}
		b.StartTimer()
		for _, id := range setUp {
			begun := time.Now()
			require.NoError(b, r.send(id), id)
			require.True(b, r.proof(id).Holds, id)
			b.ReportMetric(float64(time.Since(begun).Milliseconds()), id+"-ms")
		}
	}
}
