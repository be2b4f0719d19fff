package shipping

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/world"
	"pchatops/ops/status"
)

var withMonitor = slices.Insert(slices.Clone(setUp), len(setUp)-1, "P19m")

const watchedPrimaries = "SELECT primary_server, backup_threshold FROM msdb.dbo.log_shipping_monitor_primary"

func TestAMonitorServerWatchesBoth(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-primary-monitor")
	require.Contains(t, r.unmet("P19m"), "configured", "nothing to watch yet")
	require.Contains(t, r.plan("P19m").Actions[0].Text, "sp_add_log_shipping_alert_job")
	r.ship(withMonitor...)
	r.already(withMonitor...)
	require.Equal(t, []string{`SQL01\RTC 60`}, r.sql("monitor", watchedPrimaries))
	require.Equal(t, []string{`SQL11\RTC 45`}, r.sql("monitor", "SELECT secondary_server, restore_threshold FROM msdb.dbo.log_shipping_monitor_secondary"))
	require.Equal(t, []string{`LSAlert_SQL21\RTC`}, r.sql("monitor", "SELECT name FROM msdb.dbo.sysjobs"))
	require.NotEmpty(t, r.sql("monitor", "SELECT last_restored_file FROM msdb.dbo.log_shipping_monitor_secondary WHERE last_restored_file IS NOT NULL"))
	require.Empty(t, r.sql("primary", "SELECT name FROM msdb.dbo.sysjobs WHERE name LIKE 'LSAlert%'"))

	r.ship("U1", "U2", "U3")
	r.already("U4")
	require.Empty(t, r.sql("monitor", "SELECT name FROM msdb.dbo.sysjobs"), "the servers took everything with them")
}

func TestWhatTheMonitorWasNotToldIsCompleted(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-primary-monitor")
	r.ship(withMonitor...)
	id := r.sql("primary", "SELECT CONVERT(nvarchar(36), primary_id) FROM msdb.dbo.log_shipping_monitor_primary")[0]
	for text, says := range map[string]string{
		"EXEC msdb.dbo.sp_processlogshippingmonitorprimary @mode = 2, @primary_id = '" + id + "', @monitor_server = 'SQL21\\RTC', @monitor_server_security_mode = 1": `does not watch SQL01\RTC.mgc`,
		"EXEC msdb.dbo.sp_processlogshippingmonitorprimary @mode = 3, @primary_id = '" + id + "', @monitor_server = 'SQL21\\RTC', @monitor_server_security_mode = 1, " +
			"@backup_threshold = 600, @threshold_alert = 14420, @threshold_alert_enabled = 0, @history_retention_period = 5760": "is 10h instead of 1h; the alert of",
		`EXEC msdb.dbo.sp_update_job @job_name = 'LSAlert_SQL21\RTC', @enabled = 0`: "no alert job",
	} {
		r.sql("monitor", text)
		p := r.proof("P19m")
		require.False(t, p.Holds, text)
		require.Contains(t, p.Says, says)
		found := r.drift()
		require.Len(t, found, 1, "the panel says it as well")
		require.Equal(t, `SQL21\RTC`, found[0].Subject)
		require.Contains(t, found[0].Why, p.Says)
		r.ship("P19m")
		r.already("P19m")
		require.Empty(t, r.drift())
		require.Equal(t, []string{`SQL01\RTC 60`}, r.sql("monitor", watchedPrimaries))
	}
}

// drift is what a look at all servers finds changed.
func (r *rig) drift() (found []status.Finding) {
	r.t.Helper()
	now := time.Now() // the site's clock runs on between two reads
	s := &status.Snapshot{Taken: now}
	for role := range r.SQL {
		f := r.facts(role)
		in, _ := r.Site.Instance(role)
		s.Nodes = append(s.Nodes, status.Node{Role: role, Address: in.Address(), Reachable: true, Asked: now, Answered: now, Facts: f})
	}
	for _, f := range status.Diagnose(s, r.Site, now) {
		if f.Code == "shipping-drift" {
			found = append(found, f)
		}
	}
	return found
}

func TestAMonitorThatIsDownStopsNoStepAndLeavesRowsThatAreCleared(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-primary-monitor")
	r.ship("P4-P6", "P13a", "P13b")
	require.NoError(t, r.lab.World().PowerOff("SQL21"))
	r.ship("P1-P9", "P10-P19")
	require.NoError(t, r.lab.World().PowerOn("SQL21"))
	require.NoError(t, r.lab.World().SetMonitorLink("SQL01", world.LinkRefused)) // the console logs in there itself
	_ = r.send("P19m")                                                           // the connection died with the server, which is found out now
	r.ship("P19m", "P20")

	require.NoError(t, r.lab.World().PowerOff("SQL21"))
	r.ship("U1", "U2", "U3")
	require.NoError(t, r.lab.World().PowerOn("SQL21"))
	require.False(t, r.proof("U4").Holds)
	_ = r.send("U4") // the connection died with the server, which is found out now
	r.ship("U4")
	r.already("U4")
	require.Empty(t, r.sql("monitor", watchedPrimaries))
	require.Empty(t, r.sql("monitor", "SELECT name FROM msdb.dbo.sysjobs"))
}
