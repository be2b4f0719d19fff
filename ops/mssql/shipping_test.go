package mssql

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
	"pchatops/ops/status"
)

func TestLogShippingIsRemovedWithItsJobs(t *testing.T) {
	e := newEstate(t, nil)
	s, _ := e.server(secondary)
	a := s.DeleteLogShippingSecondary("mgc")
	require.Equal(t, "EXEC master.dbo.sp_delete_log_shipping_secondary_database @secondary_database = N'mgc'", a.Text)
	_, err := run(t, a)
	require.NoError(t, err)
	require.Nil(t, facts(t, s).Secondary)
	require.True(t, facts(t, s).Database.Restoring(), "the database itself stays as it is")
	settled, err := a.Settle(context.Background())
	require.NoError(t, err)
	require.True(t, settled)

	_, err = run(t, a)
	require.True(t, fault.Is(err, fault.NotSecondary), err)
	require.EqualValues(t, 32014, numberOf(err))
}

func TestRemovingLogShippingNeedsSysadmin(t *testing.T) {
	e := newEstate(t, nil)
	_, err := run(t, e.watcher(secondary).DeleteLogShippingSecondary("mgc"))
	require.True(t, fault.Is(err, fault.Permission), err)
	require.Contains(t, err.Error(), "sysadmin")
}

func TestAJobIsDisabled(t *testing.T) {
	e := newEstate(t, nil)
	s, _ := e.server(secondary)
	job := facts(t, s).Secondary.CopyJob
	a := s.DisableJob(job)
	_, err := run(t, a)
	require.NoError(t, err)
	require.False(t, facts(t, s).Secondary.CopyJob.Enabled)
	require.True(t, facts(t, s).Secondary.RestoreJob.Enabled)
	settled, err := a.Settle(context.Background())
	require.NoError(t, err)
	require.True(t, settled)

	_, err = run(t, s.DisableJob(status.Job{Name: "no such job"}))
	require.True(t, fault.Is(err, fault.NotFound), err)
}

func TestStoppingAJobThatDoesNotRunIsDone(t *testing.T) {
	e := newEstate(t, nil)
	s, _ := e.server(secondary)
	_, err := run(t, s.StopJob(facts(t, s).Secondary.CopyJob))
	require.NoError(t, err)
}
