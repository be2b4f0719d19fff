package mssql

import (
	"context"
	"database/sql"

	"pchatops/ops/engine"
)

// DeleteLogShippingSecondary ends log shipping into a database. The procedure
// drops the copy and the restore job, too, when no other database uses them.
func (s *Server) DeleteLogShippingSecondary(database string) engine.Action {
	st := statement{
		text: "master.dbo.sp_delete_log_shipping_secondary_database", proc: true,
		args: []arg{{"secondary_database", database}},
	}
	const tried = "remove log shipping from the secondary"
	a := s.action("delete log shipping secondary "+database, st, func(ctx context.Context, r engine.Reporter) error {
		return s.write(ctx, r, tried, st)
	})
	a.Settle = func(ctx context.Context) (bool, error) {
		rows, err := s.read(ctx, "look for the log shipping secondary",
			"SELECT 1 AS here FROM msdb.dbo.log_shipping_secondary_databases WHERE secondary_database = @database",
			sql.Named("database", database))
		return err == nil && len(rows) == 0, err
	}
	return a
}
