-- The redo position is NULL unless the files wait for more log; the file that
-- is furthest back decides where the next log backup has to begin.
SELECT N'database' AS part, state_desc, is_in_standby, recovery_model_desc, user_access_desc, create_date,
    (SELECT MIN(redo_start_lsn) FROM sys.master_files WHERE database_id = d.database_id) AS redo_lsn,
    (SELECT redo_start_fork_guid FROM sys.master_files WHERE database_id = d.database_id AND file_id = 1) AS redo_fork,
    mirroring_guid, mirroring_role_desc, mirroring_role_sequence, mirroring_state_desc, mirroring_safety_level_desc,
    mirroring_partner_name, mirroring_witness_name, mirroring_witness_state_desc
FROM sys.databases d
LEFT JOIN sys.database_mirroring m ON m.database_id = d.database_id
WHERE d.name = @database
