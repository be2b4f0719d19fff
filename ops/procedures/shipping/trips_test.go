package shipping

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
)

// A step reads both servers at once before and after, and sends each change
// once: a configuration, a job with the wait for its end. How often the console
// speaks with each server is all that it adds. (P13 reads side by side over
// several connections, which cannot be counted so.)
func TestAStepSpeaksWithEachServerNoMoreOftenThanNeeded(t *testing.T) {
	t.Parallel()
	r := rigOf(t, lab.Options{Scenario: "ship-primary", Seed: 7, Speed: 10, History: time.Hour, Pace: world.Pace{Base: time.Nanosecond}})
	r.ship("P0", "P4-P6", "P13a", "P13b") // connects
	meter := r.far(0)
	for _, step := range []struct {
		id                 string
		primary, secondary int
	}{
		{"P1-P9", 3, 2}, {"P10-P19", 2, 3}, {"P20", 3, 4},
	} {
		meter.Reset()
		require.NoError(t, r.send(step.id), step.id)
		require.True(t, r.proof(step.id).Holds, step.id)
		require.Equal(t, step.primary, meter.Trips(r.lab.Link(`SQL01\RTC`)), "%s on the primary", step.id)
		require.Equal(t, step.secondary, meter.Trips(r.lab.Link(`SQL11\RTC`)), "%s on the secondary", step.id)
	}
}
