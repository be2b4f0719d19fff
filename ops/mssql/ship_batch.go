package mssql

import (
	"strconv"
	"strings"
	"time"

	"pchatops/ops/status"
)

// A log shipping configuration goes over as one batch that completes what it
// finds: every call stands behind a look at what is there, so that a batch cut
// off half-way is finished by the next. Parameters of the batch begin with ls_,
// so that they are told from those of the procedures.

// opening declares what every batch uses.
const opening = `SET NOCOUNT ON;
DECLARE @rc int, @job uniqueidentifier, @schedule int, @owner nvarchar(128), @today int;
SET @today = CONVERT(int, CONVERT(char(8), GETDATE(), 112));
`

// checked is a procedure call that ends the batch unless it returns 0: the log
// shipping procedures can fail without raising an error. It is two statements.
func checked(procedure, parameters string) string {
	short := procedure[strings.LastIndexByte(procedure, '.')+1:]
	return strings.TrimSpace(`EXEC @rc = `+procedure+" "+parameters) + `;
IF @@ERROR <> 0 OR @rc <> 0
BEGIN
    RAISERROR(N'` + short + ` returned %d', 16, 1, @rc);
    RETURN;
END;
`
}

// call is checked as one statement, to stand behind IF and ELSE.
func call(procedure, parameters string) string {
	return "BEGIN\n" + inner(checked(procedure, parameters)) + "END"
}

// inner shifts lines to stand inside a block.
func inner(lines string) string {
	return "    " + strings.ReplaceAll(strings.TrimSuffix(lines, "\n"), "\n", "\n    ") + "\n"
}

// everyMinutes are the parameters of a schedule of every so many minutes, every
// day, as SQL Server Management Studio sends them.
func everyMinutes(minutes string) string {
	return `@enabled = 1, @freq_type = 4, @freq_interval = 1, @freq_subday_type = 4, @freq_subday_interval = ` + minutes +
		`, @freq_recurrence_factor = 0, @active_start_date = @today, @active_end_date = 99991231, @active_start_time = 0, @active_end_time = 235900`
}

// idleSeconds is how many seconds of a day a schedule does not run.
const idleSeconds = `((active_start_time / 10000 * 3600 + active_start_time / 100 % 100 * 60 + active_start_time % 100)
        - (active_end_time / 10000 * 3600 + active_end_time / 100 % 100 * 60 + active_end_time % 100) + 86400) % 86400`

// settle gives @job its name, its owner and its schedule. The owner is another only
// when the one that it has is certainly gone (see jobs.sql). A schedule of the
// right name that no job has is left from a batch that was cut off; one that other jobs
// have, too, is theirs: where it is not right, the job gets its own.
func settle(job, schedule, minutes string) string {
	wrong := `enabled = 0 OR freq_type <> 4 OR freq_interval <> 1 OR freq_subday_type <> 4 OR freq_subday_interval <> ` + minutes + `
        OR active_start_date > @today OR active_end_date <> 99991231 OR ` + idleSeconds + ` > 60 * ` + minutes
	return `SET @owner = NULL;
SELECT @owner = p.name FROM msdb.dbo.sysjobs AS j JOIN sys.server_principals AS p ON p.sid = j.owner_sid WHERE j.job_id = @job;
IF @owner IS NULL AND EXISTS (
    SELECT 1 FROM msdb.dbo.sysjobs AS j WHERE j.job_id = @job AND (DATALENGTH(j.owner_sid) = 16 OR EXISTS (
        SELECT 1 FROM msdb.dbo.sysjobhistory AS h WHERE h.message LIKE N'%0x534%15404%' AND h.instance_id = (
            SELECT MAX(o.instance_id) FROM msdb.dbo.sysjobhistory AS o WHERE o.job_id = j.job_id AND o.step_id = 0))))
BEGIN
    SET @owner = SUSER_SNAME(0x01);
` + inner(checked("msdb.dbo.sp_update_job", "@job_id = @job, @owner_login_name = @owner")) + `END;
IF NOT EXISTS (SELECT 1 FROM msdb.dbo.sysjobs WHERE job_id = @job AND name = ` + job + `)
` + call("msdb.dbo.sp_update_job", "@job_id = @job, @new_name = "+job) + `;
SET @schedule = NULL;
SELECT @schedule = MIN(a.schedule_id) FROM msdb.dbo.sysjobschedules AS a WHERE a.job_id = @job;
IF EXISTS (SELECT 1 FROM msdb.dbo.sysschedules WHERE schedule_id = @schedule AND (` + wrong + `))
    AND EXISTS (SELECT 1 FROM msdb.dbo.sysjobschedules AS a WHERE a.schedule_id = @schedule AND a.job_id <> @job)
BEGIN
` + inner(checked("msdb.dbo.sp_detach_schedule", "@job_id = @job, @schedule_id = @schedule, @delete_unused_schedule = 0")) + `    SET @schedule = NULL;
END;
IF @schedule IS NULL
BEGIN
    SELECT @schedule = MIN(s.schedule_id) FROM msdb.dbo.sysschedules AS s WHERE s.name = ` + schedule + `
        AND NOT EXISTS (SELECT 1 FROM msdb.dbo.sysjobschedules AS a WHERE a.schedule_id = s.schedule_id);
` + inner(`IF @schedule IS NULL
`+call("msdb.dbo.sp_add_schedule", "@schedule_name = "+schedule+", "+everyMinutes(minutes)+", @owner_login_name = @owner, @schedule_id = @schedule OUTPUT")+`;
`+checked("msdb.dbo.sp_attach_schedule", "@job_id = @job, @schedule_id = @schedule")) + `END;
IF EXISTS (SELECT 1 FROM msdb.dbo.sysschedules WHERE schedule_id = @schedule AND (` + wrong + `))
` + call("msdb.dbo.sp_update_schedule", "@schedule_id = @schedule, "+everyMinutes(minutes)) + `;
`
}

// enable lets the Agent start @job.
var enable = `IF EXISTS (SELECT 1 FROM msdb.dbo.sysjobs WHERE job_id = @job AND enabled = 0)
` + call("msdb.dbo.sp_update_job", "@job_id = @job, @enabled = 1") + `;
`

// alertJob makes the job that raises 14420 and 14421, if it is missing.
var alertJob = checked("master.dbo.sp_add_log_shipping_alert_job", "")

// watched gives the parameters that name a monitor server; without one they
// are left out, as SQL Server Management Studio does.
func watched(monitor string) string {
	if monitor == "" {
		return ""
	}
	return ", @monitor_server = @ls_monitor, @monitor_server_security_mode = 1"
}

// untold is the parameter that keeps a server from telling its monitor server by itself,
// where the console does that, as Management Studio: the caller's credentials need not
// reach from one server to the next.
func untold(console bool) string {
	if console {
		return ignoring
	}
	return ""
}

func minutesOf(d time.Duration) int { return int(d / time.Minute) }

func bitOf(on bool) int {
	if on {
		return 1
	}
	return 0
}

// scheduled are the parameters for settle.
func scheduled(kind, job string, s status.Schedule) []arg {
	return []arg{{"ls_" + kind + "_job", job}, {"ls_" + kind + "_schedule", s.Name}, {"ls_" + kind + "_every", minutesOf(s.Every)}}
}

// settled is settle with the parameters of scheduled.
func settled(kind string) string {
	return settle("@ls_"+kind+"_job", "@ls_"+kind+"_schedule", "@ls_"+kind+"_every")
}

// The numbers of the alerts that the monitor raises.
var (
	backupAlert  = strconv.Itoa(14420)
	restoreAlert = strconv.Itoa(14421)
)
