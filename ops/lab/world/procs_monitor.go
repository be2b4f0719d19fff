package world

import (
	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/world/media"
)

// monitorProcs keep the rows of a monitor server. Servers call them over their
// connection to it; the scripts of SQL Server Management Studio call them too.
var monitorProcs = map[string]procedure{
	"sp_processlogshippingmonitorprimary": {
		home: "msdb", admin: true, params: params(
			`@mode tinyint, @primary_id uniqueidentifier, @primary_server sysname = null, @monitor_server sysname,
		@monitor_server_security_mode bit, @monitor_server_login sysname = null, @monitor_server_password sysname = null,
		@primary_database sysname = null, @backup_threshold int = null, @threshold_alert int = null, @threshold_alert_enabled bit = null,
		@history_retention_period int = null`),
		run: func(c *call) (int, *tsql.Error) {
			return c.processMonitor(c.str("@primary_id"), &watched{
				primary: true, server: c.str("@primary_server"), database: c.str("@primary_database"), threshold: c.num("@backup_threshold"),
			})
		},
	},
	"sp_processlogshippingmonitorsecondary": {
		home: "msdb", admin: true, params: params(
			`@mode tinyint, @secondary_server sysname, @secondary_database sysname, @secondary_id uniqueidentifier,
		@primary_server sysname = null, @primary_database sysname = null, @restore_threshold int = null, @threshold_alert int = null,
		@threshold_alert_enabled bit = null, @history_retention_period int = null, @monitor_server sysname,
		@monitor_server_security_mode bit, @monitor_server_login sysname = null, @monitor_server_password sysname = null`),
		run: func(c *call) (int, *tsql.Error) {
			return c.processMonitor(c.str("@secondary_id"), &watched{
				server: c.str("@secondary_server"), database: c.str("@secondary_database"), primaryServer: c.str("@primary_server"),
				primaryDatabase: c.str("@primary_database"), threshold: c.num("@restore_threshold"), latency: -1,
			})
		},
	},
}

// The values of @mode.
const (
	monitorAdd    = 1
	monitorDelete = 2
	monitorChange = 3
)

// processMonitor enters a row, changes what a row was configured with, or
// deletes it.
func (c *call) processMonitor(id string, r *watched) (int, *tsql.Error) {
	var err error
	if r.id, err = media.ParseGUID(id); err != nil {
		return 1, fail(8114, "nvarchar", "uniqueidentifier")
	}
	r.alert, r.alertEnabled, r.historyRetention = c.num("@threshold_alert"), c.yes("@threshold_alert_enabled"), c.num("@history_retention_period")
	i := c.inst()
	old := i.watchedBy(r.id)
	switch c.num("@mode") {
	case monitorAdd:
		if old != nil {
			return 1, fail(2627)
		}
		i.watch(r)
	case monitorDelete:
		i.unwatch(r.id)
	case monitorChange:
		if old == nil {
			return 1, nil
		}
		old.threshold, old.alert, old.alertEnabled, old.historyRetention = r.threshold, r.alert, r.alertEnabled, r.historyRetention
	default:
		return 1, fail(21055, "@mode", c.name)
	}
	return 0, nil
}
