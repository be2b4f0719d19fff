package world

import (
	"context"
	"strings"
	"time"

	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/world/media"
)

// Backup is BACKUP DATABASE or BACKUP LOG.
func (s *Session) Backup(ctx context.Context, b tsql.Backup, sink tsql.Sink) *tsql.Error {
	ctx, done := s.bind(ctx)
	defer done()
	return s.inst.backup(ctx, s, b, sink)
}

func (i *Instance) backup(ctx context.Context, s *Session, b tsql.Backup, sink tsql.Sink) *tsql.Error {
	words := "BACKUP DATABASE"
	if b.Log {
		words = "BACKUP LOG"
	}
	o := i.operation(s, words, b.With, sink)
	if e := knownOptions(b.With, words, backupOptions); e != nil {
		return e
	}
	i.w.mu.Lock()
	d, e := o.mayBackUp(b)
	bytes, began := int64(0), i.now()
	if e == nil {
		d.busyWith = words
		bytes = d.backupBytes(b.Log)
	}
	i.w.mu.Unlock()
	if e != nil {
		return o.abort(e)
	}
	if !o.run(ctx, d, bytes) {
		i.w.locked(func() { o.leave(d, b, began) })
		return o.abort(fail(3204))
	}
	i.w.mu.Lock()
	set, e := o.take(d, b, began)
	i.w.mu.Unlock()
	if e != nil {
		return o.abort(e)
	}
	o.finished(d, set.LogicalLog, set.Bytes, set.Finished.Sub(began))
	return nil
}

var backupOptions = words("INIT NOINIT FORMAT NOFORMAT SKIP NOSKIP CHECKSUM NO_CHECKSUM STATS NORECOVERY STANDBY NO_TRUNCATE COPY_ONLY " +
	"COMPRESSION NO_COMPRESSION NAME DESCRIPTION MEDIANAME MEDIADESCRIPTION STOP_ON_ERROR CONTINUE_AFTER_ERROR RETAINDAYS EXPIREDATE " +
	"BLOCKSIZE BUFFERCOUNT MAXTRANSFERSIZE REWIND NOREWIND UNLOAD NOUNLOAD")

func words(list string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(list) {
		set[w] = true
	}
	return set
}

func knownOptions(o tsql.Options, statement string, known map[string]bool) *tsql.Error {
	for name := range o.Values {
		if !known[name] {
			return fail(155, name, statement)
		}
	}
	return nil
}

func (d *database) backupBytes(log bool) int64 {
	if log {
		return logBytes(len(d.c.log))
	}
	return databaseBytes(len(d.c.rows))
}

// mayBackUp finds the database and tells why it cannot be backed up.
func (o *operation) mayBackUp(b tsql.Backup) (*database, *tsql.Error) {
	d := o.inst.db(b.Database)
	switch {
	case d == nil:
		return nil, fail(911, b.Database)
	case !o.sysadmin():
		return nil, fail(262, o.words, d.name)
	case strings.EqualFold(d.name, "tempdb"):
		return nil, fail(3147)
	case d.standby != "":
		return nil, fail(3036, d.name)
	case d.state == restoring && o.inst.w.pairOf(o.inst, d) != nil:
		return nil, fail(954, d.name)
	case d.state == restoring:
		return nil, fail(927, d.name)
	case d.state != online:
		return nil, fail(942, d.name)
	case o.inst.w.withoutQuorum(o.inst, d):
		return nil, fail(955, d.name)
	case b.Log && d.recovery == "SIMPLE":
		return nil, fail(4208, "BACKUP LOG")
	case b.Log && d.c.logStart == 0:
		return nil, fail(4214)
	case d.busyWith != "":
		return nil, fail(3023)
	}
	return d, o.mayEndService(d, b)
}

// mayEndService holds for a tail backup, which takes the database away.
func (o *operation) mayEndService(d *database, b tsql.Backup) *tsql.Error {
	if !b.With.Has("NORECOVERY") && !b.With.Has("STANDBY") {
		return nil
	}
	switch {
	case o.inst.w.pairOf(o.inst, d) != nil:
		return fail(1468, d.name)
	case o.session != nil && strings.EqualFold(o.session.db, d.name):
		return fail(3102, "BACKUP LOG", d.name)
	case len(d.usedBy(o.inst, o.session)) > 0:
		return fail(3101)
	}
	return nil
}

// take writes the set to its devices and moves the log on.
func (o *operation) take(d *database, b tsql.Backup, began time.Time) (*media.Set, *tsql.Error) {
	if !o.inst.up || d.state != online {
		return nil, fail(3204)
	}
	c := d.c
	h := o.header(d, b, began)
	set := &media.Set{Header: h, Records: c.rows}
	if b.Log {
		set.Records = c.log
	}
	if e := o.inst.put(b.Disks, set, b.With.Has("INIT") || b.With.Has("FORMAT")); e != nil {
		return nil, e
	}
	o.inst.w.noteShipped(o.inst, b.Disks, set)
	o.inst.history.backedUp(set, b.Disks)
	c.next = h.Last
	switch {
	case h.CopyOnly:
	case b.Log:
		c.logStart, c.log, c.chainBegun = h.Last, nil, true
	default:
		c.fullLSN = h.Checkpoint
		if c.logStart == 0 && d.recovery != "SIMPLE" {
			c.logStart = h.First
		}
	}
	o.endService(d, b)
	return set, nil
}

// leave is what a server leaves that dies while it writes a backup. One that
// lives takes the unfinished file away.
func (o *operation) leave(d *database, b tsql.Backup, began time.Time) {
	if o.inst.up {
		return
	}
	set := &media.Set{Header: o.header(d, b, began)}
	set.Incomplete = true
	_ = o.inst.put(b.Disks, set, b.With.Has("INIT") || b.With.Has("FORMAT")) // where it cannot write, it leaves nothing
}

func (o *operation) endService(d *database, b tsql.Backup) {
	switch {
	case b.With.Has("NORECOVERY"):
		d.state = restoring
	case b.With.Has("STANDBY"):
		d.standby = b.With.Values["STANDBY"]
	default:
		return
	}
	d.redo, d.redoFork = d.c.next, d.c.fork
}

func (o *operation) header(d *database, b tsql.Backup, began time.Time) media.Header {
	c, i := d.c, o.inst
	h := media.Header{
		Set: i.w.guid(), Type: media.Database, Server: i.Name(), Machine: i.host, User: o.user(), Database: d.name,
		Created: d.created, Started: began, Finished: i.now(),
		First: c.next + 1, Last: c.next + 3, Checkpoint: c.next + 1, DatabaseLSN: c.fullLSN,
		Family: c.family, Binding: c.family, Fork: c.fork, FirstFork: c.fork, Recovery: d.recovery,
		Version: i.version.Major, Build: i.version.Build, Checksums: b.With.Has("CHECKSUM"),
		CopyOnly: b.With.Has("COPY_ONLY") || b.With.Has("NO_TRUNCATE"), SingleUser: d.access == "SINGLE_USER",
		Bytes: d.backupBytes(b.Log), Compressed: b.With.Has("COMPRESSION"),
		Name: b.With.Values["NAME"], LogicalData: d.name, LogicalLog: d.name + "_log", PhysicalData: d.data, PhysicalLog: d.log,
	}
	if b.Log {
		h.Type, h.First, h.Last = media.Log, c.logStart, c.next+1
		h.FirstFork, h.ForkPoint = c.forksFrom(h.First)
		h.Tail = b.With.Has("NORECOVERY")
		h.BeginsChain = !c.chainBegun
	}
	return h
}
