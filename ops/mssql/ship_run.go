package mssql

import "strconv"

// looks is how often a batch looks for the end of a run, every 50 milliseconds:
// the end is noticed at once, and no batch is held for more than 2 seconds.
const looks = 40

// startText starts a job and waits for its end.
var startText = `SET NOCOUNT ON;
DECLARE @id uniqueidentifier, @before int, @rc int, @looks int;
SELECT @id = job_id FROM msdb.dbo.sysjobs WHERE name = @job;
SELECT @before = ISNULL(MAX(instance_id), 0) FROM msdb.dbo.sysjobhistory WHERE job_id = @id AND step_id = 0;
EXEC @rc = msdb.dbo.sp_start_job @job_name = @job;
IF @@ERROR <> 0 OR @rc <> 0 RETURN;
SET @looks = ` + strconv.Itoa(looks) + `;
` + runText

// awaitText goes on waiting. No look at all only reads how the run stands. What runs it
// is the Agent, so that its state is told, too.
var awaitText = `SET NOCOUNT ON;
DECLARE @id uniqueidentifier, @known int;
SELECT @id = job_id FROM msdb.dbo.sysjobs WHERE name = @job;
` + runText + ";\n" + batch([]string{"server", "services", "sessions"})

// runText waits for a row of the history behind @before, and reads it. The
// outcome of a run is its step 0; why a step failed stands with the step.
const runText = `WHILE @looks > 0 AND NOT EXISTS (
    SELECT 1 FROM msdb.dbo.sysjobhistory WHERE job_id = @id AND step_id = 0 AND instance_id > @before)
BEGIN
    WAITFOR DELAY '00:00:00.050';
    SET @looks = @looks - 1;
END;
SELECT N'run' AS part, @before AS before, (SELECT MAX(session_id) FROM msdb.dbo.syssessions) AS agent, h.instance_id, h.run_status,
    (SELECT TOP (1) s.message FROM msdb.dbo.sysjobhistory AS s
     WHERE s.job_id = j.job_id AND s.step_id <> 0 ORDER BY s.instance_id DESC) AS message,
    CASE WHEN EXISTS (
        SELECT 1 FROM msdb.dbo.sysjobactivity AS a
        WHERE a.job_id = j.job_id AND a.session_id = (SELECT MAX(session_id) FROM msdb.dbo.syssessions)
            AND a.start_execution_date IS NOT NULL AND a.stop_execution_date IS NULL
    ) THEN 1 ELSE 0 END AS running
FROM msdb.dbo.sysjobs AS j
LEFT JOIN msdb.dbo.sysjobhistory AS h ON h.instance_id = (
    SELECT MAX(o.instance_id) FROM msdb.dbo.sysjobhistory AS o WHERE o.job_id = j.job_id AND o.step_id = 0)
WHERE j.job_id = @id;
SELECT N'primary' AS part, ISNULL(m.last_backup_file, p.last_backup_file) AS last_backup_file
FROM msdb.dbo.log_shipping_primary_databases AS p
LEFT JOIN msdb.dbo.log_shipping_monitor_primary AS m ON m.primary_id = p.primary_id
WHERE p.primary_database = @database;
SELECT N'secondary' AS part, ISNULL(m.last_copied_file, s.last_copied_file) AS last_copied_file,
    ISNULL(m.last_restored_file, d.last_restored_file) AS last_restored_file
FROM msdb.dbo.log_shipping_secondary_databases AS d
JOIN msdb.dbo.log_shipping_secondary AS s ON s.secondary_id = d.secondary_id
LEFT JOIN msdb.dbo.log_shipping_monitor_secondary AS m
    ON m.secondary_id = d.secondary_id AND m.secondary_database = d.secondary_database
WHERE d.secondary_database = @database`
