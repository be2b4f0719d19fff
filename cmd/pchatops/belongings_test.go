package main

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
)

// A restored database brings the users of the server that it was lost with: the proof
// of F4b names those that no login fits, and the statements that mend them. It sends
// none.
func TestUsersWithoutLoginsAreToldAfterTheRecovery(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{Speed: 60})
		c := consoleOn(t, l)
		upTo(t, c, "")
		r := c.run("verify", "failover")
		text := fmt.Sprint(r.lines)
		require.Contains(t, text, "2 users of mgc have no login")
		require.Contains(t, text, "CREATE LOGIN [rtcreports] WITH PASSWORD")
		require.Contains(t, text, `SQL11\RTC Local Administrators`)
		require.Contains(t, text, "ALTER AUTHORIZATION ON DATABASE::[mgc]")
		require.NotContains(t, text, "user without a login: nobody", "that one has none on purpose")
	})
}
