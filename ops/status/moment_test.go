package status

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/inventory"
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

// noting puts on record what a snapshot shows, and gives it to a later console.
func noting(s *Snapshot, from inventory.Clocks, on map[string]string) {
	for i := range s.Nodes {
		if value, news := s.Nodes[i].Note(from); news {
			on[SilentFact(s.Nodes[i].Address)] = value
		}
	}
}

func TestALossIsCountedFromTheSilenceThatIsOnRecord(t *testing.T) {
	estate := litware()
	estate.Shipping.Declared = false
	record := map[string]string{}
	recall := func(name string) string { return record[name] }
	later := unseen(now).Noting(recall)
	require.InDelta(t, 900, Measure(later, estate, now).Seconds, 1, "nothing is on record: as it looked first")

	first := unseen(now.Add(-5 * time.Minute))
	want := Measure(first, estate, now)
	require.InDelta(t, 600, want.Seconds, 1)
	noting(first, ClocksOf(*first.Node(site.Secondary), now), record)
	require.Len(t, record, 2)
	later = unseen(now).Noting(recall)
	got := Measure(later, estate, now)
	require.InDelta(t, want.Seconds, got.Seconds, 1)
	require.Contains(t, got.Why, "as this incident has on record")
	noting(later, ClocksOf(*later.Node(site.Secondary), now), record)
	require.InDelta(t, want.Seconds, Measure(unseen(now).Noting(recall), estate, now).Seconds, 1, "the first one stands")

	mirror := later.Node(site.Mirror)
	mirror.Life = Life{Verdict: LifeUnknown, Since: now}
	require.Greater(t, Measure(later, estate, now.Add(time.Hour)).Seconds, 4000.0, "the mirror may take chat")
	mirror.Answered, mirror.Life = now.Add(-time.Minute), Life{Verdict: Dead, Since: now} // it came back, and died
	require.InDelta(t, 900, Measure(later, estate, now).Seconds, 1)
	mirror.Life = Life{Verdict: Alive}
	noting(later, ClocksOf(*later.Node(site.Secondary), now), record)
	require.Empty(t, record[SilentFact(mirror.Address)], "its silence is over")
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

func TestWhatIsNoMomentIsNone(t *testing.T) {
	for _, text := range []string{"", "|", "yesterday", "2026-11-21T03:00:00Z", "2026-11-21T03:00:00Z|x"} {
		require.Zero(t, momentOf(text), text)
	}
	m := Moment{now, now.Add(time.Hour)}
	require.Equal(t, m.String(), momentOf(m.String()).String())
	require.Empty(t, Moment{Here: now}.String())
}
