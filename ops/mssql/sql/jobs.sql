-- A job may have several schedules: the first is the one that log shipping made.
-- The rows of sysjobactivity before the Agent's last start tell nothing. The
-- outcome of a run is its step 0; why a step failed stands with the step. An owner is
-- certainly gone when it was a login of the server itself, whose SIDs have 16 bytes:
-- that of an account may have its right from a group, and only the domain knows its name.
SELECT p.*, N'jobs' AS part, j.job_id AS id, j.name, j.enabled,
    CASE WHEN DATALENGTH(j.owner_sid) = 16 AND HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW ANY DEFINITION') = 1
        AND NOT EXISTS (SELECT 1 FROM sys.server_principals AS o WHERE o.sid = j.owner_sid) THEN 1 END AS ownerless, p.name AS plan_name, p.enabled AS plan_on,
    CASE WHEN EXISTS (
        SELECT 1 FROM msdb.dbo.sysjobactivity AS a
        WHERE a.job_id = j.job_id AND a.session_id = (SELECT MAX(session_id) FROM msdb.dbo.syssessions)
            AND a.start_execution_date IS NOT NULL AND a.stop_execution_date IS NULL
    ) THEN 1 ELSE 0 END AS running,
    h.run_status, h.run_date, h.run_time, h.message,
    (SELECT TOP (1) s.message FROM msdb.dbo.sysjobhistory AS s
     WHERE s.job_id = j.job_id AND s.step_id <> 0 ORDER BY s.instance_id DESC) AS step_message
FROM msdb.dbo.sysjobs AS j
LEFT JOIN msdb.dbo.sysschedules AS p ON p.schedule_id = (
    SELECT MIN(b.schedule_id) FROM msdb.dbo.sysjobschedules AS b WHERE b.job_id = j.job_id)
LEFT JOIN msdb.dbo.sysjobhistory AS h ON h.instance_id = (
    SELECT MAX(o.instance_id) FROM msdb.dbo.sysjobhistory AS o WHERE o.job_id = j.job_id AND o.step_id = 0)
WHERE j.job_id IN (
    SELECT backup_job_id FROM msdb.dbo.log_shipping_primary_databases
    UNION ALL SELECT copy_job_id FROM msdb.dbo.log_shipping_secondary
    UNION ALL SELECT restore_job_id FROM msdb.dbo.log_shipping_secondary)
