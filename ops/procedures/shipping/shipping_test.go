package shipping

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
	"pchatops/ops/lab/faults"
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
func TestWhatWasCutOffHalfWayIsFinishedByTheNextRun(t *testing.T) {
	t.Parallel()
	for name, half := range map[string]struct{ role, step, text string }{
		"after the primary was entered": {"primary", "P1-P9", `EXEC master.dbo.sp_add_log_shipping_primary_database @database = 'mgc',
			@backup_directory = '\\FS01\LogShip', @backup_share = '\\FS01\LogShip', @backup_job_name = 'LSBackup_mgc', @backup_retention_period = 60`},
		"after the schedule was made": {"primary", "P1-P9", `EXEC master.dbo.sp_add_log_shipping_primary_database @database = 'mgc',
			@backup_directory = '\\FS01\LogShip', @backup_share = '\\FS01\LogShip', @backup_job_name = 'LSBackup_mgc', @backup_retention_period = 4320;
			EXEC msdb.dbo.sp_add_schedule @schedule_name = N'LSBackupSchedule_SQL01\RTC1', @freq_type = 4, @freq_interval = 1, @freq_subday_type = 4, @freq_subday_interval = 15`},
		"after the secondary's jobs were made": {"secondary", "P10-P19", `EXEC master.dbo.sp_add_log_shipping_secondary_primary
			@primary_server = 'SQL01\RTC', @primary_database = 'mgc', @backup_source_directory = '\\FS01\LogShip',
			@backup_destination_directory = 'E:\LogShip', @copy_job_name = 'LSCopy_SQL01\RTC_mgc', @restore_job_name = 'LSRestore_SQL01\RTC_mgc'`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, "ship-primary")
			r.sql(half.role, half.text)
			require.False(t, r.proof(half.step).Holds)
			r.ship(half.step)
			r.already(half.step)
			require.Len(t, r.sql(half.role, "SELECT job_id FROM msdb.dbo.sysjobs WHERE enabled = 1"), len(r.sql(half.role, "SELECT job_id FROM msdb.dbo.sysjobs")))
			require.Equal(t,
				len(r.sql(half.role, "SELECT schedule_id FROM msdb.dbo.sysjobschedules")),
				len(r.sql(half.role, "SELECT schedule_id FROM msdb.dbo.sysschedules")), "no schedule is left over")
		})
	}
}

func TestAHalfMadeSecondaryIsRemovedToo(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-primary")
	r.sql("secondary", `EXEC master.dbo.sp_add_log_shipping_secondary_primary @primary_server = 'SQL01\RTC', @primary_database = 'mgc',
		@backup_source_directory = '\\FS01\LogShip', @backup_destination_directory = 'E:\LogShip', @copy_job_name = 'c', @restore_job_name = 'r'`)
	r.ship("U2")
	require.Empty(t, r.sql("secondary", "SELECT name FROM msdb.dbo.sysjobs"))
}

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
	require.Len(t, r.unmet("P4-P6"), 2, "both servers look at the share")
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

func TestADiskThatFillsDuringTheBackupIsNoEnd(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-primary")
	r.lab.World().SetDiskFull("share", true)
	err := r.send("P13a")
	require.True(t, fault.Is(err, fault.Disk), err)
	require.False(t, r.proof("P13a").Holds)
	r.lab.World().SetDiskFull("share", false)
	r.ship("P13a", "P13b")
}

func TestAnAgentThatStopsHalfWayIsNamedAndTheProofGoesOnLater(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-primary")
	r.ship("P13a", "P13b", "P1-P9", "P10-P19")
	r.lab.World().StopAgent(world.Secondary)
	err := r.send("P20")
	require.True(t, fault.Is(err, fault.Agent), err)
	require.Contains(t, r.unmet("P20"), `SQL Server Agent on SQL11\RTC`)
	r.lab.World().StartAgent(world.Secondary)
	r.ship("P20")
}

func TestABackupJobThatOnlyReportsSuccessIsCaught(t *testing.T) {
	t.Parallel()
	r := newRig(t, "healthy")
	r.sql("primary", "ALTER DATABASE mgc SET PARTNER FAILOVER") // the old principal's job goes on, without a backup
	tr := &traveller{shipping: r.procedure()}
	f, err := tr.primary.Facts(t.Context())
	require.NoError(t, err)
	tr.file = lastBackup(f.Primary)
	a := watching(tr.primary.RunJob("LSBackup_mgc"), "backup", tr.written)
	require.ErrorContains(t, a.Do(t.Context(), silent{}), "reported success without writing a backup")
}

func (r *rig) procedure() *shipping {
	s, err := open(r.Estate, "test")
	require.NoError(r.t, err)
	return s
}

