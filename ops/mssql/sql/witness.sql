-- Of a witness: the mirrored pair that it watches. Which servers are connected
-- to it is not told, only how many.
SELECT N'witness' AS part, w.principal_server_name, w.mirror_server_name,
    (SELECT COUNT(*) FROM sys.dm_db_mirroring_connections AS c WHERE c.state_desc = N'LOGGED_IN') AS connections
FROM sys.database_mirroring_witnesses AS w
WHERE w.database_name = @database
