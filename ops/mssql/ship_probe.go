package mssql

import (
	"cmp"
	"context"
	"errors"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/procedures"
)

// A probe is a backup of model: every server has that database, it is small,
// and copy-only nothing else depends on it. What maintenance plans clean up
// with takes it away: only backups with an extension that is the probe's alone.
//
// A file that stays is told and is no failure: that it can be deleted was not
// asked.
const (
	writeProbe  = "BACKUP DATABASE [model] TO DISK = @file WITH COPY_ONLY, FORMAT, INIT, CHECKSUM"
	readProbe   = "RESTORE VERIFYONLY FROM DISK = @file WITH CHECKSUM"
	deleteProbe = `DECLARE @before nvarchar(19) = CONVERT(nvarchar(19), DATEADD(DAY, 1, GETDATE()), 126), @left int;
EXEC master.dbo.xp_delete_file 0, @folder, @extension, @before, 0;
EXEC master.dbo.xp_fileexist @file, @left OUTPUT;
IF @left = 1 PRINT @file + N' could not be deleted: delete it by hand';`
)

// WriteProbe writes a probe; unless keep, the same request deletes it again.
func (s *Server) WriteProbe(p procedures.Probe, keep bool) engine.Action {
	st := statement{text: writeProbe, args: []arg{{"file", p.File()}}}
	if !keep {
		st.text += ";\nIF @@ERROR = 0\nBEGIN\n" + deleteProbe + "\nEND"
		st.args = append(st.args, deletion(p)...)
	}
	return s.probing("write", p, st)
}

// ReadProbe reads a probe to its end.
func (s *Server) ReadProbe(p procedures.Probe) engine.Action {
	return s.probing("read", p, statement{text: readProbe, args: []arg{{"file", p.File()}}})
}

// DeleteProbe deletes a probe that this server has written.
func (s *Server) DeleteProbe(p procedures.Probe) engine.Action {
	return s.probing("delete", p, statement{text: deleteProbe, args: append(deletion(p), arg{"file", p.File()})})
}

func deletion(p procedures.Probe) []arg {
	return []arg{{"folder", p.Folder}, {"extension", p.Extension}}
}

func (s *Server) probing(verb string, p procedures.Probe, st statement) engine.Action {
	return s.action(verb+" probe in "+p.Folder, st, func(ctx context.Context, r engine.Reporter) error {
		if err := s.write(ctx, r, verb+" a probe in "+p.Folder, st); err != nil {
			return s.accountFault(err, verb, p)
		}
		return nil
	})
}

// accountFault says whose right is missing: files are opened by the account of
// the service and not by the console's login.
func (s *Server) accountFault(err error, verb string, p procedures.Probe) error {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err
	}
	code, ok := systemError(f.Text)
	if !ok || !carriesSystemError[f.Number] {
		return err
	}
	who := cmp.Or(p.Account, "the service account of SQL Server")
	told := *f
	switch code {
	case 5:
		told.Do = who + ", as which SQL Server on " + s.Address() + " runs, lacks the right to " + verb + " in " + p.Folder + ": give it on the share and in NTFS"
	case 51, 53, 64, 67, 121, 1231:
		told.Do = s.Address() + " does not reach " + p.Folder + ": check name and network from this server to the file server (TCP 445)"
	case 86, 1311, 1326, 1330, 1331, 1909:
		told.Do = "the file server of " + p.Folder + " refuses the logon of " + who + ", as which SQL Server on " + s.Address() +
			" runs: check its password, whether it is locked, and the trust between the domains"
	case 2, 3:
		told.Do = "create " + p.Folder + " as " + s.Address() + " sees it, or correct the path in the site file"
	}
	return &told
}
