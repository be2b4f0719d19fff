package shipping

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
	"pchatops/ops/lab/faults"
	"pchatops/ops/lab/world"
)

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

func TestTheInitialBackupThatIsDamagedIsTakenAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-primary")
	file := filepath.Join(r.lab.World().SharePath(), "mgc_initialise.bak")
	require.NoError(t, os.WriteFile(file, []byte("half a backup"), 0o600))
	require.False(t, r.proof("P13a").Holds)
	r.ship("P13a", "P13b")
}

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
