package tsql

import (
	"testing"
)

// What a real server does and the lab never will is refused in one sentence, and
// nothing of its batch has run.
func TestWhatTheLabNeverDoesIsRefusedHonestly(t *testing.T) {
	for _, text := range []string{
		"DBCC CHECKDB", "DBCC CHECKDB (N'mgc') WITH NO_INFOMSGS, PHYSICAL_ONLY", "DBCC TRACEON (3604, -1)", "DBCC SHRINKFILE (2, 10)",
		"CREATE LOGIN bob WITH PASSWORD = 'x', CHECK_POLICY = OFF", "CREATE LOGIN [LITWARE\\bob] FROM WINDOWS", "CREATE USER bob FOR LOGIN bob",
		"CREATE DATABASE x ON (NAME = x, FILENAME = 'x.mdf') LOG ON (NAME = y, FILENAME = 'y.ldf')", "CREATE TABLE dbo.t (a int PRIMARY KEY)",
		"CREATE UNIQUE INDEX i ON #t (a)", "CREATE PROCEDURE p AS\nBEGIN\nSELECT 1\nEND\nSELECT 2", "CREATE VIEW v AS SELECT 1 AS a",
		"CREATE ENDPOINT e STATE = STARTED AS TCP (LISTENER_PORT = 5022) FOR DATABASE_MIRRORING (ROLE = ALL)",
		"UPDATE dbo.tblChat SET chatId = 1, chatDate = GETDATE() WHERE chatId = 2", "UPDATE t SET a = CASE WHEN b = 1 THEN 2 END FROM dbo.tblChat AS t",
		"GRANT VIEW SERVER STATE TO bob", "REVOKE EXECUTE ON dbo.p FROM bob", "DENY SELECT ON sys.objects TO public",
		"MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN UPDATE SET a = 1;", "TRUNCATE TABLE #t", "BULK INSERT t FROM 'x'", "INSERT BULK t (a int)",
		"CHECKPOINT", "RECONFIGURE WITH OVERRIDE", "SHUTDOWN WITH NOWAIT", "REVERT", "EXECUTE AS LOGIN = 'bob'", "DECLARE c CURSOR FOR SELECT 1",
		"SELECT name FROM sys.databases FOR XML PATH('')", "SELECT name FROM sys.databases ORDER BY name OFFSET 1 ROWS FETCH NEXT 1 ROWS ONLY",
		"DELETE FROM dbo.tblChat OUTPUT deleted.chatId WHERE chatId = 1", "INSERT INTO dbo.tblChat (chatId) OUTPUT inserted.chatId VALUES (1)",
		"SELECT TOP 1 WITH TIES name FROM sys.databases ORDER BY name", "ALTER TABLE dbo.tblChat ADD b int", "ALTER INDEX ALL ON dbo.tblChat REBUILD",
		"ALTER DATABASE mgc ADD FILE (NAME = x, FILENAME = 'x.ndf')", "ALTER DATABASE mgc COLLATE Latin1_General_BIN", "DROP PROCEDURE dbo.p",
		"DROP INDEX i ON dbo.t", "IF 1 = 0 BEGIN CREATE LOGIN x WITH PASSWORD = 'y' END ELSE SELECT 1",
		"EXEC xp_cmdshell 'dir'", "EXEC msdb.dbo.sp_purge_jobhistory", "EXEC sp_helpfile", "SELECT * FROM sys.columns", "SELECT * FROM sys.dm_os_wait_stats",
		"SELECT * FROM msdb.dbo.restorefile", "SELECT * FROM INFORMATION_SCHEMA.ROUTINES", "SELECT text FROM sys.dm_exec_sql_text(0x01)",
		"SELECT @@CPU_BUSY", "SELECT OBJECT_NAME(1)", "SELECT HASHBYTES('SHA1', 'a')", "SELECT * INTO t FROM sys.databases",
		"SELECT * FROM OPENROWSET(BULK 'x', SINGLE_CLOB) AS a", "KILL QUERY NOTIFICATION SUBSCRIPTION ALL", "GOTO done", "SET IDENTITY_INSERT t ON",
		"SELECT a FROM (SELECT 1 AS a) AS s PIVOT (MAX(a) FOR a IN ([1])) AS p",
	} {
		t.Run(text, func(t *testing.T) { refusedHonestly(t, text) })
	}
}

// What no server takes stays a mistake of its author's.
func TestAMistakeOfSyntaxStaysOne(t *testing.T) { check(t, mistakeCases) }

var mistakeCases = []sqlCase{
	{"UPDATE", "error 156 line 1"},
	{"UPDATE t SET", "error 156 line 1"},
	{"UPDATE t SEX a = 1", "error 102 line 1"},
	{"UPDATE t SET a = 1 WHERE", "error 156 line 1"},
	{"CREATE", "error 156 line 1"},
	{"CREATE LOGIN", "error 102 line 1"},
	{"CREATE LUGIN x", "error 102 line 1"},
	{"GRANT SELECT ON x", "error 102 line 1"},
	{"MERGE", "error 156 line 1"},
	{"DBCC", "error 156 line 1"},
	{"DBCC CHEKDB", "error 2526 line 1"},
	{"CREATE LOGIN x WITH (", "error 102 line 1"},
	{"CREATE LOGIN x WITH PASSWORD = 'y')", "error 102 line 1"},
	{"CREATE LOGIN x WITH PASSWORD = 'y'; SELEC 1 FRM", "error 102 line 1"},
	{"UPDATE t SET a = 1\nSELECT FROM x", "error 156 line 2"},
	{"SELECT * FROM sys.databasez", "error 208 line 1"},
	{"SELECT d.THEN FROM sys.databases AS d", "error 156 line 1"},
	{"SET LOCK_TIMEOUT FROM", "error 156 line 1"},
	{"SELECT * FROM msdb.dbo.FROM AS a", "error 156 line 1"},
	{"IF 1 = 0 RAISERROR('x', spid, 1)", "error 102 line 1"},
	{"SELECT COUNT(*) FROM ..jobs; USE msdb; SELECT COUNT(*) FROM .dbo.jobs; SELECT COUNT(*) FROM ..jobs", "error 208 line 1"},
	{"USE msdb; SELECT COUNT(*) FROM .dbo.jobs; SELECT COUNT(*) FROM ..jobs", "info Changed database context to 'msdb'.; 2; 2"},
	{"EXEC sp_helpfiles", "error 2812 line 1"},
}
