-- The redo position is NULL unless the files wait for more log; the file that
-- is furthest back decides where the next log backup has to begin.
SELECT N'database' AS part, d.state_desc, d.is_in_standby, d.recovery_model_desc, d.user_access_desc, d.create_date,
    (SELECT MIN(redo_start_lsn) FROM sys.master_files WHERE database_id = d.database_id) AS redo_lsn,
    (SELECT redo_start_fork_guid FROM sys.master_files WHERE database_id = d.database_id AND file_id = 1) AS redo_fork,
    m.mirroring_guid, m.mirroring_role_desc, m.mirroring_state_desc, m.mirroring_safety_level_desc,
    m.mirroring_partner_name, m.mirroring_witness_name, m.mirroring_witness_state_desc
FROM sys.databases d
LEFT JOIN sys.database_mirroring m ON m.database_id = d.database_id
WHERE d.name = @database
