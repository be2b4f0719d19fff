-- A RESTORE runs in master; what ties it to the database is its lock.
SELECT TOP (1) N'request' AS part, r.session_id, r.command, r.percent_complete, r.total_elapsed_time
FROM sys.dm_exec_requests AS r
WHERE (r.command LIKE N'RESTORE%' OR r.command LIKE N'BACKUP%')
    AND (r.database_id = DB_ID(@database) OR EXISTS (
        SELECT 1 FROM sys.dm_tran_locks AS l
        WHERE l.request_session_id = r.session_id AND l.resource_type = 'DATABASE'
            AND l.resource_database_id = DB_ID(@database)))
ORDER BY r.session_id
