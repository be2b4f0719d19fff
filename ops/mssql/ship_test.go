package mssql

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
	"pchatops/ops/lab/world"
	"pchatops/ops/procedures"
	"pchatops/ops/status"
)

// documented are the parameters of each procedure as its reference page lists
// them, and @ignoreremotemonitor, which they call internal; those that must be given end with a !.
var documented = map[string]string{
	"master.dbo.sp_add_log_shipping_primary_database": `database! backup_directory! backup_share! backup_job_name! backup_retention_period!
		monitor_server monitor_server_security_mode monitor_server_login monitor_server_password backup_threshold threshold_alert
		threshold_alert_enabled history_retention_period backup_job_id primary_id backup_compression ignoreremotemonitor`,
	"master.dbo.sp_add_log_shipping_primary_secondary": `primary_database! secondary_server! secondary_database!`,
	"master.dbo.sp_add_log_shipping_secondary_primary": `primary_server! primary_database! backup_source_directory! backup_destination_directory!
		copy_job_name! restore_job_name! file_retention_period monitor_server monitor_server_security_mode monitor_server_login
		monitor_server_password copy_job_id restore_job_id secondary_id`,
	"master.dbo.sp_add_log_shipping_secondary_database": `secondary_database! primary_server! primary_database! restore_delay restore_all
		restore_mode disconnect_users block_size buffer_count max_transfer_size restore_threshold! threshold_alert threshold_alert_enabled
		history_retention_period ignoreremotemonitor`,
	"master.dbo.sp_add_log_shipping_alert_job":    `alert_job_id`,
	"master.dbo.sp_delete_log_shipping_alert_job": ``,
	"msdb.dbo.sp_processlogshippingmonitorprimary": `mode! primary_id! primary_server monitor_server! monitor_server_security_mode!
		monitor_server_login monitor_server_password primary_database backup_threshold threshold_alert threshold_alert_enabled
		history_retention_period`,
	"msdb.dbo.sp_processlogshippingmonitorsecondary": `mode! secondary_server! secondary_database! secondary_id! primary_server
		primary_database restore_threshold threshold_alert threshold_alert_enabled history_retention_period monitor_server!
		monitor_server_security_mode! monitor_server_login monitor_server_password`,
	"master.dbo.sp_change_log_shipping_primary_database": `database! backup_directory backup_share backup_retention_period
		monitor_server_security_mode monitor_server_login monitor_server_password backup_threshold threshold_alert threshold_alert_enabled
		history_retention_period backup_compression`,
	"master.dbo.sp_change_log_shipping_secondary_database": `secondary_database! restore_delay restore_all restore_mode disconnect_users
		block_size buffer_count max_transfer_size restore_threshold threshold_alert threshold_alert_enabled history_retention_period`,
	"master.dbo.sp_change_log_shipping_secondary_primary": `primary_server! primary_database! backup_source_directory
		backup_destination_directory file_retention_period monitor_server_security_mode monitor_server_login monitor_server_password`,
	"master.dbo.sp_delete_log_shipping_primary_secondary":  `primary_database! secondary_server! secondary_database!`,
	"master.dbo.sp_delete_log_shipping_primary_database":   `database! ignoreremotemonitor`,
	"master.dbo.sp_delete_log_shipping_secondary_database": `secondary_database! ignoreremotemonitor`,
	"master.dbo.sp_delete_log_shipping_secondary_primary":  `primary_server! primary_database! ignoreremotemonitor`,
	"msdb.dbo.sp_add_schedule": `schedule_name! enabled freq_type! freq_interval freq_subday_type freq_subday_interval freq_relative_interval
		freq_recurrence_factor active_start_date active_end_date active_start_time active_end_time owner_login_name schedule_uid schedule_id`,
	"msdb.dbo.sp_update_schedule": `schedule_id! new_name enabled freq_type freq_interval freq_subday_type freq_subday_interval
		freq_relative_interval freq_recurrence_factor active_start_date active_end_date active_start_time active_end_time owner_login_name`,
	"msdb.dbo.sp_attach_schedule": `job_id! schedule_id!`,
	"msdb.dbo.sp_detach_schedule": `job_id! schedule_id! delete_unused_schedule`,
	"msdb.dbo.sp_update_job":      `job_id! new_name enabled owner_login_name`,
}

var (
	calls = regexp.MustCompile(`EXEC @rc = ([\w.]+)([^;]*);`)
	given = regexp.MustCompile(`@(\w+) = `)
)

