-- In STANDBY the files do not tell the redo position; the last set restored does.
SELECT TOP (1) N'history' AS part, b.first_lsn, b.last_lsn, b.last_recovery_fork_guid, b.family_guid
FROM msdb.dbo.restorehistory AS r
JOIN msdb.dbo.backupset AS b ON b.backup_set_id = r.backup_set_id
WHERE r.destination_database_name = @database AND r.restore_type IN ('D', 'I', 'L')
ORDER BY r.restore_history_id DESC
