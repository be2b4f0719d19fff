package status

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/site"
)

// unseen is a site whose primary and mirror are dead since a moment ago, as a console
// sees it that never saw them alive.
func unseen(since time.Time) *Snapshot {
	s := healthy()
	silence(stocked(s), site.Primary, site.Mirror)
	for _, r := range []site.Role{site.Primary, site.Mirror} {
		n := s.Node(r)
		n.Facts, n.Answered, n.Life = Facts{}, time.Time{}, Life{Verdict: Dead, Since: since}
	}
	s.Share.Every = 0
	return s
}

// A rehearsal's clock runs faster than the console's. What was seen by the one is told
// by the other, and nothing grows meanwhile.
func TestALossIsCountedByOneClock(t *testing.T) {
	estate := litware()
	estate.Shipping.Declared = false
	const speed = 60
	s := unseen(now)
	secondary := s.Node(site.Secondary)
	for wall := 5 * time.Second; wall < time.Minute; wall += 5 * time.Second {
		secondary.Answered, secondary.Facts.ServerTime = now.Add(wall), now.Add(speed*wall)
		secondary.Unsteady = true
		secondary.Runs(speed*5*time.Second, 5*time.Second)
		s.Share.Stock.Answered, s.Share.Answered = now.Add(wall), now.Add(wall)
		if wall > 5*time.Second { // two answers tell of a clock that was set
			require.InDelta(t, 900, Measure(s, estate, now.Add(wall+time.Second)).Seconds, 2, "%s", wall)
		}
	}
	secondary.Runs(time.Hour, 5*time.Second)
	require.Zero(t, secondary.Pace, "it was set")
	secondary.Unsteady = false
	secondary.Runs(5*time.Second, 5*time.Second)
	require.Zero(t, secondary.Pace)
}
