package tsql

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestControlFlow(t *testing.T) { check(t, flowCases) }

var flowCases = []sqlCase{
	{"DECLARE @i int = 0, @s nvarchar(10) = N''; WHILE @i < 5 BEGIN SET @i += 1; IF @i = 2 CONTINUE; IF @i = 4 BREAK; SET @s = @s + CAST(@i AS varchar) END; SELECT @s", "13"},
	{"IF 1 = 0 SELECT 'no' ELSE IF 1 = 1 BEGIN SELECT 'yes' END; PRINT 'after'", "yes; info after"},
	{"IF NULL = NULL SELECT 1 ELSE SELECT 2", "2"},
	{"SELECT 1 RETURN SELECT 2", "1"},
	{"DECLARE @v varchar(3); SET @v = 'truncated'; SELECT @v, @@ROWCOUNT", "tru|1"},
	{"DECLARE @n int, @d nvarchar(128); SELECT TOP 1 @n = database_id, @d = name FROM sys.databases ORDER BY database_id DESC; SELECT @n, @d", "6|mgccomp"},
	{"DECLARE @all nvarchar(max) = ''; SELECT @all = @all + name + ',' FROM sys.databases ORDER BY database_id; SELECT @all", "master,tempdb,mgc,mgccomp,"},
	{"DECLARE @n int = 7; SELECT @n = database_id FROM sys.databases WHERE 1 = 0; SELECT @n, @@ROWCOUNT", "7|0"},
	{"SELECT name FROM sys.databases WHERE state = 0; SELECT @@ROWCOUNT, @@ERROR", "master; tempdb; 2|0"},
	{"/* a /* nested */ comment */ SELECT 1 -- and a line\n;;SELECT 2", "1; 2"},
	{"SET NOCOUNT ON; SET XACT_ABORT, ANSI_NULLS ON; SET LOCK_TIMEOUT 5000; SET DEADLOCK_PRIORITY LOW; SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED; SET LANGUAGE us_english; SET ROWCOUNT 1; SELECT name FROM sys.databases", "master"},
	{"BEGIN TRAN; SAVE TRANSACTION a; BEGIN TRANSACTION b; SELECT @@TRANCOUNT; COMMIT; SELECT @@TRANCOUNT; ROLLBACK; SELECT @@TRANCOUNT", "2; 1; 0"},
	{"EXEC sp_addup 1, @b = 2; sp_addup", "error 102 line 1"},
}

func TestErrorsEndTheStatementTheBatchOrNothing(t *testing.T) { check(t, errorCases) }

