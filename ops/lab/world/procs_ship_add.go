package world

import (
	"strings"

	"pchatops/ops/lab/tsql"
)

// shippingAddProcs set log shipping up.
var shippingAddProcs = map[string]procedure{
	"sp_add_log_shipping_primary_database": {home: "master", admin: true, wait: overLink(monitorGiven, addPrimaryDatabase), params: params(
		`@database sysname, @backup_directory nvarchar(500), @backup_share nvarchar(500), @backup_job_name sysname,
		@backup_retention_period int, @monitor_server sysname = null, @monitor_server_security_mode bit = 1,
		@monitor_server_login sysname = null, @monitor_server_password sysname = null, @backup_threshold int = 60,
		@threshold_alert int = 14420, @threshold_alert_enabled bit = 0, @history_retention_period int = 14420,
		@backup_job_id uniqueidentifier = null, @primary_id uniqueidentifier = null, @overwrite bit = 0,
		@ignoreremotemonitor bit = 0, @backup_compression tinyint = 2`)},
	"sp_add_log_shipping_primary_secondary": {home: "master", admin: true, run: addPrimarySecondary, params: params(
		`@primary_database sysname, @secondary_server sysname, @secondary_database sysname, @overwrite bit = 0`)},
	"sp_add_log_shipping_secondary_primary": {home: "master", admin: true, run: addSecondaryPrimary, params: params(
		`@primary_server sysname, @primary_database sysname, @backup_source_directory nvarchar(500),
		@backup_destination_directory nvarchar(500), @copy_job_name sysname, @restore_job_name sysname,
		@file_retention_period int = 14420, @monitor_server sysname = null, @monitor_server_security_mode bit = 1,
		@monitor_server_login sysname = null, @monitor_server_password sysname = null, @copy_job_id uniqueidentifier = null,
		@restore_job_id uniqueidentifier = null, @secondary_id uniqueidentifier = null, @overwrite bit = 0,
		@ignoreremotemonitor bit = 0`)},
	"sp_add_log_shipping_secondary_database": {home: "master", admin: true, wait: overLink(monitorOfSecondary, addSecondaryDatabase), params: params(
		`@secondary_database sysname, @primary_server sysname, @primary_database sysname, @restore_delay int = 0,
		@restore_all bit = 1, @restore_mode bit = 0, @disconnect_users bit = 0, @block_size int = -1, @buffer_count int = -1,
		@max_transfer_size int = 0, @restore_threshold int, @threshold_alert int = 14420, @threshold_alert_enabled bit = 1,
		@history_retention_period int = 14420, @overwrite bit = 0, @ignoreremotemonitor bit = 0`)},
	"sp_add_log_shipping_alert_job": {home: "master", admin: true, run: func(c *call) (int, *tsql.Error) {
		c.out["@alert_job_id"] = c.inst().addAlertJob().id
		return 0, nil
	}, params: params("@alert_job_id uniqueidentifier = null")},
}

func addPrimaryDatabase(c *call) (int, *tsql.Error) {
	i, name := c.inst(), c.str("@database")
	d := i.db(name)
	old := i.primaryOf(name)
	switch {
	case d == nil:
		return 1, fail(15010, name)
	case !d.recovered():
		return 1, fail(32007, name)
	case d.recovery == "SIMPLE":
		return 1, fail(32015, name)
	case old != nil && !c.yes("@overwrite"):
		return 1, fail(32009, name)
	}
	if old != nil {
		i.removePrimary(old)
	}
	jobName := c.str("@backup_job_name")
	if e := i.jobNameFree(jobName, "Log Shipping Backup"); e != nil {
		return 1, e
	}
	p := &shipPrimary{
		id: i.w.guid(), database: d.name, directory: c.str("@backup_directory"), share: c.str("@backup_share"),
		retention: c.num("@backup_retention_period"), threshold: c.num("@backup_threshold"), alert: c.num("@threshold_alert"),
		alertEnabled: c.yes("@threshold_alert_enabled"), historyRetention: c.num("@history_retention_period"),
		compression: c.num("@backup_compression"), monitor: i.monitorName(c.str("@monitor_server")),
	}
	i.addPrimary(p, jobName)
	if !c.yes("@ignoreremotemonitor") {
		i.tell(p.monitor, p.watched(i))
	}
	c.out["@backup_job_id"], c.out["@primary_id"] = p.job.id, p.id
	return 0, nil
}

