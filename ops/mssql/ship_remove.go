package mssql

import (
	"context"
	"database/sql"

	"pchatops/ops/engine"
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

var removePrimaryText = `SET NOCOUNT ON;
DECLARE @rc int;
IF EXISTS (SELECT 1 FROM msdb.dbo.log_shipping_primary_databases WHERE primary_database = @ls_database)
` + call("master.dbo.sp_delete_log_shipping_primary_database", "@database = @ls_database") + `;`

// removeSecondaryText also ends what was set up half-way: a secondary whose
// database was never entered keeps its copy and restore jobs.
var removeSecondaryText = `SET NOCOUNT ON;
DECLARE @rc int, @primary nvarchar(128);
IF EXISTS (SELECT 1 FROM msdb.dbo.log_shipping_secondary_databases WHERE secondary_database = @ls_database)
` + call("master.dbo.sp_delete_log_shipping_secondary_database", "@secondary_database = @ls_database") + `;
SELECT @primary = s.primary_server FROM msdb.dbo.log_shipping_secondary AS s
WHERE s.primary_database = @ls_database
    AND NOT EXISTS (SELECT 1 FROM msdb.dbo.log_shipping_secondary_databases AS d WHERE d.secondary_id = s.secondary_id);
IF @primary IS NOT NULL
` + call("master.dbo.sp_delete_log_shipping_secondary_primary", "@primary_server = @primary, @primary_database = @ls_database") + `;`

// RemovePairs takes the secondaries out of a primary's configuration.
func (s *Server) RemovePairs(database string) engine.Action {
	return s.removal("remove the secondaries of "+database, removePairsText, database)
}

// RemovePrimary ends log shipping from a database. Its backup job goes with it;
// the database and the backups that were written stay.
func (s *Server) RemovePrimary(database string) engine.Action {
	return s.removal("remove log shipping primary "+database, removePrimaryText, database)
}

// RemoveSecondary ends log shipping into a database. Copy and restore job go
// with it; the database stays as it is.
func (s *Server) RemoveSecondary(database string) engine.Action {
	return s.removal("remove log shipping secondary "+database, removeSecondaryText, database)
}

func (s *Server) removal(what, text, database string) engine.Action {
	st := statement{text: text, args: []arg{{"ls_database", database}}}
	return s.action(what, st, func(ctx context.Context, r engine.Reporter) error {
		return s.write(ctx, r, what, st)
	})
}

// ShipsInto tells whether anything of a log shipping secondary is entered for a
// database, if only half of it.
func (s *Server) ShipsInto(ctx context.Context, database string) (bool, error) {
	rows, err := s.read(ctx, "look for log shipping into "+database, `SELECT primary_server FROM msdb.dbo.log_shipping_secondary
WHERE primary_database = @database
UNION ALL SELECT secondary_database FROM msdb.dbo.log_shipping_secondary_databases WHERE secondary_database = @database`,
		sql.Named("database", database))
	return len(rows) > 0, err
}
