-- Asking about a database that is not open tries to open it, and on releases
-- without KB2725950 waits for a RESTORE of it or deadlocks with it.
IF @is IN (0, -2)
SELECT N'recovery' AS part, family_guid, recovery_fork_guid, fork_point_lsn
FROM sys.database_recovery_status
WHERE database_id = @dbid
