package world

import (
	"context"
	"os"
	"strings"

	"pchatops/ops/lab/tsql"
)

// Restore is every RESTORE statement.
func (s *Session) Restore(ctx context.Context, r tsql.Restore, sink tsql.Sink) *tsql.Error {
	ctx, done := s.bind(ctx)
	defer done()
	return s.inst.restore(ctx, s, r, sink)
}

var (
	restoreOptions = words("NORECOVERY RECOVERY STANDBY REPLACE MOVE FILE STATS CHECKSUM NO_CHECKSUM STOP_ON_ERROR CONTINUE_AFTER_ERROR " +
		"RESTRICTED_USER KEEP_REPLICATION RESTART BUFFERCOUNT MAXTRANSFERSIZE BLOCKSIZE MEDIANAME REWIND NOREWIND UNLOAD NOUNLOAD")
	readOptions = words("FILE STATS CHECKSUM NO_CHECKSUM STOP_ON_ERROR CONTINUE_AFTER_ERROR MOVE MEDIANAME LOADHISTORY REWIND NOREWIND UNLOAD NOUNLOAD")
)

func (i *Instance) restore(ctx context.Context, s *Session, r tsql.Restore, sink tsql.Sink) *tsql.Error {
	o := i.operation(s, "RESTORE "+r.What, r.With, sink)
	known := restoreOptions
	if r.What != "DATABASE" && r.What != "LOG" {
		known = readOptions
	}
	if e := knownOptions(r.With, o.words, known); e != nil {
		return e
	}
	var e *tsql.Error
	switch {
	case known["LOADHISTORY"]:
		e = o.inform(ctx, r)
	case len(r.Disks) == 0:
		e = o.recoverOnly(ctx, r)
	case r.What == "LOG":
		e = o.rollForward(ctx, r)
	default:
		e = o.restoreFull(ctx, r)
	}
	if e != nil {
		return o.abort(e)
	}
	return nil
}

// mayTouch tells why no RESTORE can touch the database now.
func (o *operation) mayTouch(d *database) *tsql.Error {
	switch {
	case !o.sysadmin():
		return fail(3110, d.name)
	case o.session != nil && strings.EqualFold(o.session.db, d.name):
		return fail(3102, "RESTORE", d.name)
	case o.inst.w.pairOf(o.inst, d) != nil:
		return fail(3104, d.name)
	case d.busyWith != "":
		return fail(3101)
	}
	return nil
}

// begin takes the database: from here on it is restoring, whatever happens.
func (o *operation) begin(d *database) {
	d.busyWith, o.undo = o.words, d.standby
	d.state, d.standby = restoring, ""
}

// recoverOnly is RESTORE DATABASE without FROM.
func (o *operation) recoverOnly(ctx context.Context, r tsql.Restore) *tsql.Error {
	w := o.inst.w
	w.mu.Lock()
	d, e := o.mayRecover(r)
	if e == nil {
		o.begin(d)
	}
	w.mu.Unlock()
	if e != nil {
		return e
	}
	began := w.Clock.Now()
	if !o.run(ctx, d, 0) {
		return o.aborted()
	}
	w.mu.Lock()
	if !o.inst.up {
		e = fail(3204)
	} else {
		e = o.conclude(d, r.With)
	}
	w.mu.Unlock()
	if e == nil {
		o.finished(d, d.name, 0, w.Clock.Now().Sub(began))
	}
	return e
}

func (o *operation) mayRecover(r tsql.Restore) (*database, *tsql.Error) {
	d := o.inst.db(r.Database)
	if d == nil {
		return nil, fail(911, r.Database)
	}
	if e := o.mayTouch(d); e != nil {
		return nil, e
	}
	switch {
	case !d.rollsForward():
		return nil, fail(3153)
	case !d.interrupted.IsZero():
		return nil, fail(4333)
	case len(d.usedBy(o.inst, o.session)) > 0:
		return nil, fail(3101)
	}
	return d, d.undone(o.inst)
}

// conclude leaves the database as the options say: RECOVERY is the default.
func (o *operation) conclude(d *database, with tsql.Options) *tsql.Error {
	i := o.inst
	switch {
	case with.Has("NORECOVERY"):
		d.state, d.standby = restoring, ""
	case with.Has("STANDBY"):
		name := with.Values["STANDBY"]
		path, e := i.device(name, true)
		if e != nil {
			return e
		}
		if err := os.WriteFile(path, undoOf(d), 0o644); err != nil {
			return fail(3201, name, osText(fileError(path, err)))
		}
		d.state, d.standby = online, name
	default:
		d.recover(i)
	}
	if o.undo != "" && o.undo != d.standby {
		if path, e := i.device(o.undo, true); e == nil {
			_ = os.Remove(path) // the undo of a standby that is over; a leftover harms nobody
		}
	}
	return nil
}

// recover brings a database online on a recovery fork of its own.
func (d *database) recover(i *Instance) {
	d.state, d.standby, d.redo = online, "", 0
	d.c.branch(i.w.guid())
	d.c.log = nil
	d.c.logStart, d.c.chainBegun = d.c.next, false
	i.w.ledger.tookOver(i, d)
}
