package mssql

import (
	"context"
	"database/sql"

	"pchatops/ops/chain"
	"pchatops/ops/procedures"
)

// Rows of the history outlive a database that is dropped and made again, so
// only those after its last full restore count.
const appliedText = `SELECT m.physical_device_name AS path
FROM msdb.dbo.restorehistory AS r
JOIN msdb.dbo.backupset AS b ON b.backup_set_id = r.backup_set_id
JOIN msdb.dbo.backupmediafamily AS m ON m.media_set_id = b.media_set_id
WHERE r.destination_database_name = @database AND r.restore_type = 'L' AND r.restore_history_id > ISNULL((
    SELECT MAX(f.restore_history_id) FROM msdb.dbo.restorehistory AS f
    WHERE f.destination_database_name = @database AND f.restore_type = 'D'), 0)
ORDER BY r.restore_history_id`

// Applied lists the log backups that the instance's own history says were
// restored into the database, newest last. The history knows their names only.
func (s *Server) Applied(ctx context.Context, database string) ([]procedures.Backup, error) {
	rows, err := s.read(ctx, "read the restore history", appliedText, sql.Named("database", database))
	if err != nil {
		return nil, err
	}
	out := make([]procedures.Backup, len(rows))
	for i, r := range rows {
		out[i] = procedures.Backup{Name: chain.Base(r.text("path")), Bytes: -1}
	}
	return out, nil
}
