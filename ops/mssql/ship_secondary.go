package mssql

import (
	"context"

	"pchatops/ops/engine"
	"pchatops/ops/status"
)

// The parameters that sp_add_ and sp_change_… share.
const (
	secondaryValues = `@primary_server = @ls_primary, @primary_database = @ls_database,
    @backup_source_directory = @ls_source, @backup_destination_directory = @ls_destination,
    @file_retention_period = @ls_retention`
	databaseValues = `@secondary_database = @ls_database, @restore_delay = @ls_delay, @restore_all = 1, @restore_mode = @ls_standby,
    @disconnect_users = 0, @restore_threshold = @ls_threshold, @threshold_alert_enabled = @ls_alert,
    @history_retention_period = @ls_history, @threshold_alert = `
)

func secondaryText(monitor string, told bool) string {
	alert := ""
	if monitor == "" {
		alert = alertJob
	}
	return opening + `IF NOT EXISTS (SELECT 1 FROM msdb.dbo.log_shipping_secondary WHERE primary_server = @ls_primary AND primary_database = @ls_database)
` + call("master.dbo.sp_add_log_shipping_secondary_primary", secondaryValues+`,
    @copy_job_name = @ls_copy_job, @restore_job_name = @ls_restore_job`+watched(monitor)) + `
ELSE
` + call("master.dbo.sp_change_log_shipping_secondary_primary", secondaryValues) + `;
` + jobOf("copy") + settled("copy") + jobOf("restore") + settled("restore") +
		`IF NOT EXISTS (SELECT 1 FROM msdb.dbo.log_shipping_secondary_databases WHERE secondary_database = @ls_database)
` + call("master.dbo.sp_add_log_shipping_secondary_database", databaseValues+restoreAlert+`,
    @primary_server = @ls_primary, @primary_database = @ls_database`+untold(told)) + `
ELSE
` + call("master.dbo.sp_change_log_shipping_secondary_database", databaseValues+restoreAlert) + `;
` + alert + jobOf("copy") + enable + jobOf("restore") + enable
}

// jobOf finds the copy or the restore job.
func jobOf(kind string) string {
	return `SELECT @job = ` + kind + `_job_id FROM msdb.dbo.log_shipping_secondary WHERE primary_server = @ls_primary AND primary_database = @ls_database;
`
}

// secondaryStatement is the batch for the secondary of a log shipping configuration.
func secondaryStatement(w status.SecondarySettings) statement {
	args := []arg{
		{"ls_database", w.Database},
		{"ls_primary", w.Primary},
		{"ls_source", w.Source},
		{"ls_destination", w.Destination},
		{"ls_retention", minutesOf(w.FileRetention)},
		{"ls_history", minutesOf(w.HistoryRetention)},
		{"ls_delay", minutesOf(w.RestoreDelay)},
		{"ls_standby", bitOf(w.Standby)},
		{"ls_threshold", minutesOf(w.Threshold)},
		{"ls_alert", bitOf(w.Alerts)},
	}
	if w.Monitor != "" {
		args = append(args, arg{"ls_monitor", w.Monitor})
	}
	args = append(args, scheduled("copy", w.CopyJob, w.CopySchedule)...)
	return statement{text: secondaryText(w.Monitor, w.MonitorTold), args: append(args, scheduled("restore", w.RestoreJob, w.RestoreSchedule)...)}
}

// ConfigureSecondary makes an instance the secondary of a log shipping
// configuration, or changes in place what differs from it. The database itself
// is not touched.
func (s *Server) ConfigureSecondary(w status.SecondarySettings) engine.Action {
	st := secondaryStatement(w)
	return s.action("configure log shipping secondary "+w.Database, st, func(ctx context.Context, r engine.Reporter) error {
		return s.write(ctx, r, "configure log shipping on the secondary", st)
	})
}
