package mssql

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
	"pchatops/ops/fault"
)

func TestTheDatabaseComesOnline(t *testing.T) {
	e := newEstate(t, nil)
	s, _ := e.server(secondary)
	a := s.BringOnline("mgc", chain.LSN{})
	settled, err := a.Settle(context.Background())
	require.NoError(t, err)
	require.False(t, settled)

	n, err := run(t, a)
	require.NoError(t, err)
	require.Equal(t, "ONLINE", n.observed["state of mgc"])
	require.True(t, facts(t, s).Database.Online())
	settled, err = a.Settle(context.Background())
	require.NoError(t, err)
	require.True(t, settled)

	_, err = run(t, a)
	require.NoError(t, err, "recovered already (3153) is what was wanted")
}

func TestSessionsThatComeBackAreEndedUntilItIsOnline(t *testing.T) {
	e := newEstate(t, nil)
	ctx, stop := context.WithCancel(context.Background())
	ended := e.world.Start(ctx)
	defer func() {
		stop()
		<-ended
	}()
	s, _ := e.server(secondary)
	e.world.Intrude(secondary, "mgc", report, 3, 2)
	n, err := run(t, s.BringOnline("mgc", chain.LSN{}))
	require.NoError(t, err)
	require.True(t, facts(t, s).Database.Online())
	require.Contains(t, n.log(), "KILL")
}

func TestAfterRecoveryNoFurtherLogFits(t *testing.T) {
	_, s, _, logs := pending(t)
	_, err := run(t, s.BringOnline("mgc", chain.LSN{}))
	require.NoError(t, err)
	a := s.RestoreLog("mgc", logs[0])
	_, err = run(t, a)
	require.True(t, fault.Is(err, fault.State), err)
	require.EqualValues(t, 3117, numberOf(err))
	_, err = a.Settle(context.Background())
	require.True(t, fault.Is(err, fault.State), "a database that is online does not tell what was restored")
}

func TestADatabaseThatIsNotThereIsNotFound(t *testing.T) {
	e := newEstate(t, nil)
	s, _ := e.server(witness)
	_, err := run(t, s.BringOnline("mgc", chain.LSN{}))
	require.True(t, fault.Is(err, fault.NotFound), err)
}