var errorCases = []sqlCase{
	{"SELECT 1/0; SELECT @@ERROR; SELECT @@ERROR", "error 8134 line 1; 8134; 0"},
	{"SELECT CAST('x' AS int); SELECT 'never'", "error 245 line 1"},
	{"SELECT 1; SELECT * FROM nothing; SELECT 'never'", "1; error 208 line 1"},
	{"EXEC nothing; SELECT 'still'", "error 2812 line 1; still"},
	{"EXEC ('SELECT * FROM nothing'); SELECT 'still'", "error 208 line 1; still"},
	{"SET XACT_ABORT ON; BEGIN TRAN; SELECT 1/0; SELECT 'never'", "error 8134 line 1"},
	{"RAISERROR('stop', 16, 1); SELECT 'still'", "error 50000 line 1; still"},
	{"SET XACT_ABORT ON; RAISERROR('stop', 16, 1); SELECT 'still'", "error 50000 line 1; still"},
	{"THROW 50001, 'stop', 1; SELECT 'never'", "error 50001 line 1"},
	{"BEGIN TRY SELECT 1/0 END TRY BEGIN CATCH SELECT ERROR_NUMBER(), ERROR_LINE(), ERROR_SEVERITY(), ERROR_MESSAGE() END CATCH SELECT ERROR_NUMBER()", "8134|1|16|Divide by zero error encountered.; NULL"},
	{"BEGIN TRY\nSELECT CAST('x' AS int)\nEND TRY\nBEGIN CATCH\nTHROW\nEND CATCH\nSELECT 'never'", "error 245 line 2"},
	{"BEGIN TRY SELECT * FROM nothing END TRY BEGIN CATCH SELECT 'not caught at the same level' END CATCH", "error 208 line 1"},
	{"BEGIN TRY EXEC ('SELECT * FROM nothing') END TRY BEGIN CATCH SELECT ERROR_NUMBER() END CATCH", "208"},
	{"BEGIN TRY IF 1 = 1 BEGIN EXEC ('SELECT * FROM nothing') END; SELECT 'never' END TRY BEGIN CATCH SELECT ERROR_NUMBER() END CATCH; SELECT 'still'", "208; still"},
	{"BEGIN TRY EXEC ('BEGIN TRY SELECT * FROM nothing END TRY BEGIN CATCH SELECT ''inner'' END CATCH') END TRY BEGIN CATCH SELECT ERROR_NUMBER() END CATCH", "208"},
	{"BEGIN TRY SELECT 1/0 END TRY BEGIN CATCH THROW END CATCH; SELECT 'never'", "error 8134 line 1"},
	{"IF 1 = 1 BEGIN WHILE 1 = 1 BEGIN SELECT 1/0; BREAK END END; SELECT 'still'", "error 8134 line 1; still"},
	{"BEGIN TRY EXEC ('SELECT )') END TRY BEGIN CATCH SELECT ERROR_NUMBER() END CATCH", "102"},
	{"BEGIN TRY BEGIN TRY SELECT 1/0 END TRY BEGIN CATCH RAISERROR('inner', 16, 7) END CATCH END TRY BEGIN CATCH SELECT ERROR_MESSAGE(), ERROR_STATE() END CATCH", "inner|7"},
	{"BEGIN TRY EXEC sp_fails END TRY BEGIN CATCH SELECT ERROR_NUMBER() END CATCH", "32009"},
	{"DECLARE @rc int; EXEC @rc = sp_fails; SELECT @@ERROR, @rc", "error 32009 line 1; rc 1; 32009|1"},
	{"RAISERROR('%s is %d%% done, %05d|%-4s|%x', 0, 1, 'mgc', 45, 7, 'ab', 255) WITH NOWAIT", "info mgc is 45% done, 00007|ab  |ff"},
	{"RAISERROR(50005, 16, 1)", "error 18054 line 1"},
	{"RAISERROR('x', 19, 1)", "error 2754 line 1"},
	{"THROW", "error 10704 line 1"},
}

func TestProceduresTakeAndGiveParameters(t *testing.T) { check(t, procedureCases) }

