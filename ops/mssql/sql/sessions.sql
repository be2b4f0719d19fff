-- Where sys.dm_server_services is missing (2008 R2 before SP1), an Agent that
-- runs shows by its own sessions. Whose machines work with the database tells
-- whether people can chat. The threads of a parallel statement name nobody.
SELECT N'sessions' AS part, p.hostname, p.program_name, p.loginame,
    COUNT(DISTINCT CASE WHEN p.dbid = @dbid AND s.is_user_process = 1 THEN p.spid END) AS sessions
FROM sys.sysprocesses AS p
JOIN sys.dm_exec_sessions AS s ON s.session_id = p.spid
WHERE p.ecid = 0
GROUP BY p.hostname, p.program_name, p.loginame
