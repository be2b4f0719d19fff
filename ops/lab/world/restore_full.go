package world

import (
	"context"
	"slices"
	"strings"

	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/world/media"
)

// restoreFull is RESTORE DATABASE from a full backup.
func (o *operation) restoreFull(ctx context.Context, r tsql.Restore) *tsql.Error {
	w := o.inst.w
	if !o.sysadmin() {
		return fail(262, "CREATE DATABASE", "master")
	}
	set, e := o.set(ctx, r)
	if e != nil {
		return e
	}
	w.mu.Lock()
	d, e := o.mayReplace(r, set)
	if e == nil {
		e = o.hasRoom(set)
	}
	if e == nil {
		d = o.target(d, r, set)
		d.busyWith, o.lays = o.words, o.inst.newFiles()
	}
	w.mu.Unlock()
	if e != nil {
		return e
	}
	began := w.Clock.Now()
	completed := o.run(ctx, d, set.Bytes)
	w.mu.Lock()
	full := w.faults.full[o.inst.host] // since it began
	if completed && o.inst.up && !full {
		d.interrupted, d.redo, d.redoFork = media.GUID{}, set.Last, set.Fork
		o.restored(d, set, r)
		e = o.conclude(d, r.With)
	} else {
		d.interrupted = set.Set
		e = o.aborted()
		if full {
			e = fail(3202, d.data, osText(errDiskFull))
		}
	}
	w.mu.Unlock()
	if e == nil {
		o.finished(d, set.LogicalData, set.Bytes, w.Clock.Now().Sub(began))
	}
	return e
}

// hasRoom tells why the files of the set do not fit on the host's disks.
func (o *operation) hasRoom(set *media.Set) *tsql.Error {
	if !o.inst.w.faults.full[o.inst.host] {
		return nil
	}
	return fail(3257, dataFolder[:3], set.Bytes, 0)
}

// mayReplace finds the database, if there is one, and tells why the set cannot
// take its place.
func (o *operation) mayReplace(r tsql.Restore, set *media.Set) (*database, *tsql.Error) {
	if set.Type != media.Database {
		return nil, fail(3135, r.Disks[0], "BACKUP LOG")
	}
	d := o.inst.db(r.Database)
	if d == nil {
		return nil, nil
	}
	if e := o.mayTouch(d); e != nil {
		return nil, e
	}
	replace := r.With.Has("REPLACE")
	switch {
	case system(d.name):
		return nil, fail(3108)
	case d.state == online && len(d.usedBy(o.inst, o.session)) > 0:
		return nil, fail(3101)
	case set.Family != d.c.family && !replace:
		return nil, fail(3154, d.name)
	case d.recovered() && d.recovery != "SIMPLE" && len(d.c.log) > 0 && !replace:
		return nil, fail(3159, d.name)
	}
	return d, nil
}

// target makes the database that the set is restored into: what was there is
// gone from here on, as it is when a real restore begins.
func (o *operation) target(d *database, r tsql.Restore, set *media.Set) *database {
	if d == nil {
		d = o.inst.addDatabase(r.Database, set.Recovery)
		d.data, d.log = set.PhysicalData, set.PhysicalLog
	}
	for _, m := range r.With.Move {
		switch {
		case strings.EqualFold(m[0], set.LogicalData):
			d.data = m[1]
		case strings.EqualFold(m[0], set.LogicalLog):
			d.log = m[1]
		}
	}
	d.state, d.standby, d.access, d.recovery = restoring, "", "MULTI_USER", set.Recovery
	d.c = &content{
		rows: slices.Clone(set.Records), next: set.Last, fullLSN: set.Checkpoint, logStart: set.Last,
		family: set.Family, fork: set.Fork,
	}
	d.redo, d.redoFork = 0, media.GUID{} // until it is there as a whole
	o.inst.w.reseeded(o.inst, d)
	return d
}
