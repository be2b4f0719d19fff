package mssql

import (
	"context"

	"pchatops/ops/engine"
	"pchatops/ops/status"
)

// primaryValues are the parameters that sp_add_ and sp_change_… share.
const primaryValues = `@database = @ls_database, @backup_directory = @ls_directory, @backup_share = @ls_share,
    @backup_retention_period = @ls_retention, @backup_threshold = @ls_threshold, @threshold_alert_enabled = @ls_alert,
    @history_retention_period = @ls_history, @backup_compression = @ls_compression, @threshold_alert = `

func primaryText(monitor string, told bool) string {
	text := opening + `IF NOT EXISTS (SELECT 1 FROM msdb.dbo.log_shipping_primary_databases WHERE primary_database = @ls_database)
` + call("master.dbo.sp_add_log_shipping_primary_database", primaryValues+backupAlert+`,
    @backup_job_name = @ls_backup_job`+watched(monitor)+untold(told)) + `
ELSE
` + call("master.dbo.sp_change_log_shipping_primary_database", primaryValues+backupAlert) + `;
SELECT @job = backup_job_id FROM msdb.dbo.log_shipping_primary_databases WHERE primary_database = @ls_database;
` + settled("backup") + enable
	if monitor == "" {
		text += alertJob
	}
	return text + `IF NOT EXISTS (SELECT 1 FROM msdb.dbo.log_shipping_primary_databases AS p
    JOIN msdb.dbo.log_shipping_primary_secondaries AS s ON s.primary_id = p.primary_id
    WHERE p.primary_database = @ls_database AND s.secondary_server = @ls_secondary AND s.secondary_database = @ls_database)
` + call("master.dbo.sp_add_log_shipping_primary_secondary",
		"@primary_database = @ls_database, @secondary_server = @ls_secondary, @secondary_database = @ls_database") + `;`
}

// primaryStatement is the batch for the primary of a log shipping configuration.
func primaryStatement(p status.PrimarySettings) statement {
	args := []arg{
		{"ls_database", p.Database},
		{"ls_directory", p.Directory},
		{"ls_share", p.Share},
		{"ls_retention", minutesOf(p.Retention)},
		{"ls_threshold", minutesOf(p.Threshold)},
		{"ls_alert", bitOf(p.Alerts)},
		{"ls_history", minutesOf(p.HistoryRetention)},
		{"ls_compression", p.Compression},
		{"ls_secondary", p.Secondary},
	}
	if p.Monitor != "" {
		args = append(args, arg{"ls_monitor", p.Monitor})
	}
	return statement{text: primaryText(p.Monitor, p.MonitorTold), args: append(args, scheduled("backup", p.Job, p.Schedule)...)}
}

// ConfigurePrimary makes an instance the primary of a log shipping
// configuration, or changes in place what differs from it.
func (s *Server) ConfigurePrimary(p status.PrimarySettings) engine.Action {
	st := primaryStatement(p)
	return s.action("configure log shipping primary "+p.Database, st, func(ctx context.Context, r engine.Reporter) error {
		return s.write(ctx, r, "configure log shipping on the primary", st)
	})
}
