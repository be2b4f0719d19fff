package world

import "pchatops/ops/lab/tsql"

// shippingChangeProcs change the settings of log shipping: only what is given.
var shippingChangeProcs = map[string]procedure{
	"sp_change_log_shipping_primary_database": {home: "master", admin: true, wait: overLink(monitorChanged, changePrimaryDatabase), params: params(
		`@database sysname, @backup_directory nvarchar(500) = null, @backup_share nvarchar(500) = null, @backup_retention_period int = null,
		@monitor_server_security_mode bit = null, @monitor_server_login sysname = null, @monitor_server_password sysname = null,
		@backup_threshold int = null, @threshold_alert int = null, @threshold_alert_enabled bit = null,
		@history_retention_period int = null, @backup_compression tinyint = null`)},
	"sp_change_log_shipping_secondary_database": {home: "master", admin: true, run: changeSecondaryDatabase, params: params(
		`@secondary_database sysname, @restore_delay int = null, @restore_all bit = null, @restore_mode bit = null,
		@disconnect_users bit = null, @block_size int = null, @buffer_count int = null, @max_transfer_size int = null,
		@restore_threshold int = null, @threshold_alert int = null, @threshold_alert_enabled bit = null, @history_retention_period int = null`)},
	"sp_change_log_shipping_secondary_primary": {home: "master", admin: true, wait: overLink(monitorOfSecondary, changeSecondaryPrimary), params: params(
		`@primary_server sysname, @primary_database sysname, @backup_source_directory nvarchar(500) = null,
		@backup_destination_directory nvarchar(500) = null, @file_retention_period int = null,
		@monitor_server_security_mode bit = null, @monitor_server_login sysname = null, @monitor_server_password sysname = null`)},
}

func (c *call) setText(to *string, p string) {
	if c.has(p) {
		*to = c.str(p)
	}
}

func (c *call) setNumber(to *int, p string) {
	if c.has(p) {
		*to = c.num(p)
	}
}

func (c *call) setBit(to *bool, p string) {
	if c.has(p) {
		*to = c.yes(p)
	}
}

func changePrimaryDatabase(c *call) (int, *tsql.Error) {
	p := c.inst().primaryOf(c.str("@database"))
	if p == nil {
		return 1, fail(32010, c.str("@database"))
	}
	c.setText(&p.directory, "@backup_directory")
	c.setText(&p.share, "@backup_share")
	c.setNumber(&p.retention, "@backup_retention_period")
	c.setNumber(&p.threshold, "@backup_threshold")
	c.setNumber(&p.alert, "@threshold_alert")
	c.setBit(&p.alertEnabled, "@threshold_alert_enabled")
	c.setNumber(&p.historyRetention, "@history_retention_period")
	c.setNumber(&p.compression, "@backup_compression")
	c.inst().tell(p.monitor, p.watched(c.inst()))
	return 0, nil
}

func changeSecondaryDatabase(c *call) (int, *tsql.Error) {
	d := c.inst().secondaryDatabase(c.str("@secondary_database"))
	if d == nil {
		return 1, fail(32014, c.str("@secondary_database"))
	}
	c.setNumber(&d.delay, "@restore_delay")
	c.setBit(&d.all, "@restore_all")
	c.setBit(&d.standby, "@restore_mode")
	c.setBit(&d.disconnect, "@disconnect_users")
	c.setNumber(&d.blockSize, "@block_size")
	c.setNumber(&d.bufferCount, "@buffer_count")
	c.setNumber(&d.transfer, "@max_transfer_size")
	c.setNumber(&d.threshold, "@restore_threshold")
	c.setNumber(&d.alert, "@threshold_alert")
	c.setBit(&d.alertEnabled, "@threshold_alert_enabled")
	c.setNumber(&d.historyRetention, "@history_retention_period")
	return 0, nil
}

func changeSecondaryPrimary(c *call) (int, *tsql.Error) {
	s := c.inst().secondaryOf(c.str("@primary_server"), c.str("@primary_database"))
	if s == nil {
		return 1, fail(32023, c.str("@primary_server"), c.str("@primary_database"))
	}
	c.setText(&s.source, "@backup_source_directory")
	c.setText(&s.destination, "@backup_destination_directory")
	c.setNumber(&s.retention, "@file_retention_period")
	return 0, nil
}
