package mssql

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
	"pchatops/ops/fault"
	"pchatops/ops/lab/world"
)

// pending is a site whose secondary has not restored for a while: the share
// holds backups that it lacks. Their headers come in the order of the log.
func pending(t *testing.T) (*estate, *Server, *link, []chain.Header) {
	t.Helper()
	e := newEstate(t, nil)
	s, r := e.server(secondary)
	job := facts(t, s).Secondary.RestoreJob
	_, err := run(t, s.DisableJob(job))
	require.NoError(t, err)
	e.world.Elapse(46 * time.Minute) // three backups of a quarter of an hour
	names, err := e.world.Backups(world.Share)
	require.NoError(t, err)
	redo := facts(t, s).Database.RedoLSN
	var out []chain.Header
	for _, name := range names {
		sets, err := s.Headers(context.Background(), world.Share+`\`+name)
		require.NoError(t, err)
		require.Len(t, sets, 1)
		if sets[0].Last.Compare(redo) > 0 {
			out = append(out, sets[0])
		}
	}
	require.GreaterOrEqual(t, len(out), 3)
	return e, s, r, out
}

func TestHeadersTellTheChain(t *testing.T) {
	_, s, _, logs := pending(t)
	redo := facts(t, s).Database
	for i, h := range logs {
		require.Equal(t, 2, h.Type)
		require.Equal(t, 1, h.Position)
		require.Equal(t, "mgc", h.Database)
		require.Equal(t, redo.Family, h.Family)
		if i > 0 {
			require.Equal(t, logs[i-1].Last, h.First)
		}
	}
	require.LessOrEqual(t, logs[0].First.Compare(redo.RedoLSN), 0)
}

func TestLogBackupsAreRestoredOneByOne(t *testing.T) {
	_, s, _, logs := pending(t)
	for _, h := range logs {
		a := s.RestoreLog("mgc", h)
		settled, err := a.Settle(context.Background())
		require.NoError(t, err)
		require.False(t, settled)

		n, err := run(t, a)
		require.NoError(t, err)
		require.Equal(t, 100.0, n.percents[len(n.percents)-1])
		require.IsNonDecreasing(t, n.percents)
		require.Equal(t, h.Last, facts(t, s).Database.RedoLSN)

		settled, err = a.Settle(context.Background())
		require.NoError(t, err)
		require.True(t, settled)
	}
	applied, err := s.Applied(context.Background(), "mgc")
	require.NoError(t, err)
	newest, got := logs[len(logs)-1], applied.Log[len(applied.Log)-1]
	require.Equal(t, newest.File, got.File)
	require.True(t, newest.Same(got), "the history knows the set itself")
	require.Equal(t, newest.Last, got.Last)
	require.Equal(t, newest.Finished, got.Finished)
}

func TestARestoreThatIsRefusedSaysWhy(t *testing.T) {
	e, s, _, logs := pending(t)
	gap := s.RestoreLog("mgc", logs[1])
	_, err := run(t, gap)
	require.True(t, fault.Is(err, fault.ChainGap), err)
	require.EqualValues(t, 4305, numberOf(err))

	_, err = run(t, s.RestoreLog("mgc", logs[0]))
	require.NoError(t, err)
	_, err = run(t, s.RestoreLog("mgc", logs[0]))
	require.True(t, fault.Is(err, fault.TooOld), err)

	missing := logs[1]
	missing.File = world.Share + `\mgc_20010101000000.trn`
	_, err = run(t, s.RestoreLog("mgc", missing))
	require.True(t, fault.Is(err, fault.NotFound), err)

	require.NoError(t, e.world.Garble(world.Share, chain.Base(logs[2].File)))
	_, err = s.Headers(context.Background(), logs[2].File)
	require.True(t, fault.Is(err, fault.Media), err)

	e.world.SetShareDenied(true)
	_, err = s.Headers(context.Background(), logs[1].File)
	require.True(t, fault.Is(err, fault.Access), err)
	e.world.SetShareDenied(false)

	e.world.SetShareOffline(true)
	_, err = s.Headers(context.Background(), logs[1].File)
	require.True(t, fault.Is(err, fault.NotFound), err)
	require.Contains(t, err.Error(), "share")
}

func TestChecksumsAreAskedForOnlyWhereTheBackupHasThem(t *testing.T) {
	h := chain.Header{File: `E:\x.trn`, Position: 2, Checksums: true}
	require.Equal(t, `RESTORE LOG [mgc] FROM DISK = N'E:\x.trn' WITH FILE = 2, NORECOVERY, STATS = 5, CHECKSUM`, here.RestoreLog("mgc", h).Text)
	h.Checksums = false
	require.NotContains(t, here.RestoreLog("mgc", h).Text, "CHECKSUM")
}

func TestAConnectionThatIsCutDuringARestoreLeavesTheOutcomeUnknown(t *testing.T) {
	e, s, r, logs := pending(t)
	e.world.SetSlow(5000)
	n := newNotes()
	done := make(chan error, 1)
	go func() { done <- s.RestoreLog("mgc", logs[0]).Do(context.Background(), n) }()
	<-n.heard
	r.Cut()
	err := <-done
	require.True(t, fault.Is(err, fault.Lost), err)
	e.world.SetSlow(1)

	// The next statement has a connection again, and repeats the file.
	require.Eventually(t, func() bool {
		_, err = run(t, s.RestoreLog("mgc", logs[0]))
		return err == nil || fault.Is(err, fault.TooOld)
	}, 2*time.Minute, 10*time.Millisecond, err)
	settled, err := s.RestoreLog("mgc", logs[0]).Settle(context.Background())
	require.NoError(t, err)
	require.True(t, settled)
}

func TestARestoreOutlivesWhoeverWatchesIt(t *testing.T) {
	e, s, _, logs := pending(t)
	e.world.SetSlow(1000)
	ctx, cancel := context.WithCancel(context.Background())
	n := newNotes()
	done := make(chan error, 1)
	go func() { done <- s.RestoreLog("mgc", logs[0]).Do(ctx, n) }()
	<-n.heard
	cancel()

	seen := facts(t, s).Restoring
	require.NotNil(t, seen, "anybody can see it run")
	require.Equal(t, "RESTORE LOG", seen.Command)
	beside := newNotes()
	found, err := s.glance(context.Background(), newNews(beside, 0))
	require.NoError(t, err)
	require.True(t, found)
	require.NotEmpty(t, beside.percents, "the second connection tells how far it is")

	require.NoError(t, <-done)
	require.Equal(t, logs[0].Last, facts(t, s).Database.RedoLSN)
}

func TestOnlyAnAbortEndsARestore(t *testing.T) {
	e, s, _, logs := pending(t)
	e.world.SetSlow(10_000)
	ctx, cancel := context.WithCancelCause(context.Background())
	n := newNotes()
	done := make(chan error, 1)
	go func() { done <- s.RestoreLog("mgc", logs[0]).Do(ctx, n) }()
	<-n.heard
	cancel(ErrAbort)
	err := <-done
	require.True(t, fault.Is(err, fault.Lost), "what an aborted restore has done is to be verified")
	require.ErrorIs(t, err, ErrAbort)
	settled, err := s.RestoreLog("mgc", logs[0]).Settle(context.Background())
	require.NoError(t, err)
	require.False(t, settled)
}

func TestAServerThatFallsSilentDuringARestoreIsGivenUp(t *testing.T) {
	e, s, r, logs := pending(t)
	s.pace.silence, s.pace.deaf = 300*time.Millisecond, 600*time.Millisecond
	e.world.SetSlow(10_000)
	n := newNotes()
	done := make(chan error, 1)
	go func() { done <- s.RestoreLog("mgc", logs[0]).Do(context.Background(), n) }()
	<-n.heard
	r.Hang(true)
	err := <-done
	require.True(t, fault.Is(err, fault.Lost), err)
	require.ErrorIs(t, err, errSilent)
}

func TestAStatementThatTheServerKnowsNothingOfIsGivenUp(t *testing.T) {
	e := newEstate(t, nil)
	s, _ := e.server(secondary)
	s.writer.spid = 32_000 // nobody's
	ctx, give := context.WithCancelCause(context.Background())
	s.watch(ctx, give, newNews(newNotes(), 0))
	require.ErrorIs(t, context.Cause(ctx), errVanished)
}

func TestEachRestoreCostsOneRoundTrip(t *testing.T) {
	_, s, r, logs := pending(t)
	s.pace.progress = time.Hour // nobody looks in between
	_, err := run(t, s.RestoreLog("mgc", logs[0]))
	require.NoError(t, err)
	before := r.exchanges.Load()
	_, err = run(t, s.RestoreLog("mgc", logs[1]))
	require.NoError(t, err)
	require.EqualValues(t, 1, r.exchanges.Load()-before)
}

func TestAStandbySecondaryTakesLogsToo(t *testing.T) {
	e, s, _, logs := pending(t)
	_, err := run(t, s.RestoreLog("mgc", logs[0]))
	require.NoError(t, err)
	require.NoError(t, e.world.Standby())
	d := facts(t, s).Database
	require.True(t, d.Standby)
	require.True(t, d.Restoring())
	require.Equal(t, logs[0].Last, d.RedoLSN)

	e.world.Intrude(secondary, "mgc", report, 1, 0)
	_, err = run(t, s.RestoreLog("mgc", logs[1]))
	require.True(t, fault.Is(err, fault.InUse), err)
	_, err = run(t, s.EndSession(intruders(t, s)[0]))
	require.NoError(t, err)
	_, err = run(t, s.RestoreLog("mgc", logs[1]))
	require.NoError(t, err)
	require.Equal(t, logs[1].Last, facts(t, s).Database.RedoLSN)
}
