package mssql

import (
	"context"
	"fmt"

	"pchatops/ops/engine"
	"pchatops/ops/status"
)

// The values of @mode of the procedures that keep a monitor server's rows.
const (
	addRow    = 1
	deleteRow = 2
	changeRow = 3
)

// openMonitor declares what a batch for a monitor server uses.
const openMonitor = `SET NOCOUNT ON;
DECLARE @rc int, @mode int, @job uniqueidentifier;
`

// ConfigureMonitor completes a monitor server. The servers write their rows
// themselves, over their own connections to it; here goes what they did not.
func (s *Server) ConfigureMonitor(rows []status.Watched) engine.Action {
	return s.monitoring("configure the monitor server", monitorStatement(rows))
}

func monitorStatement(rows []status.Watched) statement {
	st := statement{text: openMonitor}
	for n, r := range rows {
		table, key := "primary", "primary_id"
		if !r.Primary {
			table, key = "secondary", "secondary_id"
		}
		id := fmt.Sprintf("@ls_id%d", n+1)
		st.text += fmt.Sprintf(`SET @mode = CASE WHEN EXISTS (SELECT 1 FROM msdb.dbo.log_shipping_monitor_%s WHERE %s = CONVERT(uniqueidentifier, %s)) THEN %d ELSE %d END;
`, table, key, id, changeRow, addRow)
		st.row(n+1, r, "@mode")
	}
	st.text += alertJob + "SELECT @job = alert_job_id FROM msdb.dbo.log_shipping_monitor_alert;\n" + enable
	return st
}

// ForgetMonitor takes rows that were left away. The alert job goes when the
// server watches nothing any more: the procedure sees to that.
func (s *Server) ForgetMonitor(rows []status.Watched) engine.Action {
	return s.monitoring("clear the monitor server", forgetStatement(rows))
}

func forgetStatement(rows []status.Watched) statement {
	st := statement{text: openMonitor}
	for n, r := range rows {
		st.row(n+1, r, fmt.Sprint(deleteRow))
	}
	st.text += call("master.dbo.sp_delete_log_shipping_alert_job", "") + ";"
	return st
}

// row adds the call for one row, with its parameters.
func (st *statement) row(n int, r status.Watched, mode string) {
	p := func(name string, value any) string {
		name = fmt.Sprintf("ls_%s%d", name, n)
		st.args = append(st.args, arg{name, value})
		return "@" + name
	}
	common := ", @monitor_server = @@SERVERNAME, @monitor_server_security_mode = 1, @threshold_alert_enabled = " + p("alert", bitOf(r.Alerts)) +
		", @history_retention_period = " + p("history", minutesOf(r.HistoryRetention))
	if r.Primary {
		st.text += call("msdb.dbo.sp_processlogshippingmonitorprimary", "@mode = "+mode+", @primary_id = "+p("id", r.ID)+
			",\n        @primary_server = "+p("server", r.Server)+", @primary_database = "+p("database", r.Database)+
			", @backup_threshold = "+p("threshold", minutesOf(r.Threshold))+",\n        @threshold_alert = "+backupAlert+common) + ";\n"
		return
	}
	st.text += call("msdb.dbo.sp_processlogshippingmonitorsecondary", "@mode = "+mode+", @secondary_id = "+p("id", r.ID)+
		",\n        @secondary_server = "+p("server", r.Server)+", @secondary_database = "+p("database", r.Database)+
		", @primary_server = "+p("primary", r.PrimaryServer)+", @primary_database = "+p("base", r.PrimaryDatabase)+
		",\n        @restore_threshold = "+p("threshold", minutesOf(r.Threshold))+", @threshold_alert = "+restoreAlert+common) + ";\n"
}

func (s *Server) monitoring(what string, st statement) engine.Action {
	return s.action(what, st, func(ctx context.Context, r engine.Reporter) error { return s.write(ctx, r, what, st) })
}
