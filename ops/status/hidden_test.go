package status

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/site"
)

// The secondary's database says nothing of itself in some states: what brings the chat
// back depends on which it is, and no figure of a loss, and no pool state, rests on it.
func TestADatabaseThatHidesWhatItHoldsIsAnAnswerOfItsOwn(t *testing.T) {
	for state, do := range map[string]string{
		"OFFLINE": "ALTER DATABASE [mgc] SET ONLINE", "RECOVERING": "wait until", "SUSPECT": "error log", "RECOVERY_PENDING": "error log", "EMERGENCY": "error log",
	} {
		s := healthy()
		s.Pool.State = "FailedOver"
		for _, r := range []site.Role{site.Primary, site.Mirror} {
			n := s.Node(r)
			n.Reachable, n.Life = false, Life{Verdict: Dead}
		}
		n := s.Node(site.Secondary)
		n.Facts.Database = Database{Exists: true, State: state, Standby: true}
		require.True(t, n.Facts.Database.Hidden(), state)
		require.Equal(t, state, n.Word())
		found := Diagnose(s, litware(), now)
		var codes []string
		for _, f := range found {
			codes = append(codes, f.Code)
			if f.Code == "database-suspect" || f.Code == "primary-site-lost" {
				require.Contains(t, f.Do, do)
			}
			require.NotContains(t, f.Do, "let the pool state follow", state)
		}
		require.Subset(t, codes, []string{"database-suspect", "primary-site-lost"}, state)
		require.NotContains(t, codes, "pool-mismatch", state)
		x := Measure(s, litware(), now)
		require.False(t, x.Known, state)
		require.Contains(t, x.Why, "is "+state)
	}
	for name, d := range map[string]Database{
		"online": {Exists: true, State: "ONLINE"}, "restoring": {Exists: true, State: "RESTORING"}, "readable": {Exists: true, State: "ONLINE", Standby: true}, "none": {},
	} {
		require.False(t, d.Hidden(), name)
	}
}
