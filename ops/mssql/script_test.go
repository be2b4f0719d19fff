package mssql

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
)

func TestNoValueOfAScriptCanBeMisread(t *testing.T) {
	for value, want := range map[string]string{
		"":                 "N''",
		"it's":             "N'it''s'",
		`E:\$(SQL)\x`:      `N'E:\$' + N'(SQL)\x'`,
		"Zürich":           "N'Z' + NCHAR(252) + N'rich'",
		"ü":                "NCHAR(252)",
		"😀":                "NCHAR(55357) + NCHAR(56832)",
		"a\nGO\nb":         "N'a' + NCHAR(10) + N'GO' + NCHAR(10) + N'b'",
		"$":                "N'$'",
		"\x7f":             "NCHAR(127)",
		"' + @@VERSION --": "N''' + @@VERSION --'",
	} {
		require.Equal(t, want, expression(value), "%q", value)
	}
}

func TestAScriptIsASCIIWithoutVariablesOfSqlcmd(t *testing.T) {
	hostile := "ü$(X)%s'\nGO\n:r C:\\x\n"
	h := chain.Header{File: `E:\` + hostile + ".trn"}
	s := &Server{}
	text := Script(hostile, []Batch{
		{Title: "F3 " + hostile, Remarks: []string{hostile}, Phrases: []Phrase{{hostile, hostile}}, Text: s.RestoreLog(hostile, h).Hand},
		{Title: "F4b", Text: s.BringOnline(hostile, chain.LSN{}).Hand},
	})
	require.NotContains(t, text, "$(")
	gos := 0
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, "\n"); line == "GO" {
			gos++
		}
		require.NotRegexp(t, `^[:!]|[^ -~]`, line)
	}
	require.Equal(t, 6, gos)
	require.True(t, strings.HasPrefix(text, "USE [master]\nGO\n"))
	require.NotContains(t, text, "WITH RECOVERY", "nobody could say how far it has to come")
}
