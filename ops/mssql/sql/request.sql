-- A RESTORE runs in master; what ties it to the database is its lock.
DECLARE @session int, @command nvarchar(32), @percent real, @elapsed int;
SELECT TOP 1 @session = session_id, @command = command, @percent = percent_complete, @elapsed = total_elapsed_time
FROM sys.dm_exec_requests AS r
WHERE (command LIKE N'RESTORE%' OR command LIKE N'BACKUP%')
    AND (database_id = @dbid OR EXISTS (
        SELECT 1 FROM sys.dm_tran_locks AS l
        WHERE l.request_session_id = r.session_id AND l.resource_type = 'DATABASE' AND l.resource_database_id = @dbid))
ORDER BY command DESC, session_id;
IF @command LIKE N'RESTORE%' SET @is = -1;
IF @session > 0
SELECT N'request' AS part, @session AS session_id, @command AS command, @percent AS percent_complete, @elapsed AS total_elapsed_time
