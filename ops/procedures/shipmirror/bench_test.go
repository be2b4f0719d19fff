package shipmirror_test

import (
	"testing"
	"time"

	"pchatops/ops/lab"
	"pchatops/ops/lab/faults"
	"pchatops/ops/procedures/procedurestest"
)

// BenchmarkShipMirrorOver80ms runs the whole procedure. The target is less than
// 3 seconds that the console adds.
func BenchmarkShipMirrorOver80ms(b *testing.B) {
	procedurestest.Over80ms(b, "ship-mirror", all, func(o lab.Options, roundTrip time.Duration) (*faults.Meter, func(string)) {
		r := rigOf(b, o)
		return r.far(roundTrip), func(id string) { r.do(id) }
	})
}

// far makes the ways to all servers long, and counts what passes over them.
func (r *rig) far(roundTrip time.Duration) *faults.Meter {
	return procedurestest.Far(r.lab, roundTrip, servers...)
}

// servers are those that the procedure talks to.
var servers = []string{primary, mirror, `SQL11\RTC`, "FE01", "FE11"}