var procedureCases = []sqlCase{
	{"EXEC sp_addup 1, 2, 3", "info added; 3; rc 6"},
	{"master.dbo.sp_addup @a = 1, @b = -2", "info added; 2; rc -1"},
	{"DECLARE @s int, @rc int, @p sysname = N'master..sp_addup'; EXECUTE @rc = @p @a = 40, @b = 2, @sum = @s OUTPUT; SELECT @s, @rc", "info added; 3; rc 42; 42|42"},
	{"DECLARE @s bigint; EXEC sp_addup 5, @s OUT; SELECT @s", "info added; 2; rc 5; 5"},
	{"EXEC sp_executesql N'SELECT @a + @b AS x', N'@a int, @b int = 3', @a = 4", "7; rc 0"},
	{"DECLARE @n int; EXEC sp_executesql N'SELECT @out = COUNT(*) FROM sys.databases WHERE state = @st', N'@st int, @out int OUTPUT', 1, @out = @n OUTPUT; SELECT @n", "rc 0; 2"},
	{"EXEC sp_executesql N'SELECT @a', N'@a int'", "error 8178 line 1"},
	{"EXEC sp_executesql N'SELECT 1', N'', @b = 1", "error 8145 line 1"},
	{"EXEC sp_executesql 1", "error 214 line 1"},
	{"DECLARE @outer int = 1; EXEC ('SELECT @outer')", "error 137 line 1"},
	{"DECLARE @t nvarchar(100) = N'SELECT ''a'''; EXEC (@t + ' + ''b''')", "ab"},
	{"DECLARE @h int; EXEC sp_prepare @h OUT, N'@a int', N'SELECT @a * 2'; EXEC sp_execute @h, 21; EXEC sp_unprepare @h; EXEC sp_execute @h, 1", "rc 0; 42; rc 0; rc 0; error 8179 line 1"},
	{"EXEC sp_addup @a = 1, 2", "error 119 line 1"},
	{"-- a script as Management Studio writes it\n\nDECLARE @Id\tAS int \nDECLARE @Code\tAs int \n\n\nEXEC @Code = master.dbo.sp_addup \n\t\t@a = 0 \n\t\t,@b = N'text' \n\t\t,@sum = @Id OUTPUT \n\n\nIF (@@ERROR = 0 AND @Code = 0) \nBEGIN \n\nDECLARE @Uid\tAs uniqueidentifier \n\nPRINT N'ok'\n\nEND \n-- end", "info added; 3; rc 0; info ok"},
}

func TestTablesOfTheSession(t *testing.T) { check(t, tableCases) }

var tableCases = []sqlCase{
	{"DECLARE @t TABLE (id int NOT NULL PRIMARY KEY, name nvarchar(5)); INSERT @t VALUES (1, 'one'), (2, 'two long'); INSERT INTO @t (name) SELECT 'x'; DELETE FROM @t WHERE id = 1; SELECT * FROM @t ORDER BY id", "NULL|x; 2|two l"},
	{"SELECT database_id, name INTO #d FROM sys.databases WHERE state = 1; SELECT d.name FROM #d d ORDER BY 1; DROP TABLE #d; SELECT * FROM #d", "mgc; mgccomp; error 208 line 1"},
	{"CREATE TABLE #r (thing nvarchar(20)); INSERT INTO #r EXEC sp_addup 1; SELECT COUNT(*) FROM #r", "info added; 1"},
	{"CREATE TABLE #r (a int); INSERT #r EXEC ('PRINT 1'); SELECT COUNT(*) FROM #r", "info 1; 0"},
	{"IF OBJECT_ID('tempdb..#x') IS NOT NULL DROP TABLE #x; CREATE TABLE #x (a int); CREATE TABLE #x (a int)", "error 2714 line 1"},
	{"INSERT INTO mgc.dbo.tblChat (chatId, chatDate) VALUES (1, GETDATE()), (2, NULL); SELECT @@ROWCOUNT; DELETE mgc.dbo.tblChat WHERE chatDate IS NULL; SELECT chatId FROM mgc..tblChat", "2; 1"},
	{"CREATE TABLE users (a int)", "error 50000 line 1"},
	{"DECLARE @t TABLE (a int); INSERT @t VALUES (1, 2)", "error 213 line 1"},
}

