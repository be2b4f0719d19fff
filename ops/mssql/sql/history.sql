-- What was last restored. In STANDBY, and while a RESTORE LOG runs, the files do
-- not tell the redo position, and this does. No index knows the databases, so what
-- a reading before has seen is not read again: @known is the last row of the
-- database then, or the last of all where it had none.
SELECT N'history' AS part, n.newest, r.restore_history_id, first_lsn, last_lsn, last_recovery_fork_guid, family_guid, server_name, backup_finish_date
FROM (SELECT MAX(restore_history_id) AS newest FROM msdb.dbo.restorehistory) AS n
LEFT JOIN msdb.dbo.restorehistory AS r ON r.restore_history_id = (
    SELECT MAX(restore_history_id) FROM msdb.dbo.restorehistory
    WHERE restore_history_id >= @known AND destination_database_name = @database AND restore_type IN ('D', 'I', 'L'))
LEFT JOIN msdb.dbo.backupset AS b ON b.backup_set_id = r.backup_set_id
