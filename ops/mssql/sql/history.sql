-- In STANDBY the files do not tell the redo position; the last set restored does.
SELECT TOP 1 N'history' AS part, restore_history_id, first_lsn, last_lsn, last_recovery_fork_guid, family_guid, server_name, backup_finish_date
FROM msdb.dbo.restorehistory AS r
JOIN msdb.dbo.backupset AS b ON b.backup_set_id = r.backup_set_id
WHERE destination_database_name = @database AND restore_type IN ('D', 'I', 'L')
ORDER BY 2 DESC
