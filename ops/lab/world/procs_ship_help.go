package world

import (
	"pchatops/ops/lab/tsql"
)

// shippingHelpProcs show how log shipping is set up and how it does.
var shippingHelpProcs = map[string]procedure{
	"sp_help_log_shipping_primary_database": {home: "master", admin: true, run: helpPrimaryDatabase, params: params(
		"@database sysname = null, @primary_id uniqueidentifier = null")},
	"sp_help_log_shipping_primary_secondary": {home: "master", admin: true, run: func(c *call) (int, *tsql.Error) {
		p := c.inst().primaryOf(c.str("@primary_database"))
		if p == nil {
			return 1, fail(32010, c.str("@primary_database"))
		}
		t := newTable("secondary_server sysname, secondary_database sysname")
		for _, x := range p.secondaries {
			t.add(x.server, x.database)
		}
		c.rows(t.Rows)
		return 0, nil
	}, params: params("@primary_database sysname")},
	"sp_help_log_shipping_secondary_primary": {home: "master", admin: true, run: func(c *call) (int, *tsql.Error) {
		if c.inst().secondaryOf(c.str("@primary_server"), c.str("@primary_database")) == nil {
			return 1, fail(32023, c.str("@primary_server"), c.str("@primary_database"))
		}
		rows := where(where(viewSecondary(c.s), "primary_server", c.str("@primary_server")), "primary_database", c.str("@primary_database"))
		c.rows(pick(rows, "secondary_id", "primary_server", "primary_database", "backup_source_directory", "backup_destination_directory",
			"file_retention_period", "copy_job_id", "restore_job_id", "monitor_server", "monitor_server_security_mode"))
		return 0, nil
	}, params: params("@primary_server sysname, @primary_database sysname")},
	"sp_help_log_shipping_secondary_database": {home: "master", admin: true, run: helpSecondaryDatabase, params: params(
		"@secondary_database sysname = null, @secondary_id uniqueidentifier = null")},
	"sp_help_log_shipping_monitor_primary": {home: "master", admin: true, run: func(c *call) (int, *tsql.Error) {
		c.rows(where(where(viewMonitorPrimary(c.s), "primary_server", c.args["@primary_server"]), "primary_database", c.args["@primary_database"]))
		return 0, nil
	}, params: params("@primary_server sysname, @primary_database sysname")},
	"sp_help_log_shipping_monitor_secondary": {home: "master", admin: true, run: func(c *call) (int, *tsql.Error) {
		c.rows(where(where(viewMonitorSecondary(c.s), "secondary_server", c.args["@secondary_server"]), "secondary_database", c.args["@secondary_database"]))
		return 0, nil
	}, params: params("@secondary_server sysname, @secondary_database sysname")},
	"sp_help_log_shipping_alert_job": {home: "master", admin: true, run: func(c *call) (int, *tsql.Error) {
		c.rows(viewShippingAlert(c.s))
		return 0, nil
	}},
	"sp_help_log_shipping_monitor": {home: "master", admin: true, run: helpMonitor, params: params("@verbose bit = 0")},
}

func helpPrimaryDatabase(c *call) (int, *tsql.Error) {
	t := newTable(`primary_id uniqueidentifier, primary_database sysname, backup_directory nvarchar(500), backup_share nvarchar(500),
		backup_retention_period int, backup_compression tinyint, backup_job_id uniqueidentifier, monitor_server sysname,
		monitor_server_security_mode bit, backup_threshold int, threshold_alert int, threshold_alert_enabled bit,
		last_backup_file nvarchar(500), last_backup_date datetime, last_backup_date_utc datetime, history_retention_period int`)
	for _, p := range c.inst().shipping.primaries {
		if !same(p.database, c.args["@database"]) || !same(p.id.String(), c.args["@primary_id"]) {
			continue
		}
		t.add(p.id, p.database, p.directory, p.share, p.retention, p.compression, p.job.id, p.monitor, true, p.threshold, p.alert,
			p.alertEnabled, orNull(p.lastFile), c.inst().w.local(p.lastDate), p.lastDate, p.historyRetention)
	}
	if len(t.Values) == 0 {
		return 1, fail(32010, c.str("@database"))
	}
	c.rows(t.Rows)
	return 0, nil
}

func helpSecondaryDatabase(c *call) (int, *tsql.Error) {
	t := newTable(`secondary_id uniqueidentifier, primary_server sysname, primary_database sysname, backup_source_directory nvarchar(500),
		backup_destination_directory nvarchar(500), file_retention_period int, copy_job_id uniqueidentifier, restore_job_id uniqueidentifier,
		monitor_server sysname, monitor_server_security_mode bit, secondary_database sysname, restore_delay int, restore_all bit,
		restore_mode bit, disconnect_users bit, block_size int, buffer_count int, max_transfer_size int, restore_threshold int,
		threshold_alert int, threshold_alert_enabled bit, last_copied_file nvarchar(500), last_copied_date datetime,
		last_copied_date_utc datetime, last_restored_file nvarchar(500), last_restored_date datetime, last_restored_date_utc datetime,
		history_retention_period int, last_restored_latency int`)
	w := c.inst().w
	for _, d := range c.inst().secondaryDatabases() {
		s := d.of
		if !same(d.database, c.args["@secondary_database"]) || !same(s.id.String(), c.args["@secondary_id"]) {
			continue
		}
		t.add(s.id, s.server, s.database, s.source, s.destination, s.retention, s.copyJob.id, s.restoreJob.id, s.monitor, true,
			d.database, d.delay, d.all, d.standby, d.disconnect, d.blockSize, d.bufferCount, d.transfer, d.threshold, d.alert, d.alertEnabled,
			orNull(s.lastCopied), w.local(s.lastCopiedDate), s.lastCopiedDate, orNull(d.lastFile), w.local(d.lastDate), d.lastDate,
			d.historyRetention, d.latencyValue())
	}
	if len(t.Values) == 0 {
		return 1, fail(32014, c.str("@secondary_database"))
	}
	c.rows(t.Rows)
	return 0, nil
}

// helpMonitor is one line for each database that is shipped from or to here.
func helpMonitor(c *call) (int, *tsql.Error) {
	t := newTable(`status bit, is_primary bit, server sysname, database_name sysname, time_since_last_backup int, last_backup_file nvarchar(500),
		backup_threshold int, is_backup_alert_enabled bit, time_since_last_copy int, last_copied_file nvarchar(500),
		time_since_last_restore int, last_restored_file nvarchar(500), last_restored_latency int, restore_threshold int, is_restore_alert_enabled bit`)
	i := c.inst()
	now := i.now()
	for _, p := range i.monitored(true) {
		late := ageMinutes(now, p.lastDate) > p.threshold
		t.add(late, true, p.server, p.database, sinceOrNull(now, p.lastDate), orNull(p.lastFile), p.threshold, p.alertEnabled,
			nil, nil, nil, nil, nil, nil, nil)
	}
	for _, d := range i.monitored(false) {
		late := ageMinutes(now, d.lastDate) > d.threshold
		t.add(late, false, d.server, d.database, nil, nil, nil, nil, sinceOrNull(now, d.lastCopiedDate), orNull(d.lastCopied),
			sinceOrNull(now, d.lastDate), orNull(d.lastFile), d.latencyValue(), d.threshold, d.alertEnabled)
	}
	c.rows(t.Rows)
	return 0, nil
}
