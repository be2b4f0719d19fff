package shipping

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
	"pchatops/ops/lab/world"
	"pchatops/ops/mssql"
	"pchatops/ops/site"
)

// whole wants log shipping set up and proven, whatever was before.
func (r *rig) whole() {
	r.t.Helper()
	r.ship("P1-P9", "P10-P19", "P20")
	r.already(setUp...)
	require.Equal(r.t, "RESTORING", r.facts(site.Secondary).Database.State)
}

func TestAShareThatTheSecondaryLosesIsFoundAndComesBack(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-primary")
	r.ship("P4-P6", "P13a")
	require.NoError(t, r.lab.World().SetAccess(world.Secondary, world.Engine, world.Share, world.Unreachable))
	err := r.send("P13b")
	require.ErrorContains(t, err, "3201")
	require.ErrorContains(t, err, "53(The network path was not found.)")
	require.False(t, r.facts(site.Secondary).Database.Exists, "nothing was begun")
	require.NoError(t, r.lab.World().SetAccess(world.Secondary, world.Engine, world.Share, world.Allowed))
	r.ship("P13b")
	r.whole()
}

func TestASecondaryWithDataIsReplacedAndThenShips(t *testing.T) {
	t.Parallel()
	r := newRig(t, "healthy")
	r.ship("U1", "U2", "U3")
	r.sql("secondary", "RESTORE DATABASE mgc WITH RECOVERY")
	require.NoError(t, r.send("P13a"))
	require.NoError(t, r.send("P13b"))
	r.whole()
}

func TestSimpleRecoveryIsLeftAndANewChainBegun(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-primary")
	r.ship("P13a", "P13b")
	r.sql("primary", "ALTER DATABASE mgc SET PARTNER OFF")
	r.sql("primary", "ALTER DATABASE mgc SET RECOVERY SIMPLE")
	require.Contains(t, r.unmet("P1-P9"), "recovery model")
	r.sql("primary", "ALTER DATABASE mgc SET RECOVERY FULL")
	require.False(t, r.proof("P13b").Holds, "the chain of the copy is cut")
	require.NoError(t, r.send("P13a"))
	require.NoError(t, r.send("P13b"))
	r.whole()
}

func TestSomebodyElsesLogBackupLaterIsMendedByInitialisingAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-primary")
	r.ship(setUp...)
	r.lab.World().StopAgent(world.Secondary)
	r.sql("primary", `BACKUP LOG mgc TO DISK = 'C:\Backup\nightly.trn'`)
	require.NoError(t, r.Shipping[site.Primary].RunJob("LSBackup_mgc", nil).Do(t.Context(), silent{}))
	r.lab.World().StartAgent(world.Secondary)
	require.Contains(t, r.proof("P13b").Says, `C:\Backup\nightly.trn`)
	require.NoError(t, r.Shipping[site.Secondary].RunJob(`LSCopy_SQL01\RTC_mgc`, nil).Do(t.Context(), silent{}))
	require.ErrorContains(t, r.Shipping[site.Secondary].RunJob(`LSRestore_SQL01\RTC_mgc`, nil).Do(t.Context(), silent{}), "too recent to apply")

	require.NoError(t, r.send("P13a"))
	require.NoError(t, r.send("P13b"))
	require.NoError(t, r.send("P20"))
	r.already(setUp...)
}

func TestADiskThatFillsDuringTheRestoreIsFreedAndTheRestoreRepeated(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-primary")
	r.ship("P13a")
	w := r.lab.World()
	w.SetDiskFull("SQL11", true)
	require.Contains(t, r.unmet("P13b"), `room on SQL11\RTC, E:`)
	err := r.send("P13b")
	require.True(t, fault.Is(err, fault.Disk), err)
	require.ErrorContains(t, err, "3257")
	require.False(t, r.facts(site.Secondary).Database.Exists)

	w.SetDiskFull("SQL11", false)
	w.SetSlow(300)
	ended := make(chan error, 1)
	plan := r.plan("P13b")
	go func() { ended <- plan.Actions[0].Do(t.Context(), silent{}) }()
	require.Eventually(t, func() bool { return r.facts(site.Secondary).Restoring != nil }, 2*time.Minute, time.Millisecond)
	w.SetDiskFull("SQL11", true)
	w.Elapse(24 * time.Hour)
	err = <-ended
	require.True(t, fault.Is(err, fault.Disk), err)
	require.ErrorContains(t, err, "112(There is not enough space on the disk.)")
	require.False(t, r.proof("P13b").Holds, "half a restore is none")
	require.Equal(t, `replace mgc on SQL11\RTC`, r.unmet("P13b")["nothing is overwritten"].Override, "and there is nothing in it to lose")

	w.SetSlow(1)
	w.SetDiskFull("SQL11", false)
	require.NoError(t, r.send("P13a"))
	require.NoError(t, r.send("P13b"))
	r.whole()
}

func TestAPathThatTheProceduresWouldCutIsRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-primary")
	r.ship("P13a", "P13b", "P1-P9")
	short := r.Site.CopyFolder
	r.Site.CopyFolder = `E:\` + strings.Repeat(`LogShip\`, 70)
	for _, id := range []string{"P4-P6", "P10-P19"} {
		require.Contains(t, r.unmet(id), "length of the copy folder", id)
	}
	require.Empty(t, r.sql("secondary", "SELECT secondary_id FROM msdb.dbo.log_shipping_secondary"))
	r.Site.CopyFolder = short
	r.ship("P4-P6")
	r.whole()
}

func TestAPrincipalThatMovesMeanwhileIsBroughtBackAndTheRestIsDone(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-primary")
	r.ship("P4-P6", "P13a", "P13b", "P1-P9")
	r.sql("primary", "ALTER DATABASE mgc SET PARTNER FAILOVER")
	for _, id := range []string{"P0", "P10-P19", "P20"} {
		require.Contains(t, r.unmet(id), "live primary", id)
	}
	r.sql("mirror", "ALTER DATABASE mgc SET PARTNER FAILOVER")
	r.ship("P0")
	r.whole()
}

// A name may hold whatever SQL Server takes in one.
func TestADatabaseWithAnOddNameIsShipped(t *testing.T) {
	t.Parallel()
	const name = `chat's [mgc]; é`
	r := newRig(t, "ship-primary")
	r.sql("primary", "RESTORE DATABASE ["+strings.ReplaceAll(name, "]", "]]")+`] FROM DISK = '\\FS01\LogShip\mgc_full.bak'
		WITH RECOVERY, MOVE 'mgc' TO 'E:\SQLData\odd.mdf', MOVE 'mgc_log' TO 'E:\SQLData\odd.ldf'`)
	r.Site.Database = name
	secrets := site.NewSecrets(nil)
	for _, in := range r.Site.Instances {
		server := mssql.New(mssql.Config{Instance: in, Database: name, Secrets: secrets})
		t.Cleanup(func() { require.NoError(t, server.Close()) })
		r.SQL[in.Role], r.Shipping[in.Role] = server, server
	}
	r.ship(setUp...)
	r.already(setUp...)
	require.Equal(t, []string{name}, r.sql("secondary", "SELECT secondary_database FROM msdb.dbo.log_shipping_secondary_databases"))
	require.Equal(t, []string{name + " RESTORING"}, r.sql("secondary", "SELECT name, state_desc FROM sys.databases WHERE name LIKE 'chat%'"))
	r.ship(away...)
	r.already(away...)
	require.Empty(t, r.sql("secondary", "SELECT name FROM msdb.dbo.sysjobs"))
}
