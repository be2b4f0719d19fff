package mssql

import (
	"context"
	"database/sql"

	"pchatops/ops/engine"
	"pchatops/ops/procedures"
)

// removePairsText takes the secondaries of a primary out, one after the other.
var removePairsText = `SET NOCOUNT ON;
DECLARE @rc int, @server nvarchar(128), @database nvarchar(128);
WHILE EXISTS (SELECT 1 FROM msdb.dbo.log_shipping_primary_databases AS p
    JOIN msdb.dbo.log_shipping_primary_secondaries AS s ON s.primary_id = p.primary_id WHERE p.primary_database = @ls_database)
BEGIN
    SELECT TOP (1) @server = s.secondary_server, @database = s.secondary_database
    FROM msdb.dbo.log_shipping_primary_databases AS p
    JOIN msdb.dbo.log_shipping_primary_secondaries AS s ON s.primary_id = p.primary_id
    WHERE p.primary_database = @ls_database;
` + inner(checked("master.dbo.sp_delete_log_shipping_primary_secondary",
	"@primary_database = @ls_database, @secondary_server = @server, @secondary_database = @database")) + `END;`

func removePrimaryText(alone string) string {
	return `SET NOCOUNT ON;
DECLARE @rc int;
IF EXISTS (SELECT 1 FROM msdb.dbo.log_shipping_primary_databases WHERE primary_database = @ls_database)
` + call("master.dbo.sp_delete_log_shipping_primary_database", "@database = @ls_database"+alone) + `;`
}

// removeSecondaryText also ends what was set up half-way: a secondary whose database was
// never entered keeps its copy and restore jobs. That of another primary stays.
func removeSecondaryText(alone string) string {
	return `SET NOCOUNT ON;
DECLARE @rc int;
IF EXISTS (SELECT 1 FROM msdb.dbo.log_shipping_secondary_databases WHERE secondary_database = @ls_database)
` + call("master.dbo.sp_delete_log_shipping_secondary_database", "@secondary_database = @ls_database"+alone) + `;
IF EXISTS (SELECT 1 FROM msdb.dbo.log_shipping_secondary AS s
    WHERE s.primary_server = @ls_primary AND s.primary_database = @ls_database
    AND NOT EXISTS (SELECT 1 FROM msdb.dbo.log_shipping_secondary_databases AS d WHERE d.secondary_id = s.secondary_id))
` + call("master.dbo.sp_delete_log_shipping_secondary_primary", "@primary_server = @ls_primary, @primary_database = @ls_database"+alone) + `;`
}

// RemovePairs takes the secondaries out of a primary's configuration.
func (s *Server) RemovePairs(database string) engine.Action {
	what := "remove the secondaries of " + database
	st := statement{text: removePairsText, args: []arg{{"ls_database", database}}}
	return s.action(what, st, func(ctx context.Context, r engine.Reporter) error { return s.write(ctx, r, what, st) })
}

// RemovePrimary ends log shipping from a database. Its backup job goes with it;
// the database and the backups that were written stay.
func (s *Server) RemovePrimary(database string, m procedures.Monitor) engine.Action {
	return s.removal("remove log shipping primary "+database, removePrimaryText, m, arg{"ls_database", database})
}

// RemoveSecondary ends log shipping into a database, and what was begun for it from a
// primary. Copy and restore job go with it; the database stays as it is.
func (s *Server) RemoveSecondary(database, primary string, m procedures.Monitor) engine.Action {
	return s.removal("remove log shipping secondary "+database, removeSecondaryText, m, arg{"ls_database", database}, arg{"ls_primary", primary})
}

// removal makes an action of a batch that looks what is still there, whatever the form
// before it has done.
func (s *Server) removal(what string, text func(alone string) string, m procedures.Monitor, args ...arg) engine.Action {
	form := func(alone string) statement { return statement{text: text(alone), args: args} }
	return s.eitherForm(what, what, form(""), form(ignoring), m, func(context.Context) (bool, error) { return false, nil })
}

// ShipsInto gives the primaries that log shipping into a database is entered for, and if
// only half of it; "": the database is entered without one.
func (s *Server) ShipsInto(ctx context.Context, database string) ([]string, error) {
	rows, err := s.read(ctx, "look for log shipping into "+database, `SELECT primary_server FROM msdb.dbo.log_shipping_secondary AS s
WHERE s.primary_database = @database
    AND NOT EXISTS (SELECT 1 FROM msdb.dbo.log_shipping_secondary_databases AS d WHERE d.secondary_id = s.secondary_id)
UNION ALL SELECT N'' FROM msdb.dbo.log_shipping_secondary_databases WHERE secondary_database = @database`,
		sql.Named("database", database))
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = r.text("primary_server")
	}
	return out, err
}
