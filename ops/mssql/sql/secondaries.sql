SELECT N'secondaries' AS part, s.secondary_server
FROM msdb.dbo.log_shipping_primary_databases AS p
JOIN msdb.dbo.log_shipping_primary_secondaries AS s ON s.primary_id = p.primary_id
WHERE p.primary_database = @database
ORDER BY s.secondary_server