// What an administrator changes by hand is seen, named and put right.
func TestDriftIsNamedAndPutRight(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-primary")
	r.ship(setUp...)
	for _, c := range []struct{ role, step, text, says string }{
		{"primary", "P1-P9", "EXEC master.dbo.sp_change_log_shipping_primary_database @database = 'mgc', @backup_threshold = 240", "alert if no backup within is 4h instead of 1h"},
		{"primary", "P1-P9", "EXEC master.dbo.sp_change_log_shipping_primary_database @database = 'mgc', @threshold_alert_enabled = 0", "backup alert is off instead of on"},
		{"primary", "P1-P9", `EXEC master.dbo.sp_change_log_shipping_primary_database @database = 'mgc', @backup_share = '\\FS02\Other'`, `\\FS02\Other instead of \\FS01\LogShip`},
		{"primary", "P1-P9", "EXEC msdb.dbo.sp_update_job @job_name = 'LSBackup_mgc', @new_name = 'nightly'", "backup job is nightly instead of LSBackup_mgc"},
		{"primary", "P1-P9", `EXEC msdb.dbo.sp_update_schedule @name = 'LSBackupSchedule_SQL01\RTC1', @enabled = 0`, "backup schedule is disabled instead of every 15m"},
		{"secondary", "P10-P19", "EXEC msdb.dbo.sp_update_schedule @name = 'DefaultCopyJobSchedule', @freq_subday_interval = 30", "copy schedule is every 30m instead of every 15m"},
		{"secondary", "P10-P19", "EXEC master.dbo.sp_change_log_shipping_secondary_database @secondary_database = 'mgc', @restore_delay = 60", "restore delay is 1h instead of 0m"},
		{"secondary", "P10-P19", `EXEC msdb.dbo.sp_update_job @job_name = 'LSRestore_SQL01\RTC_mgc', @enabled = 0`, "is disabled"},
	} {
		r.sql(c.role, c.text)
		p := r.proof(c.step)
		require.False(t, p.Holds, c.text)
		require.Contains(t, p.Says, c.says)
		require.Contains(t, r.plan(c.step).Notes, p.Says, "the plan says what it is going to change")
		r.ship(c.step)
		r.already(c.step)
	}
}

func TestSettingsOfTheSiteFileAreCarriedOver(t *testing.T) {
	t.Parallel()
	r := newRig(t, "healthy")
	r.Site.Shipping.BackupEvery, r.Site.Shipping.Compression = 5*time.Minute, site.CompressOn
	r.Site.Shipping.Retention, r.Site.Shipping.RestoreThreshold = 48*time.Hour, 2*time.Hour
	require.Contains(t, r.plan("P1-P9").Notes, "the copy job runs every 15 minutes and the backup job every 5: they should be approximately the same")
	r.ship("P1-P9", "P10-P19")
	require.Equal(t, []string{"2880 1"}, r.sql("primary", "SELECT backup_retention_period, backup_compression FROM msdb.dbo.log_shipping_primary_databases"))
	require.Equal(t, []string{"120"}, r.sql("secondary", "SELECT restore_threshold FROM msdb.dbo.log_shipping_monitor_secondary"))

	r.Site.Shipping.Monitor = `SQL21\MON`
	require.Contains(t, r.unmet("P1-P9"), `monitor server of SQL01\RTC`, "it is chosen once")
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

func TestTheInitialBackupThatIsDamagedIsTakenAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-primary")
	file := filepath.Join(r.lab.World().SharePath(), "mgc_initialise.bak")
	require.NoError(t, os.WriteFile(file, []byte("half a backup"), 0o600))
	require.False(t, r.proof("P13a").Holds)
	r.ship("P13a", "P13b")
}

// The reply to a configuration that took effect may never arrive.
func TestALostReplyLeavesNothingThatASecondRunDoesNotFinish(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-primary")
	link := r.lab.Link(`SQL01\RTC`)
	require.Empty(t, r.unmet("P1-P9"))
	p := r.plan("P1-P9")
	link.CutWhen(func(d faults.Direction, piece []byte) bool {
		return d == faults.ToServer && bytes.Contains(piece, []byte("s\x00c\x00h\x00e\x00d\x00u\x00l\x00e")) // the batch is on its way
	})
	err := p.Actions[0].Do(t.Context(), silent{})
	require.True(t, fault.Is(err, fault.Lost), err)
	link.CutWhen(nil)
	r.ship("P1-P9")
	r.already("P1-P9")
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

func (r *rig) facts(role site.Role) status.Facts {
	r.t.Helper()
	f, err := r.SQL[role].Facts(r.t.Context())
	require.NoError(r.t, err)
	return f
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

// The mirror has been the principal for a while, and took log backups then.
func TestLogBackupsOfTheMirrorArePartOfTheChain(t *testing.T) {
	t.Parallel()
	r := newRig(t, "healthy")
	r.lab.World().StopAgent(world.Secondary) // it stays behind
	r.sql("primary", "ALTER DATABASE mgc SET PARTNER FAILOVER")
	require.NoError(t, r.Shipping[site.Mirror].RunJob("LSBackup_mgc").Do(t.Context(), silent{}))
	r.sql("mirror", "ALTER DATABASE mgc SET PARTNER FAILOVER")
	require.NoError(t, r.Shipping[site.Primary].RunJob("LSBackup_mgc").Do(t.Context(), silent{}))
	require.True(t, r.proof("P13b").Holds, r.proof("P13b").Says)
}
