-- The redo position is NULL unless the files wait for more log; the file that
-- is furthest back decides where the next log backup has to begin. A RESTORE
-- locks what is said of the files.
IF @is = 1
SELECT N'redo' AS part, MIN(redo_start_lsn) AS redo_lsn,
    MAX(CASE file_id WHEN 1 THEN CONVERT(nvarchar(36), redo_start_fork_guid) END) AS redo_fork
FROM sys.master_files
WHERE database_id = @dbid
