package world_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/world"
)

func TestLogShippingCarriesMessagesOver(t *testing.T) {
	w := site(t)
	sa, second := admin(t, w, world.Primary), admin(t, w, world.Secondary)
	before := w.Ledger().Shipped
	w.Elapse(45 * time.Minute)
	require.Greater(t, w.Ledger().Shipped, before)

	sent := sa.view("msdb", "dbo", "log_shipping_monitor_primary")[0]
	got := second.view("msdb", "dbo", "log_shipping_monitor_secondary")[0]
	require.Less(t, w.Now().Sub(sent["last_backup_date_utc"].(time.Time)), 15*time.Minute)
	require.Less(t, w.Now().Sub(got["last_copied_date_utc"].(time.Time)), 15*time.Minute)
	require.Less(t, w.Now().Sub(got["last_restored_date_utc"].(time.Time)), 15*time.Minute)
	require.Equal(t, int64(10), got["last_restored_latency"])
	require.Equal(t, sa.view("msdb", "dbo", "log_shipping_primary_databases")[0]["last_backup_file"], sent["last_backup_file"])
	shipped := w.Messages(world.Secondary)
	require.NotEmpty(t, shipped)
	require.Equal(t, w.Messages(world.Primary)[:len(shipped)], shipped)
}

func TestTheBackupJobOnAMirrorSucceedsWithoutABackup(t *testing.T) {
	w := site(t)
	sa := admin(t, w, world.Mirror)
	run := jobRuns(sa, "LSBackup_mgc")
	w.Elapse(15 * time.Minute)
	later := jobRuns(sa, "LSBackup_mgc")
	require.Greater(t, len(later), len(run))
	require.Equal(t, int64(1), later[len(later)-1]["run_status"])
	require.Nil(t, sa.view("msdb", "dbo", "log_shipping_monitor_primary")[0]["last_backup_date_utc"])
	require.Contains(t, sa.column("msdb", "dbo", "log_shipping_monitor_history_detail", "message"),
		"Database mgc is not ONLINE. The backup job will not be performed until this database is brought online.")
}

// jobRuns are the outcomes (step 0) of a job, oldest first.
func jobRuns(c *client, name string) []map[string]any {
	id := c.jobRow(name)["job_id"]
	var runs []map[string]any
	for _, r := range c.view("msdb", "dbo", "sysjobhistory") {
		if r["job_id"] == id && r["step_id"] == int64(0) {
			runs = append(runs, r)
		}
	}
	return runs
}

func (c *client) jobRow(prefix string) map[string]any {
	c.t.Helper()
	for _, j := range c.view("msdb", "dbo", "sysjobs") {
		if strings.HasPrefix(j["name"].(string), prefix) {
			return j
		}
	}
	c.t.Fatalf("no job %s", prefix)
	return nil
}

func TestDeletingTheSecondaryTakesItsJobsAndLeavesDatabaseAndFiles(t *testing.T) {
	w := lost(t)
	sa := admin(t, w, world.Secondary)
	files, err := w.Backups(world.Folder)
	require.NoError(t, err)
	require.NotEmpty(t, sa.view("msdb", "dbo", "sysjobs"))
	sa.must("sp_delete_log_shipping_secondary_database", "@secondary_database", "mgc")

	require.Empty(t, sa.view("msdb", "dbo", "sysjobs"), "copy, restore and alert job go with it")
	for _, table := range []string{"log_shipping_secondary", "log_shipping_secondary_databases", "log_shipping_monitor_secondary", "log_shipping_monitor_history_detail"} {
		require.Empty(t, sa.view("msdb", "dbo", table), table)
	}
	require.Equal(t, "RESTORING", sa.state())
	left, err := w.Backups(world.Folder)
	require.NoError(t, err)
	require.Equal(t, files, left)

	_, _, number := sa.call("sp_delete_log_shipping_secondary_database", "@secondary_database", "mgc")
	require.EqualValues(t, 32014, number)
	w.Elapse(time.Hour)
	left, err = w.Backups(world.Folder)
	require.NoError(t, err)
	require.Equal(t, files, left, "nothing copies any more")
}

