package failover

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/status"
)

// Where the database was renamed or dropped, no step that is about it is done.
func TestNothingIsDoneWithADatabaseThatIsMissing(t *testing.T) {
	e := newEstate(t)
	e.secondary.facts.Database = status.Database{}
	for _, id := range []string{"F2", "F3", "F4a", "F4b"} {
		p := e.proven(t, id)
		require.False(t, p.Holds, id)
		require.Contains(t, p.Says, "is missing", id)
	}
}

// Its plan asks for it by name, whatever is left of log shipping.
func TestEachStepAsksForADatabaseThatIsMissing(t *testing.T) {
	for name, shipping := range map[string]*status.ShippingSecondary{"log shipping is there": {PrimaryServer: `SQL01\RTC`}, "it is removed": nil} {
		e := newEstate(t)
		e.secondary.facts.Database, e.secondary.facts.Secondary = status.Database{}, shipping
		for _, id := range []string{"F1", "F2", "F3", "F4a", "F4b"} {
			p := e.plan(t, id)
			g := unmet(p)["mgc takes log backups"]
			require.Equal(t, `SQL11\RTC has no database mgc`, g.Seen, "%s, %s", id, name)
			require.Contains(t, g.Do, `find out on SQL11\RTC what became of mgc`)
			require.Empty(t, g.Override)
			require.Empty(t, p.Already)
			if id != "F4b" {
				require.Empty(t, p.Actions)
			}
		}
		e.secondary.facts.Sysadmin = false
		require.Contains(t, unmet(e.plan(t, "F1"))["mgc takes log backups"].Seen, "the login sees no database")
	}
}

// One that was recovered or restored there is looked for: all chat since is in it, and
// no full backup has that. F4b, which cannot find it either, is no way out.
func TestARecoveredDatabaseThatIsMissingIsLookedFor(t *testing.T) {
	history := status.Restored{Last: number(1)}
	for name, c := range map[string]struct {
		recalled string // where it was recovered, by the incident
		restored status.Restored
		says     string
		never    string
	}{
		"this incident recovered it":      {"100", history, "this database was recovered, and all chat since is in it", "full backup"},
		"the history has a restore":       {"", history, "if it was recovered as well, all chat since is in it alone; only where it never was: if it is gone, restore a full backup", "log shipping"},
		"nothing tells that it was there": {"", status.Restored{}, "if it is gone, restore a full backup", "all chat"},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEstate(t)
			e.secondary.facts.Database = status.Database{Restored: c.restored}
			e.Recall = func(name string) string {
				if name == recoveredAt {
					return c.recalled
				}
				return ""
			}
			said := []string{e.proven(t, "F4b").Says, unmet(e.plan(t, "F1"))["mgc takes log backups"].Do}
			for _, id := range []string{"F5", "F7"} {
				g := unmet(e.plan(t, id))["mgc online in dc2"]
				require.NotContains(t, g.Do, "run F4b first")
				said = append(said, g.Do)
			}
			for _, s := range said {
				require.Contains(t, s, "if it bears another name")
				require.Contains(t, s, c.says)
				require.NotContains(t, s, c.never)
			}
		})
	}
}
