SELECT N'server' AS part,
    CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(128)) AS version,
    CAST(SERVERPROPERTY('Edition') AS nvarchar(128)) AS edition,
    @@SERVERNAME AS name,
    ISNULL(IS_SRVROLEMEMBER('sysadmin'), 0) AS sysadmin,
    ISNULL(HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW SERVER STATE'), 0) AS sees_state,
    GETUTCDATE() AS utc,
    GETDATE() AS local