func TestEveryParameterIsDocumentedAndTheRequiredOnesAreGiven(t *testing.T) {
	seen := map[string]bool{}
	for _, text := range []string{
		primaryText("", false), primaryText("M", true), secondaryText("", false), secondaryText("M", true), removePairsText, removePrimaryText(ignoring), removeSecondaryText(ignoring),
		monitorStatement(watchedRows("x")).text, forgetStatement(watchedRows("x")).text,
	} {
		for _, c := range calls.FindAllStringSubmatch(text, -1) {
			page, known := documented[c[1]]
			require.True(t, known, "%s is not documented", c[1])
			seen[c[1]] = true
			var names []string
			for _, p := range given.FindAllStringSubmatch(c[2], -1) {
				require.NotContains(t, names, p[1], "%s has @%s twice", c[1], p[1])
				names = append(names, p[1])
			}
			for _, p := range strings.Fields(page) {
				if required, ok := strings.CutSuffix(p, "!"); ok {
					require.Contains(t, names, required, "%s needs @%s", c[1], required)
				}
			}
			for _, n := range names {
				require.Contains(t, strings.Fields(strings.ReplaceAll(page, "!", "")), n, "%s has no @%s", c[1], n)
			}
		}
		require.Equal(t, strings.Count(text, "EXEC "), len(calls.FindAllString(text, -1)), "every call reads its return code")
	}
	require.Len(t, seen, len(documented))
}

// watchedRows are one row of each kind, of servers and databases of a name.
func watchedRows(name string) []status.Watched {
	return []status.Watched{
		{Primary: true, ID: name, Server: name, Database: name},
		{ID: name, Server: name, Database: name, PrimaryServer: name, PrimaryDatabase: name},
	}
}

func wantedSettings() (status.PrimarySettings, status.SecondarySettings) {
	every := status.Schedule{Name: "every quarter", Enabled: true, Every: 15 * time.Minute}
	return status.PrimarySettings{
			Database: "mgc", Share: world.Share, Directory: world.Share, Retention: 72 * time.Hour, HistoryRetention: 96 * time.Hour,
			Threshold: time.Hour, Alerts: true, Compression: 2, Job: "LSBackup_mgc", Schedule: every, Secondary: secondary,
		}, status.SecondarySettings{
			Database: "mgc", Primary: primary, Source: world.Share, Destination: world.Folder, FileRetention: 72 * time.Hour,
			HistoryRetention: 96 * time.Hour, Threshold: 45 * time.Minute, Alerts: true,
			CopyJob: "LSCopy", CopySchedule: every, RestoreJob: "LSRestore", RestoreSchedule: every,
		}
}

func bare(c *world.Config) { c.Bare = true }

// differences are what the servers have otherwise than wanted.
func differences(t *testing.T, p, sec *Server, wantP status.PrimarySettings, wantS status.SecondarySettings) []status.Difference {
	t.Helper()
	return append(facts(t, p).Primary.Settings("mgc").Differ(wantP), facts(t, sec).Secondary.Settings("mgc").Differ(wantS)...)
}

func TestAConfigurationTakesOneRoundTripAServer(t *testing.T) {
	e := newEstate(t, bare)
	p, toPrimary := e.server(primary)
	sec, toSecondary := e.server(secondary)
	p.pace.progress, sec.pace.progress = time.Hour, time.Hour // nobody looks in between
	wantP, wantS := wantedSettings()
	for _, one := range []struct {
		over *link
		on   *Server
		do   func() error
	}{
		{toPrimary, p, func() error { _, err := run(t, p.ConfigurePrimary(wantP)); return err }},
		{toSecondary, sec, func() error { _, err := run(t, sec.ConfigureSecondary(wantS)); return err }},
	} {
		require.NoError(t, one.do(), "the first time the connection is made")
		before := one.over.exchanges.Load()
		require.NoError(t, one.do(), "what is there already is no error")
		require.EqualValues(t, 1, one.over.exchanges.Load()-before)
	}
	require.Empty(t, differences(t, p, sec, wantP, wantS))
	require.True(t, facts(t, p).Primary.BackupJob.Enabled)
	require.True(t, facts(t, sec).Secondary.RestoreJob.Enabled)
}

func TestSettingsAreChangedInPlace(t *testing.T) {
	e := newEstate(t, nil) // set up, with other names and settings
	p, _ := e.server(primary)
	sec, _ := e.server(secondary)
	jobs := []string{facts(t, p).Primary.BackupJob.ID, facts(t, sec).Secondary.CopyJob.ID}
	wantP, wantS := wantedSettings()
	wantP.Threshold, wantP.Retention, wantP.Alerts, wantP.Compression = 2*time.Hour, 24*time.Hour, false, 1
	wantP.Schedule.Every, wantS.RestoreSchedule.Every = 5*time.Minute, 20*time.Minute
	wantS.Threshold, wantS.RestoreDelay = 90*time.Minute, 10*time.Minute
	require.NotEmpty(t, differences(t, p, sec, wantP, wantS))
	_, err := run(t, p.ConfigurePrimary(wantP))
	require.NoError(t, err)
	_, err = run(t, sec.ConfigureSecondary(wantS))
	require.NoError(t, err)
	require.Empty(t, differences(t, p, sec, wantP, wantS))
	require.Equal(t, jobs, []string{facts(t, p).Primary.BackupJob.ID, facts(t, sec).Secondary.CopyJob.ID}, "the jobs are the same ones")
}

