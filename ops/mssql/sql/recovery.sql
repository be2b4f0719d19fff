SELECT N'recovery' AS part, family_guid, recovery_fork_guid, fork_point_lsn
FROM sys.database_recovery_status
WHERE database_id = DB_ID(@database)
