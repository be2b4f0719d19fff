package world

import (
	"context"

	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/world/media"
)

// rollForward is RESTORE LOG.
func (o *operation) rollForward(ctx context.Context, r tsql.Restore) *tsql.Error {
	w := o.inst.w
	w.mu.Lock()
	d, e := o.mayRollForward(r.Database)
	w.mu.Unlock()
	if e != nil {
		return e
	}
	set, e := o.set(ctx, r)
	if e != nil {
		return e
	}
	w.mu.Lock()
	if e = o.fits(d, set, r.Disks[0]); e == nil {
		o.begin(d)
		o.lays = o.inst.zeroing // of a file that the log adds
	}
	w.mu.Unlock()
	if e != nil {
		return e
	}
	began := w.Clock.Now()
	completed := o.run(ctx, d, set.Bytes)
	w.mu.Lock()
	if completed && o.inst.up {
		e = o.apply(d, set, r)
	} else {
		d.interrupted = set.Set
		e = o.aborted()
	}
	w.mu.Unlock()
	if e == nil {
		o.finished(d, set.LogicalLog, set.Bytes, w.Clock.Now().Sub(began))
	}
	return e
}

// mayRollForward finds the database and tells why it takes no log.
func (o *operation) mayRollForward(name string) (*database, *tsql.Error) {
	d := o.inst.db(name)
	if d == nil {
		return nil, fail(3118, name)
	}
	if e := o.mayTouch(d); e != nil {
		return nil, e
	}
	switch {
	case d.state == online && len(d.usedBy(o.inst, o.session)) > 0:
		return nil, fail(3101)
	case !d.rollsForward():
		return nil, fail(3117)
	}
	return d, nil
}

// fits holds a log backup against the redo position and the recovery path.
func (o *operation) fits(d *database, set *media.Set, device string) *tsql.Error {
	switch {
	case d.busyWith != "":
		return fail(3101)
	case set.Type != media.Log:
		return fail(3135, device, "BACKUP DATABASE")
	case set.Family != d.c.family:
		return fail(3154, d.name)
	case !d.interrupted.IsZero() && d.interrupted != set.Set:
		return fail(4319, device)
	case set.First > d.redo:
		return fail(4305, set.First, d.redo)
	case set.Last <= d.redo:
		return fail(4326, set.Last, d.redo)
	case !onPath(set, d):
		return fail(4330)
	}
	return d.undone(o.inst)
}

// onPath reports whether the redo position lies on the path of a log backup:
// before its fork on the first branch, behind it on the second.
func onPath(set *media.Set, d *database) bool {
	if d.redoFork == set.Fork && d.redo >= set.ForkPoint {
		return true
	}
	return d.redoFork == set.FirstFork && (set.Fork == set.FirstFork || d.redo <= set.ForkPoint)
}

// apply rolls the database forward by a log backup.
func (o *operation) apply(d *database, set *media.Set, r tsql.Restore) *tsql.Error {
	for _, rec := range set.Records {
		if rec.LSN >= d.redo {
			d.c.apply(rec)
		}
	}
	c := d.c
	if set.Fork != c.fork {
		c.previousFork, c.forkPoint, c.fork = c.fork, set.ForkPoint, set.Fork
	}
	c.next, d.redo, d.redoFork = set.Last, set.Last, set.Fork
	d.interrupted = media.GUID{}
	o.restored(d, set, r)
	o.inst.w.ledger.rolledForward(d, r.Disks, position(r.With))
	return o.conclude(d, r.With)
}