func TestStatementsOfTheServerReachTheHost(t *testing.T) {
	for _, c := range []struct{ sql, asked string }{
		{"DECLARE @d sysname = N'mgc', @f nvarchar(260) = N'E:\\a.trn'; RESTORE LOG @d FROM DISK = @f WITH NORECOVERY, STATS = 5", `restore {What:LOG Database:mgc Disks:[E:\a.trn] With:{Values:map[NORECOVERY: STATS:5] Move:[]}}`},
		{"RESTORE DATABASE [mgc] WITH RECOVERY", "restore {What:DATABASE Database:mgc Disks:[] With:{Values:map[RECOVERY:] Move:[]}}"},
		{"restore database mgc from disk='a', disk='b' with file = 2, move 'd' to 'E:\\d.mdf', move N'l' to 'F:\\l.ldf', replace", `restore {What:DATABASE Database:mgc Disks:[a b] With:{Values:map[FILE:2 REPLACE:] Move:[[d E:\d.mdf] [l F:\l.ldf]]}}`},
		{"RESTORE HEADERONLY FROM DISK = 'x.trn'", "restore {What:HEADERONLY Database: Disks:[x.trn] With:{Values:map[] Move:[]}}"},
		{"RESTORE LOG mgc FROM DISK = 'x' WITH STANDBY = 'y.tuf', STOPAT = '2026-11-21T02:45:00'", "restore {What:LOG Database:mgc Disks:[x] With:{Values:map[STANDBY:y.tuf STOPAT:2026-11-21T02:45:00] Move:[]}}"},
		{"BACKUP LOG mgc TO DISK = N'x.trn' WITH NO_TRUNCATE, NORECOVERY, INIT, NAME = 'tail'", "backup {Log:true Database:mgc Disks:[x.trn] With:{Values:map[INIT: NAME:tail NORECOVERY: NO_TRUNCATE:] Move:[]}}"},
		{"BACKUP DATABASE mgc TO DISK = 'x' WITH COPY_ONLY, COMPRESSION", "backup {Log:false Database:mgc Disks:[x] With:{Values:map[COMPRESSION: COPY_ONLY:] Move:[]}}"},
		{"DROP DATABASE IF EXISTS [mgc]", "drop mgc"},
		{"KILL 60", "kill {SPID:60 StatusOnly:false}"},
		{"KILL 60 WITH STATUSONLY; ", "kill {SPID:60 StatusOnly:true}"},
		{"ALTER DATABASE [mgc] SET PARTNER = 'TCP://sql02.litwareinc.com:5022'", `alter ["mgc" "PARTNER" "=" "TCP://sql02.litwareinc.com:5022"]`},
		{"ALTER DATABASE mgc SET SINGLE_USER WITH ROLLBACK IMMEDIATE SELECT 1", `alter ["mgc" "SINGLE_USER" "WITH" "ROLLBACK" "IMMEDIATE"]`},
		{"ALTER DATABASE mgc set partner force_service_allow_data_loss;", `alter ["mgc" "PARTNER" "FORCE_SERVICE_ALLOW_DATA_LOSS"]`},
	} {
		t.Run(c.sql, func(t *testing.T) {
			m := newMemory()
			say(m, c.sql)
			require.Equal(t, []string{c.asked}, m.asked)
		})
	}
}

func TestServerStatementsAreRefusedInsideATransaction(t *testing.T) {
	for sql, want := range map[string]string{
		"RESTORE LOG mgc FROM DISK = 'x'":     "error 3021 line 1; error 3013 line 1",
		"BACKUP LOG mgc TO DISK = 'x'":        "error 3021 line 1; error 3013 line 1",
		"KILL 60":                             "error 6115 line 1",
		"DROP DATABASE mgc":                   "error 574 line 1",
		"ALTER DATABASE mgc SET MULTI_USER":   "error 226 line 1",
		"KILL 57":                             "error 6115 line 1",
		"COMMIT; KILL 57":                     "error 6104 line 1",
		"KILL 'not a session' SELECT 'still'": "error 6115 line 1; still",
	} {
		m := newMemory()
		require.Equal(t, want, joined(say(m, "BEGIN TRAN "+sql)), sql)
		require.Empty(t, m.asked)
	}
}

func TestAFailedRestoreShowsItsCauseAndThenItsFollower(t *testing.T) {
	m := newMemory()
	m.restore = func(_ Restore, s Sink) *Error {
		s.Message(refuse(4305, "The log in this backup set begins at LSN 9, which is too recent."))
		last := refuse(3013, "RESTORE LOG is terminating abnormally.")
		s.Message(last)
		return last
	}
	const restore = "RESTORE LOG mgc FROM DISK = 'x' WITH NORECOVERY"
	require.Equal(t, "error 4305 line 2; error 3013 line 2; 3013", joined(say(m, "\n"+restore+"\nSELECT @@ERROR")), "the last one only once")
	require.Equal(t, "3013", joined(say(m, "BEGIN TRY "+restore+" END TRY BEGIN CATCH SELECT ERROR_NUMBER() END CATCH")), "only the last can be caught")
}

