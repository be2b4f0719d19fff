SELECT N'services' AS part, servicename, status, service_account
FROM sys.dm_server_services
