package tsql

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A batch of another client under the options that promise a dry run.
func TestADryRunChangesNothing(t *testing.T) {
	for _, c := range []struct {
		batches []string
		says    []string // of the last batch
		asked   int      // what reached the server in all
	}{
		{[]string{"SET NOEXEC ON", "ALTER DATABASE mgc SET OFFLINE; SELECT 1"}, nil, 0},
		{[]string{"SET NOEXEC ON; ALTER DATABASE mgc SET OFFLINE; RAISERROR('never', 16, 1)"}, nil, 0},
		{[]string{"SET NOEXEC ON", "ALTER DATABASE mgc SET OFFLINE", "SET NOEXEC OFF; ALTER DATABASE mgc SET ONLINE"}, nil, 1},
		{[]string{"SET NOEXEC ON", "IF 1 = 1 ALTER DATABASE mgc SET OFFLINE", "BEGIN ALTER DATABASE mgc SET OFFLINE END"}, nil, 0},
		{[]string{"SET NOEXEC ON", "EXEC sp_addup 1", "EXEC ('KILL 60')", "BACKUP LOG mgc TO DISK = 'x'"}, nil, 0},
		{[]string{"SET NOEXEC ON", "SELECT * FROM nothing"}, nil, 0},
		{[]string{"SET NOEXEC ON", "SELECT )"}, []string{"error 102 line 1"}, 0},
		{[]string{"SET NOEXEC ON", "SELECT @nothing"}, []string{"error 137 line 1"}, 0},
		{[]string{"SELECT * FROM nothing; SELECT 1", "IF @@ERROR <> 0 SET NOEXEC ON", "KILL 60", "SET NOEXEC OFF", "SELECT 2"}, []string{"2"}, 0},
		{[]string{"SET PARSEONLY ON", "ALTER DATABASE mgc SET OFFLINE"}, nil, 0},
		{[]string{"KILL 60; IF 1 = 0 SET PARSEONLY ON"}, nil, 0},
		{[]string{"SET PARSEONLY ON", "SELECT @nothing"}, nil, 0},
		{[]string{"SET PARSEONLY ON", "SELECT )"}, []string{"error 102 line 1"}, 0},
		{[]string{"SET PARSEONLY ON", "KILL 60", "SET PARSEONLY OFF", "SELECT 1"}, []string{"1"}, 0},
		{[]string{"SET FMTONLY ON", "KILL 60; IF 1 = 0 SELECT 1 AS a, N'b' AS b ELSE SELECT 2 AS c"}, []string{"columns a b", "columns c"}, 0},
		{[]string{"SET FMTONLY ON; SELECT name FROM sys.databases; RESTORE LOG mgc FROM DISK = 'x'; SET FMTONLY OFF; SELECT 1"}, []string{"columns name", "1"}, 0},
		{[]string{"SET FMTONLY ON", "EXEC sp_addup 1; EXEC sp_executesql N'SELECT @a AS a; KILL 60', N'@a int', 1"}, []string{"columns a", "rc 0", "rc 0"}, 0},
		{[]string{"SET FMTONLY ON", "SELECT * FROM nothing"}, []string{"error 208 line 1"}, 0},
		{[]string{"SET FMTONLY ON", "BEGIN TRAN", "SET FMTONLY OFF", "SELECT @@TRANCOUNT"}, []string{"0"}, 0},
	} {
		t.Run(c.batches[len(c.batches)-1], func(t *testing.T) {
			m := newMemory()
			s := NewSession(m)
			var said []string
			for _, b := range c.batches {
				said = sayIn(s, b)
			}
			require.Equal(t, c.says, said)
			acts := 0
			for _, a := range m.asked {
				if len(a) < 4 || a[:4] != "view" {
					acts++
				}
			}
			require.Equal(t, c.asked, acts, "%q", m.asked)
		})
	}
}

// The procedures that a client calls by RPC are dry under NOEXEC, too.
func TestADryRunHoldsForCalls(t *testing.T) {
	m := newMemory()
	s := NewSession(m)
	sayIn(s, "SET NOEXEC ON")
	out := &transcript{}
	rc, _ := s.Call(t.Context(), "sp_executesql", []Param{{Kind: NVarChar, Value: "KILL 60"}}, out)
	require.Zero(t, rc)
	require.Empty(t, out.lines)
	require.Empty(t, m.asked)
}

func TestOptionsDoWhatTheySay(t *testing.T) { check(t, optionCases) }

var optionCases = []sqlCase{
	{"SET QUOTED_IDENTIFIER OFF; SELECT \"a text\"; SET QUOTED_IDENTIFIER ON; SELECT \"name\" FROM sys.databases WHERE database_id = 1", "a text; master"},
	{"SET ANSI_PADDING, QUOTED_IDENTIFIER OFF; EXEC (\"SELECT 1\")", "1"},
	{"SET IMPLICIT_TRANSACTIONS ON; SELECT @@TRANCOUNT; SELECT COUNT(*) FROM sys.databases; SELECT @@TRANCOUNT; COMMIT; SELECT @@TRANCOUNT", "0; 4; 1; 0"},
	{"SET IMPLICIT_TRANSACTIONS ON; BEGIN TRAN; SELECT @@TRANCOUNT; ROLLBACK; BACKUP LOG mgc TO DISK = 'x'; SELECT @@TRANCOUNT", "2; 0"},
	{"SET DATEFIRST 1; SELECT @@DATEFIRST, DATEPART(weekday, '20261122'), DATEPART(week, '20261122'); SET DATEFIRST 7; SELECT DATEPART(weekday, '20261122'), DATEPART(week, '20261122')", "1|7|47; 1|48"},
	{"SET DATEFIRST 8", "error 2744 line 1"},
	{"SET TEXTSIZE 8; SELECT CAST('abcdefgh' AS nvarchar(max)), CAST('abcdefgh' AS nvarchar(10)), @@TEXTSIZE", "abcd|abcdefgh|8"},
	{"DECLARE @n int = 2; SET ROWCOUNT @n; SELECT name FROM sys.databases; SET ROWCOUNT 0; SELECT COUNT(*) FROM sys.databases", "master; tempdb; 4"},
	{"SET LANGUAGE us_english; SET LANGUAGE 'English'; SET DATEFORMAT mdy; SELECT 1", "1"},
	{"SET NO_BROWSETABLE ON; SET FMTONLY OFF; SET STATISTICS IO OFF; SET ARITHABORT OFF; SELECT 1", "1"},
}

func TestOptionsThatTheLabDoesNotPlayAreRefused(t *testing.T) {
	for _, text := range []string{
		"SET LANGUAGE Deutsch", "SET DATEFORMAT dmy", "SET ANSI_NULLS OFF", "SET CONCAT_NULL_YIELDS_NULL, NOCOUNT OFF",
		"SET STATISTICS IO ON", "SET SHOWPLAN_ALL ON",
	} {
		t.Run(text, func(t *testing.T) { refusedHonestly(t, text) })
	}
	m := newMemory()
	require.Equal(t, []string{"error 102 line 2"}, say(m, "SET LANGUAGE Deutsch\nSELECT )"), "a mistake of syntax comes first")
}

// refusedHonestly proves that a text is refused in one sentence, and that
// nothing around it has run.
func refusedHonestly(t *testing.T, text string) {
	t.Helper()
	m := newMemory()
	out := &transcript{}
	NewSession(m).Batch(t.Context(), "KILL 60\n"+text, out)
	require.Len(t, out.errors, 1)
	require.Equal(t, int32(50000), out.errors[0].Number)
	require.Contains(t, out.errors[0].Message, "simulated server")
	require.Empty(t, m.asked)
}
