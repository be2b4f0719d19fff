package shipping

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/world"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

var (
	setUp = []string{"P0", "P4-P6", "P13a", "P13b", "P1-P9", "P10-P19", "P20"}
	away  = []string{"U1", "U2", "U3"}
)

func TestLogShippingIsSetUpProvenAndRemoved(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-primary")
	r.ship(setUp...)
	require.Equal(t, []string{"RESTORING"}, r.sql("secondary", "SELECT state_desc FROM sys.databases WHERE name = 'mgc'"))
	require.NotEmpty(t, r.sql("secondary", "SELECT last_restored_file FROM msdb.dbo.log_shipping_monitor_secondary WHERE last_restored_file IS NOT NULL"))
	copied, err := r.lab.World().Backups(world.Folder)
	require.NoError(t, err)
	require.NotEmpty(t, copied, "the backup that was followed is in the copy folder")
	r.already(setUp...)

	for _, f := range r.proof("P20").Facts {
		require.Contains(t, f.Value, "ago", "the age of what was %s", f.Name)
	}
	r.ship(away...)
	r.already(away...)
	for _, role := range []string{"primary", "secondary"} {
		require.Empty(t, r.sql(role, "SELECT name FROM msdb.dbo.sysjobs"), "jobs of the %s", role)
		require.Empty(t, r.sql(role, "SELECT name FROM msdb.dbo.sysschedules"), "schedules of the %s", role)
	}
	require.Equal(t, []string{"RESTORING"}, r.sql("secondary", "SELECT state_desc FROM sys.databases WHERE name = 'mgc'"), "the database stays")
	r.ship(setUp...) // and back again
}

// Somebody else did the first half: the secondary is recognised as it is.

func TestASecondaryOnTheRightChainIsNotInitialisedAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t, "healthy")
	require.NoError(t, r.send("U2"))
	r.already("P13a", "P13b")
	r.ship("P10-P19")
	require.NoFileExists(t, filepath.Join(r.lab.World().SharePath(), "mgc_initialise.bak"))
}

// The console or the connection may go at any point of a configuration.

func (r *rig) procedure() *shipping {
	s, err := open(r.Estate, "test")
	require.NoError(r.t, err)
	return s
}

// What an administrator changes by hand is seen, named and put right.

// The reply to a configuration that took effect may never arrive.

func (r *rig) facts(role site.Role) status.Facts {
	r.t.Helper()
	f, err := r.SQL[role].Facts(r.t.Context())
	require.NoError(r.t, err)
	return f
}

// The mirror has been the principal for a while, and took log backups then.

func TestLogBackupsOfTheMirrorArePartOfTheChain(t *testing.T) {
	t.Parallel()
	r := newRig(t, "healthy")
	r.lab.World().StopAgent(world.Secondary) // it stays behind
	r.sql("primary", "ALTER DATABASE mgc SET PARTNER FAILOVER")
	require.NoError(t, r.Shipping[site.Mirror].RunJob("LSBackup_mgc", nil).Do(t.Context(), silent{}))
	r.sql("mirror", "ALTER DATABASE mgc SET PARTNER FAILOVER")
	require.NoError(t, r.Shipping[site.Primary].RunJob("LSBackup_mgc", nil).Do(t.Context(), silent{}))
	require.True(t, r.proof("P13b").Holds, r.proof("P13b").Says)
}
