SELECT N'primary' AS part, p.primary_id AS id, p.backup_share, p.backup_directory, p.backup_retention_period, p.backup_compression,
    p.backup_job_id AS backup_job, ISNULL(m.last_backup_file, p.last_backup_file) AS last_backup_file,
    m.backup_threshold, m.history_retention_period, m.threshold_alert_enabled,
    p.monitor_server, m.last_backup_date_utc,
    CASE WHEN m.last_backup_date_utc > '20000101' THEN DATEDIFF(SECOND, m.last_backup_date_utc, GETUTCDATE()) END AS backup_age
FROM msdb.dbo.log_shipping_primary_databases AS p
LEFT JOIN msdb.dbo.log_shipping_monitor_primary AS m ON m.primary_id = p.primary_id
WHERE p.primary_database = @database
