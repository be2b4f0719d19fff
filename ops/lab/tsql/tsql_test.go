package tsql

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// sqlCase is a batch with what the client sees of it, messages and rows joined
// by "; " and cells by "|".
type sqlCase struct{ sql, want string }

func check(t *testing.T, cases []sqlCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.sql, func(t *testing.T) {
			require.Equal(t, c.want, joined(say(newMemory(), c.sql)))
		})
	}
}

func TestExpressionsGiveWhatSQLServerGives(t *testing.T) { check(t, expressionCases) }

var expressionCases = []sqlCase{
	{"SELECT 1 + 2 * 3, (1 + 2) * 3, 7 / 2, -7 / 2, 7 % 3, - - 3, ~5", "7|9|3|-3|1|3|-6"},
	{"SELECT 5 & 3, 5 | 3, 5 ^ 3", "1|7|6"},
	{"SELECT (184556377 / 0x1000000) & 0xff", "11"},
	{"SELECT 7 / 2.0, 1.5 + 1, 0.1 * 3, 1e3 / 4", "3.500000|2.5|0.3|250"},
	{"SELECT 'a' + 'b', 'a' + NULL, 1 + NULL, '1' + 1, N'it''s'", "ab|NULL|NULL|2|it's"},
	{"SELECT CASE WHEN NULL = NULL THEN 'equal' WHEN NULL IS NULL THEN 'null' END", "null"},
	{"SELECT CASE 2 WHEN 1 THEN 'one' WHEN 2 THEN 'two' ELSE 'many' END", "two"},
	{"SELECT CASE WHEN 1 = 0 THEN 1 ELSE 2.5 END", "2.5"},
	{"SELECT ISNULL(NULL, 'x'), COALESCE(NULL, NULL, 3), NULLIF(1, 1), NULLIF(1, 2), IIF(1 < 2, 'y', 'n')", "x|3|NULL|1|y"},
	{"SELECT CASE WHEN 'ABC' = 'abc  ' THEN 1 ELSE 0 END", "1"},
	{"SELECT CASE WHEN 'ABC' COLLATE Latin1_General_BIN = 'abc' THEN 1 ELSE 0 END", "0"},
	{"SELECT CASE WHEN 'x' NOT IN ('a', NULL) THEN 'in' ELSE 'unknown' END", "unknown"},
	{"SELECT CASE WHEN 5 BETWEEN 1 AND 5 AND 5 NOT BETWEEN 6 AND 7 THEN 1 END", "1"},
	{"SELECT CASE WHEN 'mgc_20261121.trn' LIKE 'mgc[_]%.trn' THEN 1 END", "1"},
	{"SELECT CASE WHEN 'mgcX2026.trn' LIKE 'mgc!_%' ESCAPE '!' THEN 1 ELSE 0 END", "0"},
	{"SELECT CASE WHEN 'b' LIKE '[^a]' AND 'b7' LIKE '[a-c]_' THEN 1 END", "1"},
	{"SELECT CAST('42' AS int) + 1, CAST(3.7 AS int), CAST(300 AS varchar(2)), CONVERT(bit, 'true')", "43|3|30|1"},
	{"SELECT CAST('1821957000104764400001' AS numeric(25,0)) + 1", "1821957000104764400002"},
	{"SELECT CAST(12.345 AS decimal(10,2)), CONVERT(varbinary(4), 258), CONVERT(varchar(10), 0x4142, 1)", "12.35|\x00\x00\x01\x02|0x4142"},
	{"SELECT TRY_CONVERT(int, 'x'), TRY_CAST('7' AS int)", "NULL|7"},
	{"SELECT CASE WHEN CAST('0A000000-0000-0000-0000-000000000000' AS uniqueidentifier) = '{0a000000-0000-0000-0000-000000000000}' THEN 1 END", "1"},
	{"SELECT CONVERT(varchar(30), GETDATE(), 120), CONVERT(varchar(30), GETDATE(), 126), CONVERT(varchar(30), GETDATE())", "2026-11-21 12:00:00|2026-11-21T12:00:00|Nov 21 2026 12:00PM"},
	{"SELECT CONVERT(varchar(30), CAST('2026-11-21T02:45:00.127' AS datetime), 121)", "2026-11-21 02:45:00.127"},
	{"SELECT CONVERT(varchar(10), CAST('20261121 23:59' AS date), 112)", "20261121"},
	{"SELECT DATEDIFF(MINUTE, '2026-11-21 11:30:59', GETDATE()), DATEDIFF(SECOND, GETDATE(), DATEADD(hour, 2, GETDATE()))", "30|7200"},
	{"SELECT DATEDIFF(day, '2026-11-20 23:59', '2026-11-21 00:01'), DATEDIFF(month, '2026-01-31', '2026-03-01'), DATEDIFF(ms, '2026-11-21', '2026-11-21 00:00:01.5')", "1|2|1500"},
	{"SELECT DATEPART(hour, GETDATE()), YEAR(GETDATE()), DATENAME(month, GETDATE()), DATENAME(dw, GETDATE())", "12|2026|November|Saturday"},
	{"SELECT CONVERT(varchar(20), DATEADD(month, 1, '2026-01-31'), 120), CONVERT(varchar(20), GETDATE() - 1, 120)", "2026-02-28 00:00:00|2026-11-20 12:00:00"},
	{"SELECT LEN('ab  '), SUBSTRING('abcdef', 2, 3), SUBSTRING('abc', 0, 2), LEFT('abc', 2), RIGHT('abc', 2), UPPER('a'), REVERSE('abc')", "2|bcd|a|ab|bc|A|cba"},
	{"SELECT REPLACE('aXbx', 'x', '-'), CHARINDEX('\\', 'SQL11\\RTC'), STUFF('abcdef', 2, 3, 'X'), PATINDEX('%[0-9]%', 'ab7'), LTRIM(RTRIM('  a ')) + '|', QUOTENAME('a]b')", "a-b-|6|aXef|3|a||[a]]b]"},
	{"SELECT ABS(-5), CEILING(1.2), FLOOR(-1.2), ROUND(123.456, 1), ROUND(155, -1), ISNUMERIC('1.5'), ISNUMERIC('x')", "5|2|-2|123.500|160|1|0"},
	{"SELECT @@SPID, DB_ID(N'mgc'), SERVERPROPERTY('EngineEdition') + 1, SERVERPROPERTY('nothing')", "57|5|3|NULL"},
	{"SELECT CASE WHEN OBJECT_ID('sys.databases') IS NOT NULL AND OBJECT_ID('dbo.nothing') IS NULL THEN 1 END", "1"},
}

