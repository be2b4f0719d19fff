package mssql

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// unquoted reads one delimited token at the start of a text the way SQL Server
// does: a doubled closing character stands for one, a single one ends it.
func unquoted(t *testing.T, text, open string, end byte) (value, rest string) {
	t.Helper()
	require.True(t, strings.HasPrefix(text, open), text)
	var b strings.Builder
	for i := len(open); i < len(text); i++ {
		if text[i] != end {
			b.WriteByte(text[i])
			continue
		}
		if i+1 == len(text) || text[i+1] != end {
			return b.String(), text[i+1:]
		}
		b.WriteByte(end)
		i++
	}
	t.Fatalf("%q never ends", text)
	return "", ""
}

func TestNoTextGetsOutOfItsQuotes(t *testing.T) {
	for _, s := range []string{
		"", "mgc", `E:\LogShip\mgc_1.trn`, "O'Brien", "''", "'", "]", "a]]b", "'; DROP DATABASE mgc --", "x\x00y", "\r\n", "Köln", "\xff",
	} {
		value, rest := unquoted(t, quote(s), "N'", '\'')
		require.Equal(t, s, value)
		require.Empty(t, rest)
		value, rest = unquoted(t, quoteName(name(s)), "[", ']')
		require.Equal(t, s, value)
		require.Empty(t, rest)
	}
}

func FuzzQuote(f *testing.F) {
	f.Add("mgc", "after")
	f.Add("'; KILL 57 --", "'")
	f.Add("]]", "]")
	f.Fuzz(func(t *testing.T, s, next string) {
		value, rest := unquoted(t, quote(s)+" "+next, "N'", '\'')
		require.Equal(t, s, value)
		require.Equal(t, " "+next, rest)
		value, rest = unquoted(t, quoteName(name(s))+" "+next, "[", ']')
		require.Equal(t, s, value)
		require.Equal(t, " "+next, rest)
	})
}

func TestWhatIsShownCanBeRunByHand(t *testing.T) {
	file := `\\FS01\LogShip\it's here\mgc_1.trn`
	restore := statement{
		text: "RESTORE LOG @database FROM DISK = @file WITH FILE = 2",
		args: []arg{{"database", name("mgc]; --")}, {"file", file}},
	}
	require.Equal(t, `RESTORE LOG [mgc]]; --] FROM DISK = N'\\FS01\LogShip\it''s here\mgc_1.trn' WITH FILE = 2`, restore.String())

	job := statement{text: "msdb.dbo.sp_update_job", proc: true, args: []arg{{"job_name", "LSCopy_'x'"}, {"enabled", 0}}}
	require.Equal(t, `EXEC msdb.dbo.sp_update_job @job_name = N'LSCopy_''x''', @enabled = 0`, job.String())
}

func TestAValueThatLooksLikeAParameterStaysAValue(t *testing.T) {
	st := statement{text: "RESTORE LOG @database FROM DISK = @file", args: []arg{{"database", name("@file")}, {"file", "@database"}}}
	require.Equal(t, "RESTORE LOG [@file] FROM DISK = N'@database'", st.String())
}
