package shipmirror_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
)

// A step reads all servers at once before and after, and sends each change once:
// a configuration, a job with the wait for its end, a cmdlet (command, input,
// outcome). How often the console speaks with each server is all that it adds.
func TestAStepSpeaksWithEachServerNoMoreOftenThanNeeded(t *testing.T) {
	t.Parallel()
	r := rigOf(t, lab.Options{Scenario: "ship-mirror", Seed: 7, Speed: 10, History: time.Hour, Pace: world.Pace{Base: time.Nanosecond}})
	r.do("M1")
	for _, name := range []string{primary, mirror, `SQL11\RTC`} {
		require.Eventually(t, func() bool {
			return slices.Equal([]string{"4"}, r.query(name, "SELECT COUNT(*) FROM sys.dm_exec_sessions WHERE program_name = 'pchatops'"))
		}, 30*time.Second, 10*time.Millisecond, "three connections to read and one to write were opened beforehand")
	}
	meter := r.far(0)
	for _, step := range []struct {
		id                         string
		primary, mirror, secondary int
		cmdlets                    int
	}{
		{"M2-M3", 2, 3, 2, 0}, {"M4-M20", 2, 3, 2, 0}, {"M21", 2, 3, 4, 0}, {"M22", 3, 2, 2, 1}, {"M22b", 3, 2, 4, 0},
	} {
		meter.Reset()
		r.do(step.id)
		trips := func(name string) int { return meter.Trips(r.lab.Link(name)) }
		require.Equal(t, []int{step.primary, step.mirror, step.secondary}, []int{trips(primary), trips(mirror), trips(`SQL11\RTC`)}, step.id)
		require.LessOrEqual(t, trips("FE01"), 4*step.cmdlets, "%s: command, input, and the outcome in one piece or two", step.id)
		require.Zero(t, trips("FE11"), step.id)
	}
}
