package failover

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
	"pchatops/ops/status"
)

// hidden are the states in which a server tells nothing of a database, and a part of
// what is to be done about each.
var hidden = map[string]string{
	"OFFLINE":          "ALTER DATABASE [mgc] SET ONLINE; nothing is lost by that",
	"RECOVERY_PENDING": "error log",
	"SUSPECT":          "error log",
	"EMERGENCY":        "EMERGENCY",
	"RECOVERING":       "wait until",
	"":                 "what state",
}

// What a database holds whose state hides that is not known: no plan calls a backup
// missing or the step done, none offers to lose something, and none gives the
// database up for a full backup.
func TestNothingIsOfferedForADatabaseThatHidesWhatItHolds(t *testing.T) {
	for state, do := range hidden {
		for name, standby := range map[string]bool{"": false, "it was readable": true} {
			e := newEstate(t)
			e.secondary.facts.Database = status.Database{Exists: true, State: state, Standby: standby && state != ""}
			for _, id := range []string{"F1", "F2", "F3", "F4a", "F4b"} {
				p := e.plan(t, id)
				g := unmet(p)["mgc tells what it holds"]
				require.Contains(t, g.Do, do, "%s, %s, %s", id, state, name)
				require.NotContains(t, g.Do, "full backup")
				require.Contains(t, g.Seen, "is not known")
				require.Empty(t, g.Override)
				require.Empty(t, p.Actions)
				require.Empty(t, p.Already)
				require.Empty(t, p.Lost)
			}
			require.Contains(t, unmet(e.plan(t, "F5"))["mgc online in dc2"].Do, do, state)
		}
	}
}

// It takes back no tick, and proves none.
func TestADatabaseThatHidesWhatItHoldsProvesNothing(t *testing.T) {
	for state := range hidden {
		e := newEstate(t)
		e.secondary.facts.Database = status.Database{Exists: true, State: state}
		for _, id := range []string{"F2", "F3", "F4a", "F4b", "F6"} {
			p, err := e.step(t, id).Verify(t.Context())
			require.Nil(t, p, "%s, %s", id, state)
			require.True(t, fault.Is(err, fault.State), "%s, %s: %v", id, state, err)
			require.ErrorContains(t, err, "is not known")
		}
	}
}

// One that was recovered is not to be made anew from a full backup where it is gone.
func TestARecoveredDatabaseThatIsMissingIsNotRestoredAnew(t *testing.T) {
	e := newEstate(t)
	e.secondary.facts.Database = status.Database{}
	require.Contains(t, unmet(e.plan(t, "F4b"))["mgc takes log backups"].Do, "full backup")
	e.remembered[recoveredAt] = "100"
	g := unmet(e.plan(t, "F4b"))["mgc takes log backups"]
	require.NotContains(t, g.Do, "full backup")
	require.Contains(t, g.Do, "attach its files")
}