func TestQueriesGiveTheRowsSQLServerWould(t *testing.T) { check(t, queryCases) }

var queryCases = []sqlCase{
	{"SELECT name, s = state FROM sys.databases WHERE state = 1 ORDER BY name DESC", "mgccomp|1; mgc|1"},
	{"select d.* from master.sys.databases as d where d.name = N'TEMPDB'", "2|tempdb|0|ONLINE|Nov 21 2026 12:00PM|0"},
	{"SELECT TOP 1 name FROM sys.databases WITH (NOLOCK) ORDER BY database_id DESC", "mgccomp"},
	{"SELECT TOP (50) PERCENT name FROM sys.databases ORDER BY 1", "master; mgc"},
	{"SELECT DISTINCT state FROM sys.databases ORDER BY state", "0; 1"},
	{"SELECT d.name, f.file_id FROM sys.databases d LEFT JOIN sys.master_files f ON f.database_id = d.database_id AND f.file_id < 3 WHERE d.database_id > 1 ORDER BY d.name, f.file_id DESC", "mgc|2; mgc|1; mgccomp|NULL; tempdb|NULL"},
	{"SELECT d.name, MIN(f.redo_start_lsn) FROM sys.databases d JOIN sys.master_files f ON d.database_id = f.database_id GROUP BY d.name ORDER BY d.name", "master|NULL; mgc|1821957000104764400001"},
	{"SELECT COUNT(*), COUNT(state_desc), COUNT(DISTINCT state), SUM(database_id), AVG(database_id), MAX(name) FROM sys.databases", "4|3|2|14|3|tempdb"},
	{"SELECT COUNT(*), MAX(name) FROM sys.databases WHERE 1 = 0", "0|NULL"},
	{"SELECT state, COUNT(*) AS n FROM sys.databases GROUP BY state HAVING COUNT(*) > 1 ORDER BY n, state", "0|2; 1|2"},
	{"SELECT name FROM sys.databases d WHERE EXISTS (SELECT * FROM sys.master_files f WHERE f.database_id = d.database_id AND f.redo_start_lsn IS NOT NULL)", "mgc"},
	{"SELECT name FROM sys.databases WHERE database_id IN (SELECT database_id FROM sys.master_files) AND database_id <> 1", "mgc"},
	{"SELECT (SELECT MAX(file_id) FROM sys.master_files f WHERE f.database_id = d.database_id) FROM sys.databases d ORDER BY d.database_id", "1; NULL; 2; NULL"},
	{"SELECT x.n, x.name FROM (SELECT database_id AS n, name FROM sys.databases) AS x WHERE x.n > 4 ORDER BY n", "5|mgc; 6|mgccomp"},
	{"WITH d AS (SELECT database_id AS id, name FROM sys.databases), e (id) AS (SELECT 5) SELECT name FROM d JOIN e ON e.id = d.id", "mgc"},
	{"SELECT 1 AS n UNION ALL SELECT 1 UNION SELECT 2.5 ORDER BY n DESC", "2.5; 1.0"},
	{"SELECT NULL AS x UNION ALL SELECT 'a'", "NULL; a"},
	{"SELECT name FROM sys.databases EXCEPT SELECT 'MGC'", "master; tempdb; mgccomp"},
	{"SELECT a.x, b.y FROM (VALUES (1), (2)) AS a(x) CROSS JOIN (VALUES ('p'), ('q')) b(y) ORDER BY x DESC, y", "2|p; 2|q; 1|p; 1|q"},
	{"SELECT d.name, t.file_id FROM sys.databases d CROSS APPLY (SELECT TOP 1 f.file_id FROM sys.master_files f WHERE f.database_id = d.database_id ORDER BY f.file_id DESC) t", "master|1; mgc|2"},
	{"SELECT d.name FROM sys.databases d OUTER APPLY (SELECT f.file_id FROM sys.master_files f WHERE f.database_id = d.database_id) t WHERE t.file_id IS NULL", "tempdb; mgccomp"},
	{"SELECT name, ROW_NUMBER() OVER (PARTITION BY state ORDER BY name DESC) AS n FROM sys.databases ORDER BY name", "master|2; mgc|2; mgccomp|1; tempdb|1"},
	{"SELECT name, COUNT(*) OVER (PARTITION BY state) FROM sys.databases WHERE database_id > 4", "mgc|2; mgccomp|2"},
	{"SELECT name FROM msdb.dbo.jobs j, sys.databases d WHERE 1 = 0", "error 209 line 1"},
	{"SELECT j.name FROM msdb..jobs j WHERE j.enabled = 1", "LSCopy_mgc"},
	{"SELECT name FROM sys.databases WHERE is_in_standby = 0 AND create_date < GETDATE()", "master; mgc"},
	{"SELECT name FROM sys.databases WHERE database_id >= ALL (SELECT database_id FROM sys.databases)", "mgccomp"},
	{"SELECT name FROM sys.databases ORDER BY state DESC, LEN(name) DESC, name", "mgccomp; mgc; master; tempdb"},
	{"SELECT DB_ID('mgc') AS [my id], N'x' 'quoted alias', \"double\" = 1", "5|x|1"},
}

