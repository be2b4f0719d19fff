-- A RESTORE runs in master; what ties it to the database is its lock.
SELECT TOP 1 N'request' AS part, session_id, command, percent_complete, total_elapsed_time
FROM sys.dm_exec_requests AS r
WHERE (command LIKE N'RESTORE%' OR command LIKE N'BACKUP%')
    AND (database_id = DB_ID(@database) OR EXISTS (
        SELECT 1 FROM sys.dm_tran_locks AS l
        WHERE l.request_session_id = r.session_id AND l.resource_type = 'DATABASE'
            AND l.resource_database_id = DB_ID(@database)))
ORDER BY session_id
