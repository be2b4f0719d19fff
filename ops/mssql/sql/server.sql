SELECT N'server' AS part,
    CONVERT(nvarchar(128), SERVERPROPERTY('ProductVersion')) AS version,
    CONVERT(nvarchar(128), SERVERPROPERTY('Edition')) AS edition,
    @@SERVERNAME AS name,
    ISNULL(IS_SRVROLEMEMBER('sysadmin'), 0) AS sysadmin,
    ISNULL(HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW SERVER STATE'), 0) AS sees_state,
    SYSTEM_USER AS login,
    GETUTCDATE() AS utc,
    GETDATE() AS local
