-- Of a monitor server only: one row even where it watches nothing.
SELECT N'watched' AS part, a.alert_jobs, w.*
FROM (SELECT COUNT(j.job_id) AS alert_jobs FROM msdb.dbo.log_shipping_monitor_alert AS m
    JOIN msdb.dbo.sysjobs AS j ON j.job_id = m.alert_job_id AND j.enabled = 1) AS a
LEFT JOIN (
    SELECT 1 AS is_primary, primary_id AS id, primary_server AS server, primary_database AS base,
        primary_server, primary_database, backup_threshold AS threshold, threshold_alert_enabled AS alerts,
        history_retention_period AS history
    FROM msdb.dbo.log_shipping_monitor_primary WHERE primary_database = @database
    UNION ALL
    SELECT 0, secondary_id, secondary_server, secondary_database,
        primary_server, primary_database, restore_threshold, threshold_alert_enabled, history_retention_period
    FROM msdb.dbo.log_shipping_monitor_secondary WHERE secondary_database = @database) AS w ON 1 = 1
