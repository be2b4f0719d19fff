package shipping

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
	"pchatops/ops/lab/world"
	"pchatops/ops/site"
)

func TestADatabaseThatHoldsDataIsReplacedOnlyByItsPhrase(t *testing.T) {
	t.Parallel()
	r := newRig(t, "healthy")
	require.NoError(t, r.send("U2"))
	r.sql("secondary", "RESTORE DATABASE mgc WITH RECOVERY")
	require.Empty(t, r.unmet("P13a"))
	require.NoError(t, r.send("P13a"))
	g, asked := r.unmet("P13b")["nothing is overwritten"]
	require.True(t, asked)
	require.Equal(t, `replace mgc on SQL11\RTC`, g.Override)
	require.Contains(t, r.plan("P13b").Loss, "ONLINE")
	require.Contains(t, r.plan("P13b").Actions[0].Text, "REPLACE")
	require.NoError(t, r.send("P13b"))
	require.True(t, r.proof("P13b").Holds)
}

func TestSomebodyElsesLogBackupBreaksTheChainAndIsNamed(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-primary")
	r.ship("P13a", "P13b")
	r.sql("primary", `BACKUP LOG mgc TO DISK = 'C:\Backup\nightly.trn' WITH COPY_ONLY`)
	r.already("P13a", "P13b") // a copy cuts no log off
	r.sql("primary", `BACKUP LOG mgc TO DISK = 'C:\Backup\nightly.trn'`)
	p := r.proof("P13b")
	require.False(t, p.Holds)
	require.Contains(t, p.Says, `C:\Backup\nightly.trn`)
	require.NoError(t, r.send("P13a"), "a new full backup begins behind it")
	require.Contains(t, r.unmet("P13b"), "nothing is overwritten")
	require.NoError(t, r.send("P13b"))
	require.True(t, r.proof("P13b").Holds)
}

func TestServersThatCannotShipAreRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-primary")
	r.lab.World().StopAgent(world.Secondary)
	require.Contains(t, r.unmet("P0"), `SQL Server Agent on SQL11\RTC`)
	require.False(t, r.proof("P0").Holds)
	r.lab.World().StartAgent(world.Secondary)
	require.Empty(t, r.unmet("P0"))

	r.lab.World().SetShareOffline(true)
	require.Len(t, r.plan("P4-P6").Notes, 2, "neither server sees the share")
	err := r.send("P13a")
	require.Error(t, err)
	require.Contains(t, []fault.Class{fault.Access, fault.NotFound, fault.Unreachable}, fault.ClassOf(err), err)
	r.lab.World().SetShareOffline(false)

	r.sql("primary", "ALTER DATABASE mgc SET PARTNER OFF")
	r.sql("primary", "ALTER DATABASE mgc SET RECOVERY SIMPLE")
	require.Contains(t, r.unmet("P0"), "recovery model")
	require.Contains(t, r.unmet("P1-P9"), "recovery model")
	require.ErrorContains(t, r.send("P1-P9"), "32015")
	require.Empty(t, r.sql("primary", "SELECT primary_id FROM msdb.dbo.log_shipping_primary_databases"), "nothing is half set up")
}

func TestABackupJobThatOnlyReportsSuccessIsCaught(t *testing.T) {
	t.Parallel()
	r := newRig(t, "healthy")
	r.sql("primary", "ALTER DATABASE mgc SET PARTNER FAILOVER") // the old principal's job goes on, without a backup
	tr := &traveller{shipping: r.procedure()}
	f, err := tr.primary.Facts(t.Context())
	require.NoError(t, err)
	tr.file = lastBackup(f.Primary)
	a := tr.primary.RunJob("LSBackup_mgc", tr.written)
	require.ErrorContains(t, a.Do(t.Context(), silent{}), "reported success without writing a backup")
}

func TestAnotherPrimarysSecondaryIsLeftAlone(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-primary")
	r.sql("secondary", `EXEC master.dbo.sp_add_log_shipping_secondary_primary @primary_server = 'SQL99', @primary_database = 'mgc',
		@backup_source_directory = '\\FS01\LogShip', @backup_destination_directory = 'E:\LogShip', @copy_job_name = 'c', @restore_job_name = 'r';
		EXEC master.dbo.sp_add_log_shipping_secondary_database @secondary_database = 'mgc', @primary_server = 'SQL99', @primary_database = 'mgc', @restore_threshold = 45`)
	require.Contains(t, r.unmet("P0")["no other log shipping"].Seen, "SQL99")
	require.Contains(t, r.unmet("P10-P19"), "no other log shipping")
}

func TestAJobOfThatNameThatIsNoneOfLogShippingStays(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-primary")
	r.sql("secondary", `EXEC master.dbo.sp_add_log_shipping_alert_job`)
	r.sql("secondary", `EXEC msdb.dbo.sp_update_job @job_name = 'LSAlert_SQL11\RTC', @new_name = 'LSCopy_SQL01\RTC_mgc'`)
	err := r.send("P10-P19")
	require.True(t, fault.Is(err, fault.State), err)
	require.ErrorContains(t, err, "32022")
	require.ErrorContains(t, err, "rename or delete it")
	require.Nil(t, r.facts(site.Secondary).Secondary)
	require.Len(t, r.sql("secondary", "SELECT name FROM msdb.dbo.sysjobs"), 1, "nothing is half made")
}

func TestAPrincipalThatMovedIsNotConfigured(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-primary")
	r.ship("P13a", "P13b")
	r.sql("primary", "ALTER DATABASE mgc SET PARTNER FAILOVER")
	require.Contains(t, r.unmet("P0")["live primary"].Do, "NewPrincipal Primary")
	require.Contains(t, r.unmet("P1-P9"), "live primary")
	require.EqualValues(t, fault.State, fault.ClassOf(r.send("P1-P9")), "and the server refuses it too (32007)")
}