func (i *Instance) monitorName(given string) string {
	if given == "" {
		return i.Name()
	}
	return given
}

// jobNameFree takes the place of a log shipping job of the same name; a job of
// another kind stays.
func (i *Instance) jobNameFree(name, category string) *tsql.Error {
	j := i.findJob(name)
	if j == nil {
		return nil
	}
	if j.category != category {
		return fail(32022, name)
	}
	i.deleteJob(j)
	return nil
}

func addPrimarySecondary(c *call) (int, *tsql.Error) {
	p := c.inst().primaryOf(c.str("@primary_database"))
	if p == nil {
		return 1, fail(32010, c.str("@primary_database"))
	}
	pair := shipPair{c.str("@secondary_server"), c.str("@secondary_database")}
	for _, x := range p.secondaries {
		if strings.EqualFold(x.server, pair.server) && strings.EqualFold(x.database, pair.database) {
			if c.yes("@overwrite") {
				return 0, nil
			}
			return 1, fail(32012, pair.server, pair.database, p.database)
		}
	}
	p.secondaries = append(p.secondaries, pair)
	return 0, nil
}

func addSecondaryPrimary(c *call) (int, *tsql.Error) {
	i, server, name := c.inst(), c.str("@primary_server"), c.str("@primary_database")
	old := i.secondaryOf(server, name)
	if old != nil && !c.yes("@overwrite") {
		return 1, fail(32024, server, name)
	}
	s := &shipSecondary{
		id: i.w.guid(), server: server, database: name, source: c.str("@backup_source_directory"),
		destination: c.str("@backup_destination_directory"), retention: c.num("@file_retention_period"),
		monitor: i.monitorName(c.str("@monitor_server")),
	}
	if old != nil {
		i.removeSecondary(old)
	}
	for name, category := range map[string]string{c.str("@copy_job_name"): "Log Shipping Copy", c.str("@restore_job_name"): "Log Shipping Restore"} {
		if e := i.jobNameFree(name, category); e != nil {
			return 1, e
		}
	}
	i.addSecondary(s, c.str("@copy_job_name"), c.str("@restore_job_name"))
	c.out["@copy_job_id"], c.out["@restore_job_id"], c.out["@secondary_id"] = s.copyJob.id, s.restoreJob.id, s.id
	return 0, nil
}

func addSecondaryDatabase(c *call) (int, *tsql.Error) {
	i, name := c.inst(), c.str("@secondary_database")
	s := i.secondaryOf(c.str("@primary_server"), c.str("@primary_database"))
	old := i.secondaryDatabase(name)
	switch {
	case s == nil:
		return 1, fail(32023, c.str("@primary_server"), c.str("@primary_database"))
	case old != nil && !c.yes("@overwrite"):
		return 1, fail(32013, name)
	}
	if old != nil {
		old.of.removeDatabase(old)
	}
	d := &shipDatabase{
		of: s, database: name, delay: c.num("@restore_delay"), all: c.yes("@restore_all"), standby: c.yes("@restore_mode"),
		disconnect: c.yes("@disconnect_users"), blockSize: c.num("@block_size"), bufferCount: c.num("@buffer_count"),
		transfer: c.num("@max_transfer_size"), threshold: c.num("@restore_threshold"), alert: c.num("@threshold_alert"),
		alertEnabled: c.yes("@threshold_alert_enabled"), historyRetention: c.num("@history_retention_period"), latency: -1,
	}
	s.databases = append(s.databases, d)
	if !c.yes("@ignoreremotemonitor") {
		i.tell(s.monitor, d.watched(i))
	}
	return 0, nil
}
