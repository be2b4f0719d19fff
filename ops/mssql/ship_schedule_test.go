package mssql

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/world"
	"pchatops/ops/status"
)

// A schedule that repeats every 15 minutes, and does not run now or at night, ships no
// log: it is told, and it is mended.
func TestAScheduleThatDoesNotAlwaysRunIsToldAndMended(t *testing.T) {
	for set, says := range map[string]string{
		"@active_end_date = 20200131":                                   "every 15m until 2020-01-31",
		"@active_end_date = 21000101":                                   "every 15m until 2100-01-01",
		"@active_start_date = 20991224":                                 "every 15m from 2099-12-24 on",
		"@active_start_time = 80000, @active_end_time = 180000":         "every 15m from 08:00 to 18:00 only",
		"@active_start_time = 1000, @active_end_time = 235900":          "every 15m",
		"@active_start_time = 0, @active_end_time = 235959":             "every 15m",
		"@active_start_date = 20991224, @active_end_date = 21000101":    "every 15m from 2099-12-24 on",
		"@freq_subday_interval = 15, @active_start_time = 120000":       "every 15m from 12:00 to 23:59 only",
		"@freq_subday_type = 8, @freq_subday_interval = 1, @enabled =1": "every 1h",
	} {
		t.Run(set, func(t *testing.T) {
			e := newEstate(t, nil)
			p, _ := e.server(primary)
			asked(t, p, `DECLARE @s int; SELECT @s = MIN(s.schedule_id) FROM msdb.dbo.sysjobschedules AS s JOIN msdb.dbo.sysjobs AS j ON j.job_id = s.job_id
				WHERE j.name = N'LSBackup_mgc'; EXEC msdb.dbo.sp_update_schedule @schedule_id = @s, `+set)
			require.Equal(t, says, facts(t, p).Primary.BackupJob.Schedule.String())
			mend(t, p)
			require.Equal(t, "every 15m", facts(t, p).Primary.BackupJob.Schedule.String())
		})
	}
}

// A schedule that other jobs have, too, is theirs: it is not changed for the sake of log
// shipping.
func TestASharedScheduleIsLeftToTheOthers(t *testing.T) {
	e := newEstate(t, nil)
	p, _ := e.server(primary)
	asked(t, p, `DECLARE @s int; SELECT @s = MIN(s.schedule_id) FROM msdb.dbo.sysjobschedules AS s JOIN msdb.dbo.sysjobs AS j ON j.job_id = s.job_id
		WHERE j.name = N'LSBackup_mgc';
		EXEC msdb.dbo.sp_update_schedule @schedule_id = @s, @active_start_time = 80000, @active_end_time = 180000, @new_name = N'working hours';
		EXEC msdb.dbo.sp_attach_schedule @job_name = N'LSAlert_SQL01\RTC', @schedule_id = @s`)
	mend(t, p)
	require.Equal(t, status.Schedule{Name: `LSBackupSchedule_SQL01\RTC1`, Enabled: true, Every: facts(t, p).Primary.BackupJob.Schedule.Every}, facts(t, p).Primary.BackupJob.Schedule)
	left := asked(t, p, `SELECT j.name, s.active_start_time FROM msdb.dbo.sysschedules AS s JOIN msdb.dbo.sysjobschedules AS a ON a.schedule_id = s.schedule_id
		JOIN msdb.dbo.sysjobs AS j ON j.job_id = a.job_id WHERE s.name = N'working hours'`)
	require.Len(t, left, 1)
	require.True(t, strings.HasPrefix(left[0].text("name"), "LSAlert"))
	require.EqualValues(t, 80000, left[0].int("active_start_time", 0))
}

// mend configures a primary as it is configured, with the schedule that it should have.
func mend(t *testing.T, p *Server) {
	t.Helper()
	want := facts(t, p).Primary.Settings("mgc")
	want.Share, want.Directory = world.Share, world.Share
	want.Schedule = status.Schedule{Name: `LSBackupSchedule_SQL01\RTC1`, Enabled: true, Every: 15 * time.Minute}
	_, err := run(t, p.ConfigurePrimary(want))
	require.NoError(t, err)
}

// asked is an administrator's window on the server.
func asked(t *testing.T, p *Server, text string) []record {
	t.Helper()
	rows, err := p.read(t.Context(), "ask", text)
	require.NoError(t, err)
	return rows
}
