package faults

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAStatementIsKnownByItsWordsAndNotByItsValues(t *testing.T) {
	for _, c := range []struct{ one, other, is string }{
		{
			"SELECT name FROM sys.databases WHERE database_id = 5 -- ours", "SELECT name\n\tFROM sys.databases WHERE database_id = 61",
			"SELECT name FROM sys . databases WHERE database_id = #",
		},
		{"KILL 53", "KILL\t9", "KILL #"},
		{`RESTORE LOG [mgc] FROM DISK = N'E:\a''b.trn'`, "RESTORE LOG [mgc] FROM DISK = 'x'", "RESTORE LOG [mgc] FROM DISK = ?"},
		{"SELECT 1 WHERE a IN (1, 2, 3)", "SELECT 1 WHERE a IN (1,2)", "SELECT # WHERE a IN ( # … )"},
		{"SET @id12 = 0x0A", "SET @id3 = 0x", "SET @id# = #"},
		{"/* 1 */ EXEC p '12'", "EXEC p N'13'", "EXEC p ?"},
	} {
		require.Equal(t, c.is, WithoutValues(c.one))
		require.Equal(t, c.is, WithoutValues(c.other))
	}
	require.NotEqual(t, WithoutValues("RESTORE LOG [mgc] WITH NORECOVERY"), WithoutValues("RESTORE LOG [mgc] WITH RECOVERY"))
	require.NotEqual(t, WithoutValues("USE [mgc]"), WithoutValues("USE [mgccomp]"), "a name is no value")
}

func TestARequestInJSONIsKnownByItsFieldsAndItsCmdlet(t *testing.T) {
	require.Equal(t, "Get-CsPersistentChatState cmdlet id parameters",
		ShapeOf([]byte(`{"cmdlet":"Get-CsPersistentChatState","id":"5f3","parameters":[{"id":1}]}`)))
	require.Equal(t, "?", ShapeOf([]byte(`{`)))
}

func TestATapCountsWhatIsAskedOfEachTarget(t *testing.T) {
	var asked []Request
	tap := NewTap(func(r Request) Verdict { asked = append(asked, r); return Verdict{Fate: CutAfter} })
	for _, target := range []string{"A", "B", "A"} {
		require.Equal(t, CutAfter, tap.Judge(target, SQL, "10.0.0.1:4", func() string { return "SELECT #" }).Fate)
	}
	require.Equal(t, []Request{{"A", SQL, "SELECT #", 1, "10.0.0.1:4"}, {"B", SQL, "SELECT #", 1, "10.0.0.1:4"}, {"A", SQL, "SELECT #", 2, "10.0.0.1:4"}}, asked)
	require.Equal(t, Pass, NewTap(nil).Judge("A", SQL, "", func() string { panic("nobody listens") }).Fate)
}

func TestAStallEndsWithItsReleaseOrWithTheConnection(t *testing.T) {
	release := make(chan struct{})
	close(release)
	require.True(t, Verdict{Fate: StallBefore, Release: release}.Wait(t.Context()))
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	require.False(t, Verdict{Fate: StallBefore}.Wait(gone))
	require.False(t, Verdict{Delay: time.Hour}.Wait(gone))
	require.True(t, Verdict{Fate: StallAfter}.Wait(gone), "it is carried out first")
}
