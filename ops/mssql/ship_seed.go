package mssql

import (
	"context"
	"fmt"

	"pchatops/ops/chain"
	"pchatops/ops/engine"
	"pchatops/ops/procedures"
)

// BackupDatabase is a full backup into a file of its own, with checksums over
// all that it reads and writes. FORMAT, because what is left of one that was
// cut off is no backup that another could be put behind.
func (s *Server) BackupDatabase(database, file string) engine.Action {
	st := statement{
		text: "BACKUP DATABASE @database TO DISK = @file WITH FORMAT, INIT, CHECKSUM, STATS = 5",
		args: []arg{{"database", name(database)}, {"file", file}},
	}
	tried := "back up " + database
	return s.action(tried, st, func(ctx context.Context, r engine.Reporter) error {
		storage, _ := s.Storage(ctx, database) // how large it is only makes the progress plainer
		for _, f := range storage.Files {
			if !f.Log {
				st.bytes += f.Bytes
			}
		}
		return s.write(ctx, r, tried+" to "+file, st)
	})
}

// RestoreDatabase restores a full backup and leaves the database waiting for
// log backups. Unless it may replace a database, it does nothing where one of
// that name has appeared meanwhile.
func (s *Server) RestoreDatabase(database, file string, files []procedures.DataFile, replace bool) engine.Action {
	st := statement{
		text: "RESTORE DATABASE @database FROM DISK = @file WITH NORECOVERY, CHECKSUM, STATS = 5",
		args: []arg{{"database", name(database)}, {"file", file}},
	}
	for i, f := range files {
		from, to := fmt.Sprintf("logical%d", i+1), fmt.Sprintf("path%d", i+1)
		if !f.Log {
			st.bytes += f.Bytes
		}
		st.text += ",\n    MOVE @" + from + " TO @" + to
		st.args = append(st.args, arg{from, f.Logical}, arg{to, f.Physical})
	}
	if replace {
		st.text += ", REPLACE"
	} else {
		st.text = "IF DB_ID(@name) IS NULL\n" + st.text
		st.args = append(st.args, arg{"name", database})
	}
	tried := "restore " + chain.Base(file)
	a := s.action(tried, st, func(ctx context.Context, r engine.Reporter) error {
		return s.write(ctx, r, tried, st)
	})
	if !replace {
		a.Hand += `
ELSE IF NOT EXISTS (SELECT 1 FROM sys.databases WHERE name = @name AND (state = 1 OR is_in_standby = 1))
BEGIN
    RAISERROR(N'There is a database of that name that waits for no log: it is not replaced.', 16, 1);
    RETURN;
END;`
	}
	return a
}
