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
			require.Contains(t, g.Do, `find out on SQL11\RTC what became of it`)
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
