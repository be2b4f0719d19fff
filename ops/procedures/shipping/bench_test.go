package shipping

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/faults"
	"pchatops/ops/procedures/procedurestest"
)

// BenchmarkShipPrimaryOver80ms sets log shipping up. The target is less than 3
// seconds that the console adds.
func BenchmarkShipPrimaryOver80ms(b *testing.B) {
	procedurestest.Over80ms(b, "ship-primary", setUp, func(o lab.Options, roundTrip time.Duration) (*faults.Meter, func(string)) {
		r := rigOf(b, o)
		return r.far(roundTrip), func(id string) {
			require.NoError(b, r.send(id), id)
			require.True(b, r.proof(id).Holds, id)
		}
	})
}

// far makes the ways to both servers long, and counts what passes over them.
func (r *rig) far(roundTrip time.Duration) *faults.Meter {
	return procedurestest.Far(r.lab, roundTrip, `SQL01\RTC`, `SQL11\RTC`)
}
