SELECT N'secondary' AS part, d.secondary_id AS id, s.primary_server, s.primary_database, s.backup_source_directory, s.backup_destination_directory,
    s.copy_job_id AS copy_job, s.restore_job_id AS restore_job,
    ISNULL(m.last_copied_file, s.last_copied_file) AS last_copied_file, m.last_copied_date_utc,
    CASE WHEN m.last_copied_date_utc > '20000101' THEN DATEDIFF(SECOND, m.last_copied_date_utc, GETUTCDATE()) END AS copy_age,
    ISNULL(m.last_restored_file, d.last_restored_file) AS last_restored_file, m.last_restored_date_utc,
    CASE WHEN m.last_restored_date_utc > '20000101' THEN DATEDIFF(SECOND, m.last_restored_date_utc, GETUTCDATE()) END AS restore_age,
    m.last_restored_latency, m.restore_threshold, m.history_retention_period, m.threshold_alert_enabled,
    s.monitor_server, s.file_retention_period, d.restore_delay, d.restore_mode
FROM msdb.dbo.log_shipping_secondary_databases AS d
JOIN msdb.dbo.log_shipping_secondary AS s ON s.secondary_id = d.secondary_id
LEFT JOIN msdb.dbo.log_shipping_monitor_secondary AS m
    ON m.secondary_id = d.secondary_id AND m.secondary_database = d.secondary_database
WHERE d.secondary_database = @database
