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
	for _, id := range []string{"F2", "F4a", "F4b"} {
		p := e.proven(t, id)
		require.False(t, p.Holds, id)
		require.Contains(t, p.Says, "is missing", id)
	}
}
