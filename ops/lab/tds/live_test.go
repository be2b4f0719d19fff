package tds

import (
	"context"
	"io"
	"testing"
	"time"

	"github.com/golang-sql/sqlexp"
	mssql "github.com/microsoft/go-mssqldb"
	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/tsql"
)

const restoreLog = `RESTORE LOG mgc FROM DISK = N'E:\mgc.trn' WITH NORECOVERY, STATS = 5`

func TestProgressIsSeenWhileTheRestoreStillRuns(t *testing.T) {
	i, address := start(t, nil)
	conn := open(t, address)
	messages := &sqlexp.ReturnMessage{}
	rows, err := conn.QueryContext(t.Context(), restoreLog, messages)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	var heard []string
	for more := true; more; {
		switch m := messages.Message(t.Context()).(type) {
		case sqlexp.MsgNotice:
			heard = append(heard, m.Message.String())
			if len(heard) == 1 {
				close(i.release) // only now may the restore go on
			}
		case sqlexp.MsgError:
			require.NoError(t, m.Error)
		case sqlexp.MsgNextResultSet:
			more = rows.NextResultSet()
		}
	}
	require.Equal(t, []string{"50 percent processed.", "100 percent processed."}, heard)
}

func TestAnAttentionCancelsTheStatementAndKeepsTheConnection(t *testing.T) {
	i, address := start(t, nil)
	conn := open(t, address)
	ctx, cancel := context.WithCancel(t.Context())
	messages := &sqlexp.ReturnMessage{}
	rows, err := conn.QueryContext(ctx, restoreLog, messages)
	require.NoError(t, err)
	for {
		if _, ok := messages.Message(ctx).(sqlexp.MsgNotice); ok {
			break
		}
	}
	cancel()
	_ = rows.Close()
	require.Eventually(t, func() bool { return len(i.why()) == 1 }, 2*time.Minute, time.Millisecond)
	require.ErrorIs(t, i.why()[0], tsql.ErrAttention)
	var n int
	require.NoError(t, conn.QueryRowContext(t.Context(), "SELECT 7").Scan(&n))
	require.Equal(t, 7, n)
	require.Len(t, i.logins, 1, "it is the same connection")
}

func TestALostConnectionTellsTheStatementWhy(t *testing.T) {
	i, address := start(t, nil)
	raw := dial(t, address)
	raw.send(packetBatch, allHeaders(), toUTF16(restoreLog))
	raw.until(tokenInfo)
	require.NoError(t, raw.nc.Close())
	require.Eventually(t, func() bool { return len(i.why()) == 1 }, 2*time.Minute, time.Millisecond)
	require.ErrorIs(t, i.why()[0], tsql.ErrDisconnected)
}

func TestAKilledSessionIsToldAndLosesItsConnection(t *testing.T) {
	i, address := start(t, nil)
	victim := dial(t, address)
	victim.send(packetBatch, allHeaders(), toUTF16(restoreLog))
	victim.until(tokenInfo)
	_, err := open(t, address).ExecContext(t.Context(), "KILL 0")
	require.NoError(t, err)
	answer, err := io.ReadAll(victim.nc)
	require.NoError(t, err, "the connection ends in order")
	require.Contains(t, string(answer), string(toUTF16("Cannot continue the execution because the session is in the kill state.")))
	require.ErrorIs(t, i.why()[0], tsql.ErrKilled)
}

func TestAnIdleSessionThatIsKilledJustLosesItsConnection(t *testing.T) {
	_, address := start(t, nil)
	victim := dial(t, address)
	_, err := open(t, address).ExecContext(t.Context(), "KILL 0")
	require.NoError(t, err)
	answer, err := io.ReadAll(victim.nc)
	require.NoError(t, err)
	require.Empty(t, answer)
}

func TestAnErrorOfSeverity20EndsTheConnection(t *testing.T) {
	_, address := start(t, nil)
	conn := open(t, address)
	_, err := conn.ExecContext(t.Context(), "RAISERROR(N'the page is torn', 21, 1) WITH LOG; SELECT 1")
	var fatal mssql.Error
	require.ErrorAs(t, err, &fatal)
	require.EqualValues(t, 21, fatal.Class)
	require.Error(t, conn.PingContext(t.Context()))
}

func TestAPooledConnectionForgetsItsSession(t *testing.T) {
	i, address := start(t, nil)
	conn := open(t, address)
	_, err := conn.ExecContext(t.Context(), "CREATE TABLE #t (n int); USE msdb; SET XACT_ABORT ON; BEGIN TRANSACTION")
	require.NoError(t, err)
	raw := dial(t, address)
	raw.send(packetBatch, allHeaders(), toUTF16("CREATE TABLE #t (n int); USE msdb; BEGIN TRANSACTION"))
	raw.until(tokenDone)
	raw.sendStatus(packetBatch, statusLast|statusReset, allHeaders(), toUTF16("SELECT * FROM #t"))
	raw.until(tokenError)
	require.Len(t, i.logins, 2)
}

func TestTransactionsOfTheDriverCountForTheStatements(t *testing.T) {
	_, address := start(t, nil)
	conn := open(t, address)
	tx, err := conn.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = tx.ExecContext(t.Context(), restoreLog)
	var refused mssql.Error
	require.ErrorAs(t, err, &refused)
	require.EqualValues(t, 3021, refused.All[0].Number)
	require.NoError(t, tx.Commit())
	var n int
	require.NoError(t, conn.QueryRowContext(t.Context(), "SELECT @@TRANCOUNT").Scan(&n))
	require.Zero(t, n)
}
