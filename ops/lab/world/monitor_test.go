package world_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/world"
)

const sql21 = `SQL21\RTC`

// shipWatched sets log shipping up with a monitor server, as a person would.
func shipWatched(t *testing.T, w *world.World) (primary, second, monitor *client) {
	t.Helper()
	primary, second, monitor = admin(t, w, world.Primary), admin(t, w, world.Secondary), admin(t, w, world.Monitor)
	out := primary.must("sp_add_log_shipping_primary_database", "@database", "mgc", "@backup_directory", world.Share, "@backup_share", world.Share,
		"@backup_job_name", "LSBackup_mgc", "@backup_retention_period", int64(4320), "@monitor_server", sql21, "@backup_threshold", int64(60),
		"@threshold_alert_enabled", int64(1), "@backup_job_id", "OUTPUT")
	every5(primary, out["@backup_job_id"])
	require.Zero(t, second.restore("DATABASE", world.Share+`\mgc_full.bak`, "NORECOVERY"))
	out = second.must("sp_add_log_shipping_secondary_primary", "@primary_server", `SQL01\RTC`, "@primary_database", "mgc",
		"@backup_source_directory", world.Share, "@backup_destination_directory", world.Folder, "@copy_job_name", "LSCopy",
		"@restore_job_name", "LSRestore", "@monitor_server", sql21, "@copy_job_id", "OUTPUT", "@restore_job_id", "OUTPUT")
	second.must("sp_add_log_shipping_secondary_database", "@secondary_database", "mgc", "@primary_server", `SQL01\RTC`,
		"@primary_database", "mgc", "@restore_threshold", int64(45), "@restore_mode", false)
	every5(second, out["@copy_job_id"])
	every5(second, out["@restore_job_id"])
	monitor.must("sp_add_log_shipping_alert_job")
	return primary, second, monitor
}

func TestTheServersTellTheirMonitorWhatTheyDo(t *testing.T) {
	w := site(t, func(c *world.Config) { c.Bare, c.Monitor = true, true })
	primary, second, monitor := shipWatched(t, w)
	w.Elapse(30 * time.Minute)
	for _, table := range []struct {
		name, file string
		own        *client
	}{{"log_shipping_monitor_primary", "last_backup_file", primary}, {"log_shipping_monitor_secondary", "last_restored_file", second}} {
		there, here := monitor.view("msdb", "dbo", table.name), table.own.view("msdb", "dbo", table.name)
		require.Equal(t, here, there, "the monitor knows what the server knows")
		require.NotNil(t, there[0][table.file])
	}
	require.Len(t, primary.view("msdb", "dbo", "sysjobs"), 1, "the alert job is on the monitor")

	primary.must("sp_change_log_shipping_primary_database", "@database", "mgc", "@backup_threshold", int64(20))
	require.EqualValues(t, 20, monitor.view("msdb", "dbo", "log_shipping_monitor_primary")[0]["backup_threshold"])
	primary.must("sp_update_job", "@job_name", "LSBackup_mgc", "@enabled", int64(0))
	w.Elapse(time.Hour)
	alerts := jobRuns(monitor, "LSAlert")
	require.Contains(t, fmt.Sprint(monitor.column("msdb", "dbo", "sysjobhistory", "message")), `SQL01\RTC.mgc has backup threshold of 20 minutes`)
	require.EqualValues(t, 0, alerts[len(alerts)-1]["run_status"])

	require.NoError(t, w.PowerOff("SQL21"))
	require.EqualValues(t, 53, refused(second, "sp_delete_log_shipping_secondary_database", "@secondary_database", "mgc"))
	require.Len(t, second.view("msdb", "dbo", "sysjobs"), 2, "nothing has changed")
	for link, number := range map[world.Link]int{world.LinkRefused: 18456, world.LinkMissing: 7202, world.LinkDenied: 7399} {
		require.NoError(t, w.SetMonitorLink("SQL11", link))
		require.EqualValues(t, number, refused(second, "sp_delete_log_shipping_secondary_primary", "@primary_server", `SQL01\RTC`, "@primary_database", "mgc"))
	}
	second.must("sp_delete_log_shipping_secondary_database", "@secondary_database", "mgc", "@ignoreremotemonitor", int64(1))
	require.NoError(t, w.PowerOn("SQL21"))
	primary.must("sp_delete_log_shipping_primary_database", "@database", "mgc")
	monitor = admin(t, w, world.Monitor)
	require.Empty(t, monitor.view("msdb", "dbo", "log_shipping_monitor_primary"))
	left := monitor.view("msdb", "dbo", "log_shipping_monitor_secondary")
	require.Len(t, left, 1, "nobody told it while it was down")
	monitor.must("sp_processlogshippingmonitorsecondary", "@mode", int64(2), "@secondary_server", `SQL11\RTC`, "@secondary_database", "mgc",
		"@secondary_id", left[0]["secondary_id"], "@monitor_server", sql21, "@monitor_server_security_mode", int64(1))
	require.Empty(t, monitor.view("msdb", "dbo", "log_shipping_monitor_secondary"))
	monitor.must("sp_delete_log_shipping_alert_job")
	require.Empty(t, monitor.view("msdb", "dbo", "sysjobs"))
}

func TestAMonitorOutOfReachStopsTheSetUp(t *testing.T) {
	w := site(t, func(c *world.Config) { c.Bare, c.Monitor = true, true })
	require.NoError(t, w.PowerOff("SQL21"))
	primary := admin(t, w, world.Primary)
	add := []any{
		"@database", "mgc", "@backup_directory", world.Share, "@backup_share", world.Share, "@backup_job_name", "LSBackup_mgc",
		"@backup_retention_period", int64(4320), "@monitor_server", sql21,
	}
	require.EqualValues(t, 53, refused(primary, "sp_add_log_shipping_primary_database", add...))
	require.Empty(t, primary.view("msdb", "dbo", "sysjobs"))
	require.Zero(t, refused(primary, "sp_add_log_shipping_primary_database", append(add, "@ignoreremotemonitor", int64(1))...))
}
