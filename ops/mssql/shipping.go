package mssql

import (
	"context"
	"database/sql"
	"strings"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/procedures"
)

// DeleteLogShippingSecondary ends log shipping into a database. The procedure drops the
// copy and the restore job, too, when no other database uses them. It also works on the
// monitor server, over a connection of the server's own; where that one is not reached,
// the other form of the call leaves it alone.
func (s *Server) DeleteLogShippingSecondary(database string, m procedures.Monitor) engine.Action {
	with := statement{
		text: "master.dbo.sp_delete_log_shipping_secondary_database", proc: true,
		args: []arg{{"secondary_database", database}},
	}
	without := with
	without.args = append(with.args[:1:1], arg{"ignoreremotemonitor", 1})
	const tried = "remove log shipping from the secondary"
	gone := func(ctx context.Context) (bool, error) {
		rows, err := s.read(ctx, "look for the log shipping secondary",
			"SELECT 1 AS here FROM msdb.dbo.log_shipping_secondary_databases WHERE secondary_database = @database",
			sql.Named("database", database))
		return err == nil && len(rows) == 0, err
	}
	a := s.eitherForm("delete log shipping secondary "+database, tried, with, without, m, gone)
	a.Settle = gone
	return a
}

// ignoring is the parameter with which the procedures leave the monitor server alone. It is
// documented as internal for two of them: what every version takes goes first.
const ignoring = ", @ignoreremotemonitor = 1"

// eitherForm makes an action that works on a monitor server, too, or leaves it alone: the
// form that the monitor calls for first, and the other one where the server answered that
// with an error, and done reads that nothing came of it.
func (s *Server) eitherForm(id, tried string, with, without statement, m procedures.Monitor, done func(context.Context) (bool, error)) engine.Action {
	first, next := with, without
	if m.Silent {
		first, next = without, with
	}
	a := s.action(id, first, func(ctx context.Context, r engine.Reporter) error {
		err := s.write(ctx, r, tried, first)
		told := !m.Silent
		if err != nil && m.Name != "" && answered(err) {
			if so, unread := done(ctx); so || unread != nil {
				return err
			}
			r.Log(err.Error())
			r.Log("nothing has changed: sent once more in its other form")
			err, told = s.write(ctx, r, tried, next), !told
		}
		if err == nil && m.Name != "" && !told {
			r.Observe(procedures.MonitorUntold, m.Name)
			r.Log("the monitor server " + m.Name + " was not told: its rows of this server stay, and it goes on raising 14420 or 14421 until they are cleared there (unship, U4)")
		}
		return err
	})
	if m.Name != "" {
		a.Text += "\n-- where the monitor server " + strings.Join(strings.Fields(m.Name), " ") + " is what it fails for, and nothing has changed:\n-- " + strings.ReplaceAll(next.String(), "\n", "\n-- ")
	}
	return a
}

// answered reports whether an error is the server's own answer to a statement that had to
// do with more than the caller's rights and the state of things here.
func answered(err error) bool {
	switch fault.ClassOf(err) {
	case fault.NotSecondary, fault.Permission, fault.Busy, fault.Lost, fault.Timeout, fault.Unreachable, fault.Refused, fault.Certificate, fault.Config:
		return false
	default:
		return true
	}
}
