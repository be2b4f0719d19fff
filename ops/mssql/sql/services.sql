-- Display names are translated, names of programs are not.
SELECT N'services' AS part, servicename, status, service_account, filename
FROM sys.dm_server_services
