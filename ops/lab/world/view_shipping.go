package world

import (
	"slices"
	"strings"

	"pchatops/ops/lab/tsql"
)

func viewPrimaryDatabases(s *Session) *tsql.Rows {
	t := newTable(`primary_id uniqueidentifier, primary_database sysname, backup_directory nvarchar(500), backup_share nvarchar(500),
		backup_retention_period int, backup_job_id uniqueidentifier, monitor_server sysname, monitor_server_security_mode bit,
		last_backup_file nvarchar(500), last_backup_date datetime, user_specified_monitor bit, backup_compression tinyint`)
	for _, p := range s.inst.shipping.primaries {
		t.add(p.id, p.database, p.directory, p.share, p.retention, p.job.id, p.monitor, true,
			orNull(p.lastFile), s.inst.w.local(p.lastDate), p.monitor != s.inst.Name(), p.compression)
	}
	return t.Rows
}

func viewPrimarySecondaries(s *Session) *tsql.Rows {
	t := newTable("primary_id uniqueidentifier, secondary_server sysname, secondary_database sysname")
	for _, p := range s.inst.shipping.primaries {
		for _, x := range p.secondaries {
			t.add(p.id, x.server, x.database)
		}
	}
	return t.Rows
}

func viewSecondary(s *Session) *tsql.Rows {
	t := newTable(`secondary_id uniqueidentifier, primary_server sysname, primary_database sysname, backup_source_directory nvarchar(500),
		backup_destination_directory nvarchar(500), file_retention_period int, copy_job_id uniqueidentifier, restore_job_id uniqueidentifier,
		monitor_server sysname, monitor_server_security_mode bit, user_specified_monitor bit, last_copied_file nvarchar(500), last_copied_date datetime`)
	for _, x := range s.inst.shipping.secondaries {
		t.add(x.id, x.server, x.database, x.source, x.destination, x.retention, x.copyJob.id, x.restoreJob.id,
			x.monitor, true, x.monitor != s.inst.Name(), orNull(x.lastCopied), s.inst.w.local(x.lastCopiedDate))
	}
	return t.Rows
}

// secondaryDatabases are all secondary databases of an instance.
func (i *Instance) secondaryDatabases() []*shipDatabase {
	var all []*shipDatabase
	for _, s := range i.shipping.secondaries {
		all = append(all, s.databases...)
	}
	return all
}

func viewSecondaryDatabases(s *Session) *tsql.Rows {
	t := newTable(`secondary_database sysname, secondary_id uniqueidentifier, restore_delay int, restore_all bit, restore_mode bit,
		disconnect_users bit, block_size int, buffer_count int, max_transfer_size int, last_restored_file nvarchar(500), last_restored_date datetime`)
	for _, d := range s.inst.secondaryDatabases() {
		t.add(d.database, d.of.id, d.delay, d.all, d.standby, d.disconnect, d.blockSize, d.bufferCount, d.transfer,
			orNull(d.lastFile), s.inst.w.local(d.lastDate))
	}
	return t.Rows
}

const monitorPrimaryColumns = `primary_id uniqueidentifier, primary_server sysname, primary_database sysname, backup_threshold int,
	threshold_alert int, threshold_alert_enabled bit, last_backup_file nvarchar(500), last_backup_date datetime,
	last_backup_date_utc datetime, history_retention_period int`

func viewMonitorPrimary(s *Session) *tsql.Rows {
	t := newTable(monitorPrimaryColumns)
	for _, p := range s.inst.monitored(true) {
		t.add(p.id, p.server, p.database, p.threshold, p.alert, p.alertEnabled, orNull(p.lastFile),
			s.inst.w.local(p.lastDate), p.lastDate, p.historyRetention)
	}
	return t.Rows
}

const monitorSecondaryColumns = `secondary_server sysname, secondary_database sysname, secondary_id uniqueidentifier, primary_server sysname,
	primary_database sysname, restore_threshold int, threshold_alert int, threshold_alert_enabled bit, last_copied_file nvarchar(500),
	last_copied_date datetime, last_copied_date_utc datetime, last_restored_file nvarchar(500), last_restored_date datetime,
	last_restored_date_utc datetime, last_restored_latency int, history_retention_period int`

func viewMonitorSecondary(s *Session) *tsql.Rows {
	t := newTable(monitorSecondaryColumns)
	w := s.inst.w
	for _, d := range s.inst.monitored(false) {
		t.add(d.server, d.database, d.id, d.primaryServer, d.primaryDatabase, d.threshold, d.alert, d.alertEnabled, orNull(d.lastCopied),
			w.local(d.lastCopiedDate), d.lastCopiedDate, orNull(d.lastFile), w.local(d.lastDate), d.lastDate, d.latencyValue(), d.historyRetention)
	}
	return t.Rows
}

// latencyValue is NULL until something has been restored.
func (d *shipDatabase) latencyValue() any {
	if d.latency < 0 {
		return nil
	}
	return d.latency
}

func viewShippingHistory(s *Session) *tsql.Rows {
	t := newTable(`agent_id uniqueidentifier, agent_type tinyint, session_id int, database_name sysname, session_status tinyint,
		log_time datetime, log_time_utc datetime, message nvarchar(max)`)
	for _, d := range s.inst.shipping.details {
		t.add(d.agent, d.kind, d.run, d.database, d.status, s.inst.w.local(d.at), d.at, d.message)
	}
	return t.Rows
}

func viewShippingErrors(s *Session) *tsql.Rows {
	t := newTable(`agent_id uniqueidentifier, agent_type tinyint, session_id int, database_name sysname, sequence_number int,
		log_time datetime, log_time_utc datetime, message nvarchar(max), source nvarchar(max), help_url nvarchar(max)`)
	for _, d := range s.inst.shipping.errors {
		t.add(d.agent, d.kind, d.run, d.database, d.sequence, s.inst.w.local(d.at), d.at, d.message, d.source, "")
	}
	return t.Rows
}

func viewShippingAlert(s *Session) *tsql.Rows {
	t := newTable("alert_job_id uniqueidentifier")
	if s.inst.shipping.alert != nil {
		t.add(s.inst.shipping.alert.id)
	}
	return t.Rows
}

// pick gives some columns of rows, by name and in that order.
func pick(rows *tsql.Rows, names ...string) *tsql.Rows {
	out := &tsql.Rows{Values: make([][]any, len(rows.Values))}
	for _, name := range names {
		n := slices.IndexFunc(rows.Columns, func(c tsql.Column) bool { return c.Name == name })
		out.Columns = append(out.Columns, rows.Columns[n])
		for r := range rows.Values {
			out.Values[r] = append(out.Values[r], rows.Values[r][n])
		}
	}
	return out
}

// where keeps the rows in which a column has a value (text is compared as the
// server's collation does); an empty value keeps all.
func where(rows *tsql.Rows, column string, want any) *tsql.Rows {
	n := slices.IndexFunc(rows.Columns, func(c tsql.Column) bool { return c.Name == column })
	out := &tsql.Rows{Columns: rows.Columns}
	for _, r := range rows.Values {
		if same(r[n], want) {
			out.Values = append(out.Values, r)
		}
	}
	return out
}

// same compares as the server's collation does; no wanted value fits all.
func same(have, want any) bool {
	a, ok := have.(string)
	b, text := want.(string)
	if ok && text {
		return strings.EqualFold(a, b)
	}
	return want == nil || have == want
}
