package shipmirror_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
	"pchatops/ops/lease"
	"pchatops/ops/procedures/procedurestest"
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
		}, 2*time.Minute, 10*time.Millisecond, "three connections to read and one to write were opened beforehand")
	}
	procedurestest.Lead(t, r.estate)
	meter := r.far(0)
	for _, step := range []struct {
		id                         string
		primary, mirror, secondary int
		stores, cmdlets            int
	}{
		{"M2-M3", 2, 4, 2, 1, 0}, {"M4-M20", 2, 3, 2, 0, 0}, {"M21", 2, 3, 4, 0, 0}, {"M22", 3, 2, 2, 1, 1}, {"M22b", 3, 2, 4, 0, 0},
	} {
		r.lab.World().Elapse(2 * time.Second) // backups of one second would bear one name
		meter.Reset()
		began := time.Now()
		r.do(step.id)
		anew := 1 + int(time.Since(began)/lease.Bound) // the right is proved again when its last proof is too old
		trips := func(name string) int { return meter.Trips(r.lab.Link(name)) }
		for name, least := range map[string]int{primary: step.primary, mirror: step.mirror, `SQL11\RTC`: step.secondary} {
			require.GreaterOrEqual(t, trips(name), least, step.id+" on "+name)
			require.LessOrEqual(t, trips(name), least+anew, step.id+" on "+name)
		}
		require.LessOrEqual(t, trips("FE01"), 4*step.stores+8*step.cmdlets, "%s: the stores of the topology, a look for the same work, and the start: each is command, input, and the answer in one piece or two", step.id)
		require.LessOrEqual(t, trips("FE11"), 8*step.cmdlets, "%s: a look for the same work, and a shell for it", step.id)
	}
}