func TestADatabaseThatRestoresCannotBeRead(t *testing.T) {
	m := newMemory()
	m.refuse["mgc.dbo.tblchat"] = &Error{Number: 927, State: 2, Class: 14, Message: "Database 'mgc' cannot be opened. It is in the middle of a restore."}
	require.Equal(t, "error 927 line 1", joined(say(m, "SELECT COUNT(*) FROM mgc.dbo.tblChat; SELECT 'never'")))
}

func TestAStatementReadsAViewOnce(t *testing.T) {
	m := newMemory()
	say(m, "SELECT a.name FROM sys.databases a JOIN sys.databases b ON a.name = b.name WHERE a.database_id = (SELECT MAX(database_id) FROM sys.databases)")
	require.Equal(t, []string{"view master.sys.databases"}, m.asked)
}

func TestAJoinInTheOldWayTriesNoMorePairsThanItMust(t *testing.T) {
	m := newMemory()
	const n = 3000
	rows := m.tables["mgc.dbo.tblchat"]
	for i := range n {
		rows.Values = append(rows.Values, []any{int64(i), noon})
	}
	require.Equal(t, "2999", joined(say(m, "SELECT COUNT(*) FROM mgc.dbo.tblChat a, mgc.dbo.tblChat b WHERE a.chatId = b.chatId AND a.chatId <> 7")))
}

func TestACancelledBatchEndsAtOnce(t *testing.T) {
	for _, sql := range []string{
		"WHILE 1 = 1 SET NOCOUNT ON",
		"WAITFOR DELAY '10:00:00'; SELECT 'never'",
		"SELECT COUNT(*) FROM sys.databases a, sys.databases b, sys.databases c, sys.databases d, sys.databases e, sys.databases f, sys.databases g, sys.databases h, sys.databases i, sys.databases j, sys.databases k; SELECT 'never'",
	} {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
		out := &transcript{}
		begun := time.Now()
		NewSession(newMemory()).Batch(ctx, sql, out)
		cancel()
		require.Less(t, time.Since(begun), 30*time.Second, sql)
		require.NotContains(t, out.lines, "never")
	}
}

func TestWorkIsBounded(t *testing.T) {
	for _, c := range []struct{ sql, want string }{
		{strings.Repeat("(", 1000) + "1", "error 191 line 1"},
		{"SELECT " + strings.Repeat("(", 1000) + "1", "error 191 line 1"},
		{"SELECT 1" + strings.Repeat(" + 1", 100_000), "error 191 line 1"},
		{strings.Repeat("BEGIN ", 1000), "error 191 line 1"},
		{"SELECT " + strings.Repeat("x", 200), "error 103 line 1"},
		{strings.Repeat("x", maxBatch+1), "error 191 line 1"},
		{"DECLARE @s nvarchar(max) = REPLICATE(N'x', 4000), @i int = 0; WHILE @i < 100 BEGIN SET @s = @s + @s; SET @i += 1 END", "error 701 line 1"},
		{"SELECT COUNT(*) FROM sys.databases a, sys.databases b, sys.databases c, sys.databases d, sys.databases e, sys.databases f, sys.databases g, sys.databases h, sys.databases i, sys.databases j", "error 701 line 1"},
		{"EXEC sp_executesql N'EXEC sp_executesql @t, N''@t nvarchar(max)'', @t', N'@t nvarchar(max)', N'EXEC sp_executesql @t, N''@t nvarchar(max)'', @t'", "error 217 line 1"},
	} {
		got := say(newMemory(), c.sql)
		require.NotEmpty(t, got)
		require.Equal(t, c.want, got[0], clip(c.sql, 60))
	}
}