func TestLogShippingIsSetUpAndTakenAwayInOrder(t *testing.T) {
	w := site(t, func(c *world.Config) { c.Bare = true })
	primary, second := admin(t, w, world.Primary), admin(t, w, world.Secondary)
	addPrimary := []any{
		"@database", "mgc", "@backup_directory", world.Share, "@backup_share", world.Share, "@backup_job_name", "LSBackup_mgc",
		"@backup_retention_period", int64(4320), "@backup_job_id", "OUTPUT", "@primary_id", "OUTPUT",
	}
	pair := []any{"@primary_database", "mgc", "@secondary_server", `SQL11\RTC`, "@secondary_database", "mgc"}
	addSecondary := []any{
		"@primary_server", `SQL01\RTC`, "@primary_database", "mgc", "@backup_source_directory", world.Share,
		"@backup_destination_directory", world.Folder, "@copy_job_name", "LSCopy", "@restore_job_name", "LSRestore", "@copy_job_id", "OUTPUT", "@restore_job_id", "OUTPUT",
	}
	addDatabase := []any{"@secondary_database", "mgc", "@primary_server", `SQL01\RTC`, "@primary_database", "mgc", "@restore_threshold", int64(45), "@restore_mode", false}

	require.EqualValues(t, 32010, refused(primary, "sp_add_log_shipping_primary_secondary", pair...))
	out := primary.must("sp_add_log_shipping_primary_database", addPrimary...)
	require.EqualValues(t, 32009, refused(primary, "sp_add_log_shipping_primary_database", addPrimary...))
	require.Zero(t, refused(primary, "sp_add_log_shipping_primary_database", append(addPrimary, "@overwrite", int64(1))...))
	primary.must("sp_add_log_shipping_primary_secondary", pair...)
	require.EqualValues(t, 32012, refused(primary, "sp_add_log_shipping_primary_secondary", pair...))
	require.NotNil(t, out["@primary_id"])
	require.Equal(t, int64(0), primary.jobRow("LSBackup_mgc")["enabled"], "a new job is disabled")

	require.EqualValues(t, 32023, refused(second, "sp_add_log_shipping_secondary_database", addDatabase...))
	ids := second.must("sp_add_log_shipping_secondary_primary", addSecondary...)
	require.EqualValues(t, 32024, refused(second, "sp_add_log_shipping_secondary_primary", addSecondary...))
	second.must("sp_add_log_shipping_secondary_database", addDatabase...)
	require.EqualValues(t, 32013, refused(second, "sp_add_log_shipping_secondary_database", addDatabase...))
	require.EqualValues(t, 32025, refused(second, "sp_delete_log_shipping_secondary_primary", "@primary_server", `SQL01\RTC`, "@primary_database", "mgc"))

	require.Zero(t, second.restore("DATABASE", world.Share+`\mgc_full.bak`, "NORECOVERY"))
	every5(primary, primary.jobRow("LSBackup_mgc")["job_id"])
	every5(second, ids["@copy_job_id"])
	every5(second, ids["@restore_job_id"])
	w.Elapse(30 * time.Minute)
	require.Positive(t, w.Ledger().Shipped)
	require.NotEmpty(t, w.Messages(world.Secondary))

	require.EqualValues(t, 32011, refused(primary, "sp_delete_log_shipping_primary_database", "@database", "mgc"))
	primary.must("sp_delete_log_shipping_primary_secondary", pair...)
	primary.must("sp_delete_log_shipping_primary_database", "@database", "mgc")
	require.Empty(t, primary.view("msdb", "dbo", "sysjobs"))
}

func refused(c *client, proc string, args ...any) int32 {
	_, _, number := c.call(proc, args...)
	return number
}

// every5 gives a job a schedule of every five minutes and enables it.
func every5(c *client, job any) {
	c.t.Helper()
	out := c.must("sp_add_schedule", "@schedule_name", "every five minutes", "@freq_type", int64(4), "@freq_interval", int64(1),
		"@freq_subday_type", int64(4), "@freq_subday_interval", int64(5), "@active_end_time", int64(235900), "@schedule_id", "OUTPUT")
	c.must("sp_attach_schedule", "@job_id", job, "@schedule_id", out["@schedule_id"])
	c.must("sp_update_job", "@job_id", job, "@enabled", int64(1))
}

func TestABrokenChainShowsInTheRestoreJob(t *testing.T) {
	w := site(t)
	names, err := w.Backups(world.Share)
	require.NoError(t, err)
	require.NotEmpty(t, names)
	w.Elapse(14 * time.Minute) // backed up at 03:15, copied at 03:20
	names, err = w.Backups(world.Share)
	require.NoError(t, err)
	require.NoError(t, w.Remove(world.Share, names[len(names)-1]))
	w.Elapse(46 * time.Minute)

	sa := admin(t, w, world.Secondary)
	runs := jobRuns(sa, "LSRestore")
	require.Equal(t, int64(0), runs[len(runs)-1]["run_status"])
	errors := sa.column("msdb", "dbo", "log_shipping_monitor_error_detail", "message")
	require.NotEmpty(t, errors)
	require.Contains(t, errors[len(errors)-1], "too recent to apply")
}

func TestWithoutTheShareNothingIsCopiedAndTheJobSaysWhy(t *testing.T) {
	w := site(t)
	w.SetShareOffline(true)
	w.Elapse(90 * time.Minute)
	sa := admin(t, w, world.Secondary)
	runs := jobRuns(sa, "LSCopy")
	require.Equal(t, int64(0), runs[len(runs)-1]["run_status"])
	require.Contains(t, sa.column("msdb", "dbo", "log_shipping_monitor_error_detail", "message"), "53(The network path was not found.)")
	alerts := jobRuns(sa, "LSAlert")
	require.Equal(t, int64(0), alerts[len(alerts)-1]["run_status"], "the restore threshold is exceeded")

	w.SetShareOffline(false)
	w.Elapse(30 * time.Minute)
	runs = jobRuns(sa, "LSCopy")
	require.Equal(t, int64(1), runs[len(runs)-1]["run_status"])
}

func TestOldBackupsExpire(t *testing.T) {
	w := site(t)
	for instance, change := range map[string][]any{
		world.Primary:   {"sp_change_log_shipping_primary_database", "@database", "mgc", "@backup_retention_period", int64(30)},
		world.Secondary: {"sp_change_log_shipping_secondary_primary", "@primary_server", `SQL01\RTC`, "@primary_database", "mgc", "@file_retention_period", int64(30)},
	} {
		admin(t, w, instance).must(change[0].(string), change[1:]...)
	}
	w.Elapse(time.Hour)
	for _, folder := range []string{world.Share, world.Folder} {
		names, err := w.Backups(folder)
		require.NoError(t, err)
		require.LessOrEqual(t, len(names), 4, folder)
		require.NotEmpty(t, names, folder)
	}
}
