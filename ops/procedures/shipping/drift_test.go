package shipping

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/world"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

func TestDriftIsNamedAndPutRight(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-primary")
	r.ship(setUp...)
	for _, c := range []struct{ role, step, text, says string }{
		{"primary", "P1-P9", "EXEC master.dbo.sp_change_log_shipping_primary_database @database = 'mgc', @backup_threshold = 240", "alert if no backup within is 4h instead of 1h"},
		{"primary", "P1-P9", "EXEC master.dbo.sp_change_log_shipping_primary_database @database = 'mgc', @threshold_alert_enabled = 0", "backup alert is off instead of on"},
		{"primary", "P1-P9", `EXEC master.dbo.sp_change_log_shipping_primary_database @database = 'mgc', @backup_share = '\\FS02\Other'`, `\\FS02\Other instead of \\FS01\LogShip`},
		{"primary", "P1-P9", "EXEC msdb.dbo.sp_update_job @job_name = 'LSBackup_mgc', @new_name = 'nightly'", "backup job is nightly instead of LSBackup_mgc"},
		{"primary", "P1-P9", `EXEC msdb.dbo.sp_update_schedule @name = 'LSBackupSchedule_SQL01\RTC1', @enabled = 0`, "backup schedule is disabled instead of every 15m"},
		{"secondary", "P10-P19", "EXEC msdb.dbo.sp_update_schedule @name = 'DefaultCopyJobSchedule', @freq_subday_interval = 30", "copy schedule is every 30m instead of every 15m"},
		{"secondary", "P10-P19", "EXEC master.dbo.sp_change_log_shipping_secondary_database @secondary_database = 'mgc', @restore_delay = 60", "restore delay is 1h instead of 0m"},
		{"secondary", "P10-P19", `EXEC msdb.dbo.sp_update_job @job_name = 'LSRestore_SQL01\RTC_mgc', @enabled = 0`, "is disabled"},
	} {
		r.sql(c.role, c.text)
		p := r.proof(c.step)
		require.False(t, p.Holds, c.text)
		require.Contains(t, p.Says, c.says)
		require.Contains(t, r.plan(c.step).Notes, p.Says, "the plan says what it is going to change")
		r.ship(c.step)
		r.already(c.step)
	}
}

func TestAJobWhoseOwnerIsGoneIsDriftAndGetsAnother(t *testing.T) {
	t.Parallel()
	r := newRig(t, "healthy")
	for job, at := range map[string]struct{ role, step string }{
		"LSBackup_mgc":            {world.Primary, "P1-P9"},
		`LSRestore_SQL01\RTC_mgc`: {world.Secondary, "P10-P19"},
	} {
		require.NoError(t, r.lab.World().OrphanJob(at.role, job))
		p := r.proof(at.step)
		require.False(t, p.Holds)
		require.Contains(t, p.Says, "the login that owns the job "+job+" is gone")
		f := r.facts(site.Role(at.role))
		seen := status.Diagnose(&status.Snapshot{Taken: f.ServerTime, Nodes: []status.Node{{
			Role: site.Role(at.role), Address: at.role, Reachable: true, Asked: f.ServerTime, Answered: f.ServerTime, Facts: f,
		}}}, r.Site, f.ServerTime)
		require.True(t, slices.ContainsFunc(seen, func(n status.Finding) bool {
			return n.Code == "shipping-drift" && strings.Contains(n.Why, job)
		}), "%+v", seen)
		r.ship(at.step)
		r.already(at.step)
		require.Equal(t, []string{"sa"}, r.sql(at.role, "SELECT SUSER_SNAME(owner_sid) FROM msdb.dbo.sysjobs WHERE name = '"+job+"'"))
	}
}

func TestSettingsOfTheSiteFileAreCarriedOver(t *testing.T) {
	t.Parallel()
	r := newRig(t, "healthy")
	r.Site.Shipping.BackupEvery, r.Site.Shipping.Compression = 5*time.Minute, site.CompressOn
	r.Site.Shipping.Retention, r.Site.Shipping.RestoreThreshold = 48*time.Hour, 2*time.Hour
	require.Contains(t, r.plan("P1-P9").Notes, "the copy job runs every 15 minutes and the backup job every 5: they should be approximately the same")
	r.ship("P1-P9", "P10-P19")
	require.Equal(t, []string{"2880 1"}, r.sql("primary", "SELECT backup_retention_period, backup_compression FROM msdb.dbo.log_shipping_primary_databases"))
	require.Equal(t, []string{"120"}, r.sql("secondary", "SELECT restore_threshold FROM msdb.dbo.log_shipping_monitor_secondary"))

	r.Site.Shipping.Monitor = `SQL21\MON`
	require.Contains(t, r.unmet("P1-P9"), `monitor server of SQL01\RTC`, "it is chosen once")
}
