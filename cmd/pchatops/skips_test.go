package main

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
)

// skip leaves a step out, and waits until that is on record.
func skip(t testing.TB, s *session, id string) {
	t.Helper()
	box := s.incident.Subscribe()
	defer box.Close()
	require.NoError(t, s.incident.Skip(id, "the share is away"))
	seen(t, box, func(s *incident.State) bool {
		return slices.ContainsFunc(s.Steps, func(st incident.StepState) bool { return st.ID == id && st.Outcome == engine.Skipped })
	})
}

// F2 and F3 were skipped, or went on without the share, while it was away. Once it
// is back, what it holds can be copied and applied: that is done, and not lost.
func TestASkipStandsOnlyWhileThereIsNothingToDo(t *testing.T) {
	t.Parallel()
	for name, away := range map[string]func(t testing.TB, s *session){
		"F2 was skipped": func(t testing.TB, s *session) {
			skip(t, s, "F2")
			carried(t, s, "F3")
		},
		"F2 and F3 were skipped": func(t testing.TB, s *session) {
			skip(t, s, "F2")
			skip(t, s, "F3")
		},
		"F2 went on without the share": func(t testing.TB, s *session) {
			sum := s.incident.RunAll(t.Context(), "F2", best(map[string][]string{"F2": {"backup share readable"}}), nil)
			require.Equal(t, engine.EndIncomplete, sum.Outcome, "%v", sum.Error)
			carried(t, s, "F3")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				l := startSite(t, "failover", lab.Options{})
				w := l.World()
				w.StopAgent(world.Secondary) // its jobs do not come by
				w.SetShareOffline(true)
				s := sessionOn(t, l)
				carried(t, s, "F1")
				away(t, s)
				w.SetShareOffline(false)

				sum := s.incident.RunAll(t.Context(), "F4b", best(nil), nil)
				require.Equal(t, engine.EndRefused, sum.Outcome)
				require.ErrorContains(t, sum.Error, "F2 ")
				require.False(t, w.Ledger().Live, "it is not recovered over what can be copied")
				sum = s.incident.RunAll(t.Context(), "", best(nil), nil)
				require.Equal(t, engine.EndDone, sum.Outcome, "%v", sum.Error)
				require.Equal(t, 9, sum.Steps[engine.Done])
				require.Zero(t, w.Ledger().Lost)
			})
		})
	}
}

// While there is still nothing that a step could do, it stays skipped.
func TestASkipStandsWhileTheShareIsAway(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{})
		l.World().SetShareOffline(true)
		s := sessionOn(t, l)
		carried(t, s, "F1")
		skip(t, s, "F2")
		sum := s.incident.RunAll(t.Context(), "", best(nil), nil)
		require.Equal(t, engine.EndRefused, sum.Outcome)
		require.Equal(t, "F4b", sum.Stopped, "%v", sum.Error)
		require.Equal(t, 1, sum.Steps[engine.Skipped])
	})
}