// Names come from files and servers: whatever is in them stays a name.
func TestNamesAreNeverPartOfTheText(t *testing.T) {
	wantP, wantS := wantedSettings()
	hostile := "mgc'; DROP DATABASE [x]]--é\u202e"
	wantP.Database, wantP.Share, wantP.Job, wantP.Schedule.Name, wantP.Secondary, wantP.Monitor = hostile, hostile, hostile, hostile, hostile, hostile
	wantS.Database, wantS.Primary, wantS.CopyJob, wantS.Monitor = hostile, hostile, hostile, hostile
	for _, st := range []statement{
		primaryStatement(wantP), secondaryStatement(wantS), monitorStatement(watchedRows(hostile)), forgetStatement(watchedRows(hostile)),
	} {
		require.NotContains(t, st.text, "DROP")
		require.Contains(t, st.String(), quote(hostile))
		require.NotContains(t, strings.ReplaceAll(st.String(), quote(hostile), ""), "DROP", "each one is quoted where it is shown")
		require.NotRegexp(t, `@ls_`, st.String(), "the text can be run by hand")
	}
}

func TestLogShippingIsRemovedInTheDocumentedOrder(t *testing.T) {
	e := newEstate(t, nil)
	p, _ := e.server(primary)
	sec, _ := e.server(secondary)
	_, err := run(t, p.RemovePrimary("mgc", procedures.Monitor{}))
	require.EqualValues(t, 32011, numberOf(err), "secondaries are still entered: %v", err)
	for range 2 { // the second time there is nothing left, which is no error
		_, err = run(t, p.RemovePairs("mgc"))
		require.NoError(t, err)
		_, err = run(t, sec.RemoveSecondary("mgc", `SQL01\RTC`, procedures.Monitor{}))
		require.NoError(t, err)
		_, err = run(t, p.RemovePrimary("mgc", procedures.Monitor{}))
		require.NoError(t, err)
	}
	require.Nil(t, facts(t, p).Primary)
	require.Nil(t, facts(t, sec).Secondary)
	ships, err := sec.ShipsInto(t.Context(), "mgc")
	require.NoError(t, err)
	require.Empty(t, ships)
}

func TestARunOfAJobIsWaitedForAndJudged(t *testing.T) {
	e := newEstate(t, nil)
	p, _ := e.server(primary)
	before := facts(t, p).Primary.LastBackupFile
	_, err := run(t, p.RunJob("LSBackup_mgc", nil))
	require.NoError(t, err)
	require.NotEqual(t, before, facts(t, p).Primary.LastBackupFile, "when it ends, the backup is there")

	e.world.SetShareOffline(true)
	_, err = run(t, p.RunJob("LSBackup_mgc", nil))
	require.ErrorContains(t, err, "failed", "the job's own message is the reason")
	e.world.SetShareOffline(false)
	e.world.StopAgent(world.Primary)
	_, err = run(t, p.RunJob("LSBackup_mgc", nil))
	require.EqualValues(t, 22022, numberOf(err), err)
	_, err = run(t, p.RunJob("no such job", nil))
	require.EqualValues(t, 14262, numberOf(err), err)
	require.Equal(t, fault.NotFound, fault.ClassOf(err))
}

func TestStorageTellsWhereFilesLieAndWhatIsFree(t *testing.T) {
	e := newEstate(t, bare)
	sec, _ := e.server(secondary)
	p, _ := e.server(primary)
	got, err := p.Storage(t.Context(), "mgc")
	require.NoError(t, err)
	require.Len(t, got.Files, 2)
	require.Equal(t, []bool{false, true}, []bool{got.Files[0].Log, got.Files[1].Log})
	require.Positive(t, got.Bytes())
	none, err := sec.Storage(t.Context(), "mgc")
	require.NoError(t, err)
	require.Empty(t, none.Files, "there is no such database yet")
	require.NotEmpty(t, none.DataFolder)
	v, known := none.Volume(none.DataFolder)
	require.True(t, known)
	require.Positive(t, v.Free)
	require.NoError(t, e.world.SetVolume("SQL11", none.DataFolder, 7<<20))
	none, err = sec.Storage(t.Context(), "mgc")
	require.NoError(t, err)
	v, _ = none.Volume(none.DataFolder)
	require.EqualValues(t, 7<<20, v.Free, "a mount point counts before its drive")
	e.world.SetDiskFull("SQL11", true)
	full, err := sec.Storage(t.Context(), "mgc")
	require.NoError(t, err)
	v, _ = full.Volume(full.DataFolder)
	require.Zero(t, v.Free)
}

// Setup before 2012 wrote the registry only where somebody chose a folder.
func TestBefore2012TheFoldersAreThoseOfMaster(t *testing.T) {
	e := newEstate(t, func(c *world.Config) { c.Version, c.Bare = world.SQL2008R2, true })
	sec, _ := e.server(secondary)
	got, err := sec.Storage(t.Context(), "mgc")
	require.NoError(t, err)
	require.Equal(t, `E:\SQLData\`, got.DataFolder)
	require.Equal(t, `E:\SQLData\`, got.LogFolder)
}
