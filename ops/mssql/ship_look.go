package mssql

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"pchatops/ops/chain"
	"pchatops/ops/fault"
	"pchatops/ops/procedures"
)

// Look tells what a path is to the server's service account: that account, and
// not the console's login, opens backups.
func (s *Server) Look(ctx context.Context, path string) (procedures.PathSeen, error) {
	tried := "look at " + path
	rows, err := s.extended(ctx, tried, "EXEC master.dbo.xp_fileexist @path", sql.Named("path", path))
	if err == nil && len(rows) == 0 {
		err = s.fault(fault.Other, tried, 0, "the server tells nothing", "look at it by hand")
	}
	if err != nil {
		return procedures.PathSeen{}, err
	}
	r := rows[0]
	return procedures.PathSeen{
		File: r.is("file exists"), Folder: r.is("file is a directory"), Parent: r.is("parent directory exists"),
	}, nil
}

// glimpse is Look where something else is told without it.
func (s *Server) glimpse(ctx context.Context, path string) procedures.PathSeen {
	seen, err := s.Look(ctx, path)
	if err != nil {
		seen.Unread = err.Error()
	}
	return seen
}

// extended reads what an extended procedure tells. On a file server that is dead
// such a procedure hangs: neither LOCK_TIMEOUT nor KILL ends it. So nothing else is
// read in its request, and its connection is soon given up.
func (s *Server) extended(ctx context.Context, tried, text string, args ...any) ([]record, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, s.pace.extended, errHangs)
	defer cancel()
	rows, err := s.read(ctx, tried, text, args...)
	if err != nil && errors.Is(context.Cause(ctx), errHangs) {
		f := s.fault(fault.Timeout, tried, 0, errHangs.Error(), "look whether the file server of that path lives, then try again")
		f.Cause, f.Reach = err, fault.LoggedIn
		return nil, f
	}
	return rows, err
}

var errHangs = errors.New("the server takes too long over it: a file server that it asks may be dead")

const storageText = `SELECT N'file' AS part, f.name, f.physical_name, f.type, f.size
FROM sys.master_files AS f JOIN sys.databases AS d ON d.database_id = f.database_id
WHERE d.name = @database
ORDER BY f.file_id;
SELECT N'folder' AS part, CONVERT(nvarchar(260), SERVERPROPERTY('InstanceDefaultDataPath')) AS data,
    CONVERT(nvarchar(260), SERVERPROPERTY('InstanceDefaultLogPath')) AS log;
SELECT N'master' AS part, type, physical_name FROM sys.master_files WHERE database_id = 1 AND file_id <= 2`

const volumesText = `BEGIN TRY
    EXEC master.dbo.xp_fixeddrives;
END TRY
BEGIN CATCH
    SELECT N'no drives' AS part; -- it was revoked: nobody knows how much is free
END CATCH;
BEGIN TRY
    EXEC sys.sp_executesql N'SELECT DISTINCT N''volume'' AS part, v.volume_mount_point, v.available_bytes
        FROM sys.master_files AS f CROSS APPLY sys.dm_os_volume_stats(f.database_id, f.file_id) AS v';
END TRY
BEGIN CATCH
    SELECT N'no volumes' AS part; -- before 2008 R2 SP1 there is no such function
END CATCH`

// Storage reads where a database lies, and where another would.
func (s *Server) Storage(ctx context.Context, database string) (procedures.Storage, error) {
	rows, err := s.read(ctx, "read the database files", storageText, sql.Named("database", database))
	if err != nil {
		return procedures.Storage{}, err
	}
	volumes, _ := s.extended(ctx, "read how much is free", volumesText) // else nobody knows, which is told where it matters
	var out storage
	for _, r := range append(rows, volumes...) {
		out.take(r)
	}
	if out.DataFolder == "" {
		out.DataFolder = s.registry(ctx, "DefaultData", out.data)
	}
	if out.LogFolder == "" {
		out.LogFolder = s.registry(ctx, "DefaultLog", out.log)
	}
	return out.Storage, nil
}

// storage gathers the rows of storageText and volumesText. Those of xp_fixeddrives
// name no part.
type storage struct {
	procedures.Storage
	data, log string // the folders of the files of master
}

