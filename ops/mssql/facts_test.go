package mssql

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/world"
	"pchatops/ops/site"
)

// still stops the lab's clock, so that ages can be compared.
func still(c *world.Config) { c.Speed = 0 }

func TestTheStatusOfTheSecondary(t *testing.T) {
	e := newEstate(t, still)
	s, _ := e.server(secondary)
	f := facts(t, s)

	require.Empty(t, f.Unread)
	require.True(t, f.Sysadmin)
	require.Equal(t, secondary, f.ServerName)
	require.True(t, strings.HasPrefix(f.Version, "11."), f.Version)
	require.True(t, f.Agent.Running())
	require.NotEmpty(t, f.Agent.Account)
	require.True(t, f.Engine.Running())
	require.Equal(t, e.world.Now(), f.ServerTime)

	require.True(t, f.Database.Restoring())
	require.Equal(t, "RESTORING", f.Database.State)
	require.False(t, f.Database.RedoLSN.IsZero())
	require.NotEmpty(t, f.Database.RedoFork)
	require.False(t, f.Mirroring.Configured)
	require.Nil(t, f.Primary)

	require.NotNil(t, f.Secondary)
	require.Equal(t, primary, f.Secondary.PrimaryServer)
	require.Equal(t, world.Share, f.Secondary.Source)
	require.Equal(t, world.Folder, f.Secondary.Destination)
	require.InDelta(t, f.ServerTime.Sub(f.Secondary.LastRestored).Seconds(), f.Secondary.RestoreAge.Seconds(), 1)
	require.NotEmpty(t, f.Secondary.LastCopiedFile)
	require.True(t, f.Secondary.CopyJob.Enabled)
	require.Equal(t, "succeeded", f.Secondary.RestoreJob.Outcome)
	require.WithinDuration(t, f.ServerTime, f.Secondary.CopyJob.LastRun, time.Hour)
}

// An address that leads to another server says nothing of the one that was meant.
func TestAServerInTheMirrorsPlaceDoesNotSpeakForIt(t *testing.T) {
	e := newEstate(t, still)
	s, _ := e.server(witness)
	s.instance.Role, s.instance.Label, s.site = site.Mirror, mirror, &site.Site{Database: "mgc"}
	_, err := s.Facts(t.Context())
	require.ErrorContains(t, err, "calls itself "+witness+" and has no mgc")
}

func TestTheStatusOfPrimaryMirrorAndWitness(t *testing.T) {
	e := newEstate(t, still)
	s, _ := e.server(primary)
	f := facts(t, s)
	require.Empty(t, f.Unread)
	require.True(t, f.Database.Online())
	require.NotEmpty(t, f.Database.Family)
	require.Equal(t, "PRINCIPAL", f.Mirroring.Role)
	require.Equal(t, "SYNCHRONIZED", f.Mirroring.State)
	require.Equal(t, "FULL", f.Mirroring.Safety)
	require.NotEmpty(t, f.Mirroring.Witness)
	require.GreaterOrEqual(t, f.Mirroring.SendQueueKB, int64(0))
	require.NotNil(t, f.Primary)
	require.Equal(t, []string{secondary}, f.Primary.Secondaries)
	require.NotEmpty(t, f.Primary.LastBackupFile)
	require.Equal(t, time.Hour, f.Primary.Threshold)
	require.Less(t, f.Primary.BackupAge, time.Hour)
	require.Equal(t, "succeeded", f.Primary.BackupJob.Outcome)

	s, _ = e.server(mirror)
	f = facts(t, s)
	require.Equal(t, "MIRROR", f.Mirroring.Role)
	require.True(t, f.Mirroring.Configured)
	require.False(t, f.Database.Online())

	s, _ = e.server(witness)
	f = facts(t, s)
	require.False(t, f.Database.Exists)
	require.Empty(t, f.Unread)
}

func TestTheStatusTakesOneRoundTrip(t *testing.T) {
	e := newEstate(t, nil)
	s, r := e.server(secondary)
	facts(t, s)
	require.Greater(t, r.exchanges.Load(), int64(2), "to log in takes more")
	for range 3 {
		before := r.exchanges.Load()
		facts(t, s)
		require.EqualValues(t, 1, r.exchanges.Load()-before)
	}
}

func TestEveryVersionInTheFieldTellsItsStatus(t *testing.T) {
	for _, v := range []world.Version{world.SQL2008R2, world.SQL2012, world.SQL2014, world.SQL2016} {
		e := newEstate(t, func(c *world.Config) { c.Version = v })
		s, _ := e.server(secondary)
		f := facts(t, s)
		require.Empty(t, f.Unread, f.Version)
		require.True(t, f.Database.Restoring(), f.Version)
		require.NotNil(t, f.Secondary, f.Version)
		require.NotEqual(t, -1, f.Sessions, f.Version)
	}
}

func TestALoginWithoutRightsGetsWhatItMaySee(t *testing.T) {
	e := newEstate(t, nil)
	f := facts(t, e.watcher(secondary))
	require.False(t, f.Sysadmin)
	require.True(t, f.Database.Exists)
	require.Equal(t, "RESTORING", f.Database.State)
	require.Equal(t, "unknown", f.Agent.State, "not seen is not stopped")
	require.Equal(t, -1, f.Sessions, "not seen is not none")
	require.NotEmpty(t, f.Unread)
	require.Contains(t, strings.Join(f.Unread, "\n"), "secondary: 229")
}

func TestAServerBehindUTCShipsLogsAtTheSameAge(t *testing.T) {
	west, err := time.LoadLocation("America/Los_Angeles")
	require.NoError(t, err)
	e := newEstate(t, func(c *world.Config) { c.Zone, c.Speed = west, 0 })
	s, _ := e.server(secondary)
	f := facts(t, s)
	require.Equal(t, e.world.Now(), f.ServerTime)
	require.Less(t, f.Secondary.RestoreAge, time.Hour)
	require.WithinDuration(t, f.ServerTime, f.Secondary.RestoreJob.LastRun, time.Hour)
}

func TestTheStatusSurvivesARestartOfTheServer(t *testing.T) {
	e := newEstate(t, nil)
	s, r := e.server(secondary)
	facts(t, s)
	r.Cut() // every connection in the pool is dead now
	facts(t, s)
}

func TestAServerThatFallsSilentEndsTheReadAtItsDeadline(t *testing.T) {
	e := newEstate(t, nil)
	s, r := e.server(secondary)
	facts(t, s)
	r.Hang(true)
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := s.Facts(ctx)
	require.Error(t, err)
	require.Less(t, time.Since(began), 12*time.Second)
}

func TestAStoppedAgentIsSeen(t *testing.T) {
	e := newEstate(t, still)
	s, _ := e.server(secondary)
	e.world.StopAgent(secondary)
	require.Equal(t, "stopped", facts(t, s).Agent.State)
}

func TestADatabaseNameIsNoPartOfTheStatement(t *testing.T) {
	e := newEstate(t, still)
	s, _ := e.server(secondary)
	s.database = "mgc'; DROP DATABASE mgc --"
	require.False(t, facts(t, s).Database.Exists)
	s.database = "mgc"
	require.True(t, facts(t, s).Database.Exists)
}
