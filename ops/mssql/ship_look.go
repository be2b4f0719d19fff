package mssql

import (
	"context"
	"database/sql"

	"pchatops/ops/chain"
	"pchatops/ops/procedures"
)

// Look tells what a path is to the server's service account: that account, and
// not the console's login, opens backups.
func (s *Server) Look(ctx context.Context, path string) (procedures.PathSeen, error) {
	rows, err := s.read(ctx, "look at "+path, fileText, sql.Named("path", path))
	if err != nil || len(rows) == 0 {
		return procedures.PathSeen{}, err
	}
	return seen(rows[0]), nil
}

const fileText = "EXEC master.dbo.xp_fileexist @path"

func seen(r record) procedures.PathSeen {
	return procedures.PathSeen{
		File: r.is("file exists"), Folder: r.is("file is a directory"), Parent: r.is("parent directory exists"),
	}
}

const storageText = `SELECT N'file' AS part, f.name, f.physical_name, f.type, f.size
FROM sys.master_files AS f JOIN sys.databases AS d ON d.database_id = f.database_id
WHERE d.name = @database
ORDER BY f.file_id;
SELECT N'folder' AS part, CONVERT(nvarchar(260), SERVERPROPERTY('InstanceDefaultDataPath')) AS data,
    CONVERT(nvarchar(260), SERVERPROPERTY('InstanceDefaultLogPath')) AS log;
BEGIN TRY
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
	var out storage
	for _, r := range rows {
		out.take(r)
	}
	if out.DataFolder == "" {
		out.DataFolder = s.registry(ctx, "DefaultData")
	}
	if out.LogFolder == "" {
		out.LogFolder = s.registry(ctx, "DefaultLog")
	}
	return out.Storage, nil
}

// storage gathers the rows of storageText. Those of xp_fixeddrives name no part.
type storage struct{ procedures.Storage }

func (s *storage) take(r record) {
	switch r.text("part") {
	case "file":
		s.Files = append(s.Files, procedures.DataFile{
			Logical: r.text("name"), Physical: r.text("physical_name"), Log: r.int("type", 0) == logFile, Bytes: r.int("size", 0) * pageBytes,
		})
	case "folder":
		s.DataFolder, s.LogFolder = r.text("data"), r.text("log")
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

// registry reads a folder from where versions before 2012 keep it; "" where it
// was never set.
func (s *Server) registry(ctx context.Context, value string) string {
	rows, err := s.read(ctx, "read the default folders",
		`EXEC master.dbo.xp_instance_regread N'HKEY_LOCAL_MACHINE', N'Software\Microsoft\MSSQLServer\MSSQLServer', @value`,
		sql.Named("value", value))
	if err != nil || len(rows) == 0 {
		return ""
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

// Copy-only backups take no part: they cut no log off.
const logTakenText = `SELECT N'next' AS part, r.last_log_backup_lsn, r.recovery_fork_guid, r.first_recovery_fork_guid, r.fork_point_lsn
FROM sys.database_recovery_status AS r WHERE r.database_id = DB_ID(@database);
SELECT N'taken' AS part, b.first_lsn, b.last_lsn, m.physical_device_name AS path,
    b.first_recovery_fork_guid, b.last_recovery_fork_guid, b.fork_point_lsn, b.backup_set_uuid, b.family_guid, b.server_name,
    b.backup_start_date, b.backup_finish_date
FROM msdb.dbo.backupset AS b
JOIN msdb.dbo.backupmediafamily AS m ON m.media_set_id = b.media_set_id
WHERE b.database_name = @database AND b.type = 'L' AND b.is_copy_only = 0 AND b.last_lsn > CONVERT(numeric(25, 0), @since)
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
			File: r.text("path"), Position: 1, Type: 2, Database: database, First: r.lsn("first_lsn"), Last: r.lsn("last_lsn"),
			SetGUID: r.text("backup_set_uuid"), Family: r.text("family_guid"), Server: r.text("server_name"),
			Started: r.time("backup_start_date"), Finished: r.time("backup_finish_date"),
			FirstFork: r.text("first_recovery_fork_guid"), Fork: r.text("last_recovery_fork_guid"), ForkPoint: r.lsn("fork_point_lsn"),
		})
	}
	return out, err
}
