package mssql

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
	"pchatops/ops/site"
)

func lsn(t *testing.T, s string) chain.LSN {
	t.Helper()
	l, err := chain.ParseLSN(s)
	require.NoError(t, err)
	return l
}

func TestAHeaderKeepsEveryDigitOfItsLSNs(t *testing.T) {
	began := time.Date(2026, 11, 21, 2, 45, 0, 0, time.UTC)
	h := header(`E:\LogShip\mgc_20261121024500.trn`, record{
		"backuptype": int64(2), "position": int64(3), "databasename": "mgc", "servername": `SQL01\RTC`,
		"firstlsn": "1821957000104764400001", "lastlsn": "1821957000104764400091", "databasebackuplsn": "1821000000000000100037",
		"backupstartdate": began, "familyguid": "7B1F3A50-0000-0000-0000-000000000001", "isforceoffline": true,
		"hasbackupchecksums": true, "backupsize": "75776", "compressedbackupsize": int64(20480),
	})
	require.Equal(t, lsn(t, "1821957000104764400001"), h.First)
	require.Equal(t, lsn(t, "1821957000104764400091"), h.Last)
	require.Equal(t, 3, h.Position)
	require.True(t, h.Tail)
	require.True(t, h.Checksums)
	require.False(t, h.Damaged)
	require.True(t, h.ForkPoint.IsZero(), "NULL is unknown")
	require.EqualValues(t, 20480, h.Size)
	require.Equal(t, began, h.Started)
}

func TestWhatAServerSendsIsTakenWithCare(t *testing.T) {
	r := record{"lsn": "12'; --", "n": "text", "s": int64(7), "long": string(make([]byte, maxText+1)) + "x", "padded": "sa      "}
	require.True(t, r.lsn("lsn").IsZero())
	require.EqualValues(t, -1, r.int("n", -1))
	require.Empty(t, r.text("s"))
	require.LessOrEqual(t, len(r.text("long")), maxText)
	require.Equal(t, "sa", r.text("padded"))
	require.True(t, r.time("missing").IsZero())
	require.EqualValues(t, -1, r.seconds("missing"))
}

func TestAgentDatesAreTheServersWallClock(t *testing.T) {
	require.Equal(t, time.Date(2026, 11, 21, 2, 45, 0, 0, time.UTC), agentTime(20261121, 24500))
	require.True(t, agentTime(0, 0).IsZero(), "a job that never ran")

	in := newReading()
	utc := time.Date(2026, 11, 21, 2, 50, 0, 0, time.UTC)
	takeServer(in, record{"utc": utc, "local": utc.Add(-8*time.Hour + 7*time.Millisecond)})
	takeJob(in, record{"id": "A", "run_date": int64(20261120), "run_time": int64(184500), "run_status": int64(1)})
	require.Equal(t, time.Date(2026, 11, 21, 2, 45, 0, 0, time.UTC), in.jobs["A"].LastRun, "of a server eight hours behind UTC")
}

func TestAFailedJobSaysWhyItsStepFailed(t *testing.T) {
	in := newReading()
	row := record{"id": "A", "run_status": int64(0), "message": "The job failed.", "step_message": "Error 4305: too recent"}
	takeJob(in, row)
	require.Contains(t, in.jobs["A"].Message, "4305")
	row["run_status"] = int64(1)
	takeJob(in, row)
	require.NotContains(t, in.jobs["A"].Message, "4305", "what an older run said no longer matters")
}

func TestWhereOnlyTheSessionsOfTheAgentTellThatItRuns(t *testing.T) {
	for _, c := range []struct {
		sees   bool
		agents int64
		want   string
	}{{true, 2, "running"}, {true, 0, "stopped"}, {false, 0, "unknown"}, {true, -1, "unknown"}} {
		in := newReading()
		in.sees, in.agents = c.sees, c.agents
		require.Equal(t, c.want, in.finish().Agent.State)
	}
}

func TestInStandbyTheHistoryTellsTheRedoPosition(t *testing.T) {
	in := newReading()
	takeHistory(in, record{"last_lsn": "36000000016700001", "last_recovery_fork_guid": "F", "family_guid": "G"})
	takeDatabase(in, record{"state_desc": "ONLINE", "is_in_standby": true})
	d := in.finish().Database
	require.Equal(t, lsn(t, "36000000016700001"), d.RedoLSN)
	require.Equal(t, "F", d.RedoFork)
	require.Equal(t, "G", d.Family)

	in = newReading()
	takeHistory(in, record{"last_lsn": "36000000016700001"})
	takeDatabase(in, record{"state_desc": "ONLINE"})
	require.True(t, in.finish().Database.RedoLSN.IsZero(), "a database that is online waits for no log")
}

func TestTheStatusBatchFitsIntoWhatTCPSendsAtOnce(t *testing.T) {
	const segments = 10 * 1460
	for _, role := range []site.Role{site.Primary, site.Monitor} {
		s := &Server{instance: site.Instance{Role: role}}
		require.Less(t, 2*len([]rune(s.factsText()))+200, segments, "%s: more would cost a second round trip", role)
	}
}
