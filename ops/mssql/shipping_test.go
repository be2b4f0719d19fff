package mssql

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
	"pchatops/ops/lab/world"
	"pchatops/ops/procedures"
	"pchatops/ops/status"
)

func TestLogShippingIsRemovedWithItsJobs(t *testing.T) {
	e := newEstate(t, nil)
	s, _ := e.server(secondary)
	a := s.DeleteLogShippingSecondary("mgc", procedures.Monitor{})
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
	_, err := run(t, e.watcher(secondary).DeleteLogShippingSecondary("mgc", procedures.Monitor{}))
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

// A server reaches its monitor server over a connection of its own, and where that fails
// for whatever reason it removes nothing: the copy and the restore job stay.
func TestLogShippingIsRemovedPastAMonitorServerThatIsNotReached(t *testing.T) {
	for _, link := range []world.Link{world.LinkRefused, world.LinkMissing, world.LinkDenied, "down"} {
		t.Run(string(link), func(t *testing.T) {
			e := newEstate(t, func(c *world.Config) { c.Monitor = true })
			if link == "down" {
				require.NoError(t, e.world.PowerOff("SQL21"))
			} else {
				require.NoError(t, e.world.SetMonitorLink("SQL11", link))
			}
			s, _ := e.server(secondary)
			m := facts(t, s).Secondary.Monitor
			require.Equal(t, `SQL21\RTC`, m)
			a := s.DeleteLogShippingSecondary("mgc", procedures.Monitor{})
			_, err := run(t, a)
			require.True(t, fault.Is(err, fault.Linked), "no word of the credential of this instance: %v", err)
			require.NotNil(t, facts(t, s).Secondary)

			a = s.DeleteLogShippingSecondary("mgc", procedures.Monitor{Name: m})
			require.Contains(t, a.Text, "-- EXEC master.dbo.sp_delete_log_shipping_secondary_database @secondary_database = N'mgc', @ignoreremotemonitor = 1")
			n, err := run(t, a)
			require.NoError(t, err)
			require.Equal(t, m, n.observed[procedures.MonitorUntold])
			require.Nil(t, facts(t, s).Secondary)
		})
	}
}

// Who is without the service does not wait for a monitor server that is known to be silent.
func TestASilentMonitorServerIsNotWaitedFor(t *testing.T) {
	e := newEstate(t, func(c *world.Config) { c.Monitor = true })
	s, _ := e.server(secondary)
	a := s.DeleteLogShippingSecondary("mgc", procedures.Monitor{Name: `SQL21\RTC`, Silent: true})
	require.Regexp(t, `^EXEC .*@ignoreremotemonitor = 1\n`, a.Text)
	_, err := run(t, a)
	require.NoError(t, err)
	require.Nil(t, facts(t, s).Secondary)
}
