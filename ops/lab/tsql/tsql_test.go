package tsql

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestQueriesGiveTheRowsSQLServerWould(t *testing.T) {
	for _, c := range []struct{ sql, want string }{
		{"SELECT 1 + 2 * 3", "7"},
		{"SELECT name FROM sys.databases WHERE state = 1 ORDER BY name DESC", "mgccomp; mgc"},
	} {
		t.Run(c.sql, func(t *testing.T) {
			require.Equal(t, c.want, joined(say(newMemory(), c.sql)))
		})
	}
}
