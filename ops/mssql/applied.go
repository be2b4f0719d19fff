package mssql

import (
	"context"
	"database/sql"
	"time"

	"pchatops/ops/chain"
	"pchatops/ops/fault"
	"pchatops/ops/procedures"
)

// Rows of the history outlive a database that is dropped and made again, so only
// those after its last full restore are of the one that stands now. Of the last
// ones before, those count that it does not hold: of another database, or beyond
// where that restore put it.
const appliedText = `SELECT m.physical_device_name AS path, b.backup_set_uuid, b.position, b.database_name, b.server_name, b.first_lsn, b.last_lsn,
    b.backup_start_date, b.backup_finish_date, b.family_guid, b.first_recovery_fork_guid, b.last_recovery_fork_guid, b.fork_point_lsn,
    DATEADD(SECOND, DATEDIFF(SECOND, GETDATE(), GETUTCDATE()), r.restore_date) AS held,
    CASE WHEN d.restore_history_id IS NULL OR r.restore_history_id > d.restore_history_id THEN 1 ELSE 0 END AS standing
FROM msdb.dbo.restorehistory AS r
JOIN msdb.dbo.backupset AS b ON b.backup_set_id = r.backup_set_id
JOIN msdb.dbo.backupmediafamily AS m ON m.media_set_id = b.media_set_id
LEFT JOIN msdb.dbo.restorehistory AS d ON d.restore_history_id = (
    SELECT MAX(f.restore_history_id) FROM msdb.dbo.restorehistory AS f
    WHERE f.destination_database_name = @database AND f.restore_type = 'D')
LEFT JOIN msdb.dbo.backupset AS o ON o.backup_set_id = d.backup_set_id
WHERE r.destination_database_name = @database AND r.restore_type = 'L' AND (d.restore_history_id IS NULL
    OR r.restore_history_id > d.restore_history_id
    OR r.restore_history_id > d.restore_history_id - 1000 AND (b.last_lsn > o.last_lsn OR b.family_guid <> o.family_guid))
ORDER BY r.restore_history_id`

// Applied implements procedures.Reader: a row for each file of a backup.
func (s *Server) Applied(ctx context.Context, database string) (out procedures.Restores, err error) {
	rows, err := s.read(ctx, "read the restore history", appliedText, sql.Named("database", database))
	if err != nil {
		return out, err
	}
	for _, r := range rows {
		h := chain.Header{
			File: r.text("path"), Position: int(r.int("position", 1)), Type: 2, SetGUID: r.text("backup_set_uuid"),
			Database: r.text("database_name"), Server: r.text("server_name"),
			First: r.lsn("first_lsn"), Last: r.lsn("last_lsn"), Started: r.time("backup_start_date"), Finished: r.time("backup_finish_date"),
			Family: r.text("family_guid"), FirstFork: r.text("first_recovery_fork_guid"),
			Fork: r.text("last_recovery_fork_guid"), ForkPoint: r.lsn("fork_point_lsn"), Held: r.time("held"),
		}
		if r.is("standing") {
			out.Log = append(out.Log, h)
		} else {
			out.Before = append(out.Before, h)
		}
	}
	return out, nil
}

// Started is when the instance was started, by its own local clock.
func (s *Server) Started(ctx context.Context) (time.Time, error) {
	const tried = "ask when the instance was started"
	rows, err := s.read(ctx, tried, "SELECT sqlserver_start_time FROM sys.dm_os_sys_info")
	switch {
	case err != nil:
		return time.Time{}, err
	case len(rows) == 0 || rows[0].time("sqlserver_start_time").IsZero():
		return time.Time{}, s.fault(fault.Permission, tried, 0, "the server does not tell", needsState)
	}
	return rows[0].time("sqlserver_start_time"), nil
}
