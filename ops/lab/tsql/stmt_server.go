package tsql

import (
	"context"
	"strconv"
)

// backupOption is an option of a WITH clause, its value still to be evaluated.
type backupOption struct {
	name  string
	value expr    // nil: a bare word
	move  [2]expr // MOVE … TO …
}

// backupStmt is BACKUP or RESTORE.
type backupStmt struct {
	line
	restore  bool
	what     string // DATABASE, LOG, HEADERONLY …
	database expr
	disks    []expr
	with     []backupOption
}

func (s *backupStmt) run(ctx context.Context, f *frame) (flow, *Error) {
	e := f.env(ctx)
	var database string
	if s.database != nil {
		v, err := s.database.eval(e)
		if err != nil {
			return goOn, err
		}
		database = v.String()
	}
	disks, err := evaluate(e, s.disks)
	if err != nil {
		return goOn, err
	}
	names := make([]string, len(disks))
	for i, d := range disks {
		names[i] = d.String()
	}
	with, err := s.options(e)
	if err != nil {
		return goOn, err
	}
	sink := &hostSink{f: f, line: s.where()}
	switch {
	case f.s.transactions > 0:
		err = s.inTransaction(sink)
	case s.restore:
		err = f.s.host.Restore(ctx, Restore{What: s.what, Database: database, Disks: names, With: with}, sink)
	default:
		err = f.s.host.Backup(ctx, Backup{Log: s.what == "LOG", Database: database, Disks: names, With: with}, sink)
	}
	if err == nil {
		f.done(-1)
	}
	return goOn, sink.ended(err)
}

// inTransaction refuses the statement with the two errors of the real thing.
func (s *backupStmt) inTransaction(sink Sink) *Error {
	verb := "BACKUP "
	if s.restore {
		verb = "RESTORE "
	}
	sink.Message(refuse(3021, "Cannot perform a backup or restore operation within a transaction."))
	return refuse(3013, "%s is terminating abnormally.", verb+s.what)
}

func (s *backupStmt) options(e *env) (Options, *Error) {
	out := Options{Values: map[string]string{}}
	for _, o := range s.with {
		if o.move[0] != nil {
			pair, err := evaluate(e, o.move[:])
			if err != nil {
				return out, err
			}
			out.Move = append(out.Move, [2]string{pair[0].String(), pair[1].String()})
			continue
		}
		out.Values[o.name] = ""
		if o.value != nil {
			v, err := o.value.eval(e)
			if err != nil {
				return out, err
			}
			out.Values[o.name] = v.String()
		}
	}
	return out, nil
}

// killStmt is KILL.
type killStmt struct {
	line
	spid       string
	statusOnly bool
}

func (s *killStmt) run(_ context.Context, f *frame) (flow, *Error) {
	if f.s.transactions > 0 {
		return goOn, refuse(6115, "KILL command cannot be used inside user transactions.")
	}
	n, err := strconv.ParseInt(s.spid, 10, 32)
	if err != nil {
		return goOn, refuse(6101, "Session ID %s is not valid.", clip(s.spid, maxIdentifier))
	}
	sink := &hostSink{f: f, line: s.where()}
	refused := f.s.host.Kill(Kill{SPID: int(n), StatusOnly: s.statusOnly}, sink)
	if refused == nil {
		f.done(-1)
	}
	return goOn, sink.ended(refused)
}

// alterStmt is ALTER DATABASE … SET, or … MODIFY NAME.
type alterStmt struct {
	line
	database string // empty: the current one
	rename   string // MODIFY NAME
	set      []string
}

func (s *alterStmt) run(ctx context.Context, f *frame) (flow, *Error) {
	if f.s.transactions > 0 {
		return goOn, refuse(226, "ALTER DATABASE statement not allowed within multi-statement transaction.")
	}
	database := s.database
	if database == "" {
		database = f.s.host.Database()
	}
	sink := &hostSink{f: f, line: s.where()}
	err := f.s.host.Alter(ctx, AlterDatabase{Database: database, Set: s.set, Rename: s.rename}, sink)
	if err == nil {
		f.done(-1)
	}
	return goOn, sink.ended(err)
}
