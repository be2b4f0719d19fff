-- Where sys.dm_server_services is missing (2008 R2 before SP1), an Agent that
-- runs shows by its own sessions.
SELECT N'sessions' AS part,
    COUNT(DISTINCT CASE WHEN p.dbid = DB_ID(@database) AND s.is_user_process = 1 THEN p.spid END) AS sessions,
    COUNT(CASE WHEN p.program_name LIKE N'SQLAgent%' THEN 1 END) AS agents
FROM sys.sysprocesses AS p
JOIN sys.dm_exec_sessions AS s ON s.session_id = p.spid
