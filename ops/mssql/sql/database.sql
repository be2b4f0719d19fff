SELECT @dbid = database_id, @is = CASE is_in_standby WHEN 1 THEN -2 ELSE state END
FROM sys.databases WHERE name = @database;
SELECT N'database' AS part, state_desc, is_in_standby, recovery_model_desc, user_access_desc, create_date,
    mirroring_guid, mirroring_role_desc, mirroring_role_sequence, mirroring_state_desc, mirroring_safety_level_desc,
    mirroring_partner_name, mirroring_witness_name, mirroring_witness_state_desc
FROM sys.databases d
LEFT JOIN sys.database_mirroring m ON m.database_id = d.database_id
WHERE d.name = @database