func (s *storage) take(r record) {
	switch r.text("part") {
	case "file":
		s.Files = append(s.Files, procedures.DataFile{
			Logical: r.text("name"), Physical: r.text("physical_name"), Log: r.int("type", 0) == logFile, Bytes: r.int("size", 0) * pageBytes,
		})
	case "folder":
		s.DataFolder, s.LogFolder = r.text("data"), r.text("log")
	case "master":
		file := r.text("physical_name")
		if folder := strings.TrimSuffix(file, chain.Base(file)); r.int("type", 0) == logFile {
			s.log = folder
		} else {
			s.data = folder
		}
	case "volume":
		s.free(r.text("volume_mount_point"), r.int("available_bytes", 0))
	case "":
		s.free(r.text("drive")+`:\`, r.int("mb free", 0)<<20)
	}
}

func (s *storage) free(mount string, bytes int64) {
	s.Volumes = append(s.Volumes, procedures.Volume{Mount: mount, Free: bytes})
}

const (
	pageBytes = 8 << 10 // sizes in sys.master_files are in pages
	logFile   = 1       // of sys.master_files.type
)

const notInRegistry = 22001

// registry reads a folder from where versions before 2012 keep it. Where it was
// never set, files go where those of master are; "": the server does not tell.
func (s *Server) registry(ctx context.Context, value, unset string) string {
	rows, err := s.extended(ctx, "read the default folders",
		`EXEC master.dbo.xp_instance_regread N'HKEY_LOCAL_MACHINE', N'Software\Microsoft\MSSQLServer\MSSQLServer', @value`,
		sql.Named("value", value))
	switch {
	case err != nil && numberOf(err) != notInRegistry:
		return ""
	case len(rows) == 0 || rows[0].text("data") == "":
		return unset
	}
	return rows[0].text("data")
}

// BackupFiles lists the files of the database in a full backup.
func (s *Server) BackupFiles(ctx context.Context, file string) ([]procedures.DataFile, error) {
	rows, err := s.read(ctx, "read the file list of "+chain.Base(file), "RESTORE FILELISTONLY FROM DISK = @file", sql.Named("file", file))
	if err != nil {
		return nil, err
	}
	out := make([]procedures.DataFile, len(rows))
	for i, r := range rows {
		out[i] = procedures.DataFile{
			Logical: r.text("logicalname"), Physical: r.text("physicalname"), Log: r.text("type") == "L", Bytes: whole(r.text("size")),
		}
	}
	return out, nil
}

// Copy-only backups take no part: they cut no log off. Nor do those that RESTORE
// entered, which another server took. No index knows databases, but one knows dates:
// a week before the newest backup that is not asked for, nothing is asked for,
// wherever the clock was put meanwhile.
const logTakenText = `DECLARE @id int, @family uniqueidentifier, @from datetime;
SELECT @id = database_id FROM sys.databases WHERE name = @database AND state = 0;
IF @id IS NOT NULL
BEGIN
    SELECT N'next' AS part, last_log_backup_lsn, recovery_fork_guid, first_recovery_fork_guid, fork_point_lsn
    FROM sys.database_recovery_status WHERE database_id = @id;
    SELECT @family = family_guid FROM sys.database_recovery_status WHERE database_id = @id;
END;
SELECT TOP (1) @from = DATEADD(DAY, -7, backup_finish_date) FROM msdb.dbo.backupset
WHERE database_name = @database AND type = 'L' AND server_name = @@SERVERNAME AND last_lsn <= CONVERT(numeric(25, 0), @since)
ORDER BY backup_set_id DESC;
SELECT N'taken' AS part, b.first_lsn, b.last_lsn, m.physical_device_name AS path, b.position,
    b.first_recovery_fork_guid, b.last_recovery_fork_guid, b.fork_point_lsn, b.backup_set_uuid, b.family_guid, b.server_name,
    b.backup_start_date, b.backup_finish_date
FROM msdb.dbo.backupset AS b
JOIN msdb.dbo.backupmediafamily AS m ON m.media_set_id = b.media_set_id
WHERE b.backup_finish_date >= ISNULL(@from, '17530101') AND b.database_name = @database AND b.type = 'L' AND b.is_copy_only = 0
    AND b.last_lsn > CONVERT(numeric(25, 0), @since) AND (@family IS NULL OR b.family_guid = @family)
    AND (b.server_name = @@SERVERNAME OR NOT EXISTS (
        SELECT 1 FROM msdb.dbo.restorehistory AS r WHERE r.backup_set_id = b.backup_set_id))
ORDER BY b.backup_set_id`

// LogTaken reads which log backups of the database were taken since an LSN.
func (s *Server) LogTaken(ctx context.Context, database string, since chain.LSN) (procedures.LogTaken, error) {
	var out procedures.LogTaken
	rows, err := s.read(ctx, "read the backup history", logTakenText, sql.Named("database", database), sql.Named("since", since.String()))
	for _, r := range rows {
		if r.text("part") == "next" {
			out.Next, out.ForkPoint = r.lsn("last_log_backup_lsn"), r.lsn("fork_point_lsn")
			out.Fork, out.FirstFork = r.text("recovery_fork_guid"), r.text("first_recovery_fork_guid")
			continue
		}
		out.Backups = append(out.Backups, chain.Header{
			File: r.text("path"), Position: int(r.int("position", 1)), Type: 2, Database: database, First: r.lsn("first_lsn"), Last: r.lsn("last_lsn"),
			SetGUID: r.text("backup_set_uuid"), Family: r.text("family_guid"), Server: r.text("server_name"),
			Started: r.time("backup_start_date"), Finished: r.time("backup_finish_date"),
			FirstFork: r.text("first_recovery_fork_guid"), Fork: r.text("last_recovery_fork_guid"), ForkPoint: r.lsn("fork_point_lsn"),
		})
	}
	return out, err
}
