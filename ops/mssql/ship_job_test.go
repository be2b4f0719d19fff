package mssql

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/lab/world"
	"pchatops/ops/procedures"
)

// inRealTime lets jobs end at once, and everything that waits wait as it does
// on a real server.
func inRealTime(c *world.Config) { c.Speed, c.Pace = 1, world.Pace{Base: time.Nanosecond} }

func TestAShortRunOfAJobCostsOneRoundTripWithItsProof(t *testing.T) {
	e := newEstate(t, inRealTime)
	p, to := e.server(primary)
	require.NoError(t, p.writer.take(t.Context()), "the connection is there")
	p.writer.give()

	var now procedures.Shipped
	before := to.exchanges.Load()
	_, err := run(t, p.RunJob("LSBackup_mgc", func(_ engine.Reporter, s procedures.Shipped) error {
		now = s
		return nil
	}))
	require.NoError(t, err)
	require.EqualValues(t, 1, to.exchanges.Load()-before)
	require.Equal(t, facts(t, p).Primary.LastBackupFile, now.Backup, "what the server itself names")
}

func TestALongRunOfAJobIsWaitedForPieceByPiece(t *testing.T) {
	e := newEstate(t, func(c *world.Config) { c.Pace = world.Pace{Base: 10 * time.Minute} })
	p, _ := e.server(primary)
	before := facts(t, p).Primary.LastBackupFile
	n, err := run(t, p.RunJob("LSBackup_mgc", nil))
	require.NoError(t, err)
	require.NotEmpty(t, n.percents, "it is said meanwhile that the job runs")
	require.NotEqual(t, before, facts(t, p).Primary.LastBackupFile)
}

// Whoever stops watching does not know what became of the run.
func TestARunThatIsNotWatchedToItsEndIsUnknown(t *testing.T) {
	e := newEstate(t, func(c *world.Config) { c.Pace = world.Pace{Base: time.Hour} })
	p, _ := e.server(primary)
	ctx, stop := context.WithCancel(t.Context())
	n := newNotes()
	go func() {
		<-n.heard
		stop()
	}()
	err := p.RunJob("LSBackup_mgc", nil).Do(ctx, n)
	require.Equal(t, fault.Lost, fault.ClassOf(err), "%v", err)
}

func TestAJudgementOfWhatAJobLeftBehindIsTheOutcome(t *testing.T) {
	e := newEstate(t, nil)
	sec, _ := e.server(secondary)
	_, err := run(t, sec.RunJob(facts(t, sec).Secondary.RestoreJob.Name, func(_ engine.Reporter, s procedures.Shipped) error {
		require.Equal(t, facts(t, sec).Secondary.LastCopiedFile, s.Copied)
		require.Equal(t, facts(t, sec).Secondary.LastRestoredFile, s.Restored)
		return &fault.Error{Class: fault.State, Tried: "judge"}
	}))
	require.Equal(t, fault.State, fault.ClassOf(err))
}

func TestTheStatusAndAPathAreReadTogether(t *testing.T) {
	e := newEstate(t, nil)
	p, _ := e.server(primary)
	want := facts(t, p)
	got, path, err := p.FactsAnd(t.Context(), world.Share)
	require.NoError(t, err)
	require.Empty(t, path.Unread)
	require.True(t, path.Folder)
	require.Equal(t, want.ServerName, got.ServerName)
	require.Equal(t, want.Primary.LastBackupFile, got.Primary.LastBackupFile)
}