func TestWhatIsWrongIsRefusedWithSQLServersNumbers(t *testing.T) { check(t, refusalCases) }

var refusalCases = []sqlCase{
	{"SELECT 1\nSELEC 2", "error 102 line 2"}, // SELEC is taken for an alias until the 2
	{"SELECT 1\nSELECT FROM x", "error 156 line 2"},
	{"SELECT 'open", "error 105 line 1"},
	{"SELECT 1 /* open", "error 113 line 1"},
	{"SELECT (1", "error 102 line 1"},
	{"SELECT 1 +", "error 102 line 1"},
	{"SELECT * FROM sys.databases WHERE name", "error 4145 line 1"},
	{"SELECT 1\n\nSELECT @nothing", "error 137 line 3"},
	{"DECLARE @a int; DECLARE @A int", "error 134 line 1"},
	{"SELECT nosuch FROM sys.databases", "error 207 line 1"},
	{"SELECT x.name FROM sys.databases d", "error 4104 line 1"},
	{"SELECT x.* FROM sys.databases d", "error 107 line 1"},
	{"SELECT * FROM sys.nothing", "error 208 line 1"},
	{"SELECT * FROM srv.db.dbo.t", "error 7202 line 1"},
	{"SELECT NOSUCH(1)", "error 195 line 1"},
	{"SELECT LEN()", "error 174 line 1"},
	{"SELECT SUBSTRING('a', 1)", "error 174 line 1"},
	{"SELECT CHARINDEX('a')", "error 189 line 1"},
	{"SELECT DATEDIFF(fortnight, 1, 2)", "error 155 line 1"},
	{"SELECT CAST('abc' AS int)", "error 245 line 1"},
	{"SELECT CAST('abc' AS datetime)", "error 241 line 1"},
	{"SELECT CAST('abc' AS uniqueidentifier)", "error 8169 line 1"},
	{"SELECT CAST(1 AS nosuchtype)", "error 243 line 1"},
	{"SELECT 1 / 0", "error 8134 line 1"},
	{"SELECT 2147483647 + 1", "error 8115 line 1"},
	{"SELECT 'a' - 'b'", "error 8117 line 1"},
	{"SELECT (SELECT database_id FROM sys.databases)", "error 512 line 1"},
	{"SELECT 1 WHERE 1 IN (SELECT 1, 2)", "error 116 line 1"},
	{"SELECT 1 UNION SELECT 1, 2", "error 205 line 1"},
	{"SELECT name, COUNT(*) FROM sys.databases", "error 8120 line 1"},
	{"SELECT name FROM sys.databases WHERE COUNT(*) > 1", "error 147 line 1"},
	{"SELECT name FROM sys.databases ORDER BY 2", "error 108 line 1"},
	{"SELECT * FROM (SELECT name FROM sys.databases ORDER BY name) x", "error 1033 line 1"},
	{"SELECT * FROM (SELECT 1) x", "error 8155 line 1"},
	{"DECLARE @x int; SELECT @x = 1, 2", "error 141 line 1"},
	{"EXEC nothing_here", "error 2812 line 1"},
	{"nothing_here 1", "error 2812 line 1"},
	{"BREAK", "error 135 line 1"},
	{"RETURN 1", "error 178 line 1"},
	{"SET NOSUCHOPTION ON", "error 195 line 1"},
	{"GO", "error 102 line 1"},
	{"USE nothing; SELECT 1", "error 911 line 1"},
	{"COMMIT", "error 3902 line 1"},
	{"UPDATE sys.databases SET name = 1", "error 50000 line 1"},
	{"INSERT INTO #t VALUES (1)", "error 208 line 1"},
	{"SELECT * FROM @t", "error 1087 line 1"},
	{"RESTORE LOG mgc FROM DISK = 'x' WITH NOSUCH", "error 155 line 1"},
	{"KILL @@SPID", "error 102 line 1"},
	{"SELECT 1; SELECT 1 FROM [", "error 105 line 1"},
}

func TestABatchThatDoesNotCompileDoesNotBegin(t *testing.T) {
	m := newMemory()
	require.Equal(t, []string{"error 102 line 2"}, say(m, "KILL 60\nSELECT )"))
	require.Equal(t, []string{"error 137 line 2"}, say(m, "KILL 60\nSELECT @x"))
	require.Empty(t, m.asked)
}
