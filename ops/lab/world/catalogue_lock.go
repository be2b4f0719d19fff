package world

import (
	"context"
	"strings"
	"time"

	"pchatops/ops/lab/tsql"
)

// A RESTORE that creates files keeps what the catalogue says of them locked until
// they are there and zeroed. On a server without KB2725950 a reader of
// sys.database_recovery_status gets into a deadlock with any RESTORE.
var (
	lockedByFiles   = words("master_files database_recovery_status db_id")
	lockedByRestore = "database_recovery_status"
)

// Await implements tsql.LockWaiter. The limit is of real time, since it is clients
// that wait.
func (s *Session) Await(ctx context.Context, name string, waits tsql.Waits) *tsql.Error {
	name = strings.ToLower(name)
	if !lockedByFiles[name] {
		return nil
	}
	w := s.inst.w
	if waits.Timeout >= 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, waits.Timeout)
		defer cancel()
	}
	ctx, done := s.bind(ctx)
	defer done()
	w.mu.Lock()
	defer w.mu.Unlock()
	if name == lockedByRestore && s.inst.unpatched {
		if d := s.inst.restoresNow(); d != nil {
			if waits.Priority < 0 {
				return fail(1205, s.spid)
			}
			d.deadlock()
		}
	}
	for s.inst.laying() {
		changed := w.lockChange()
		s.waiting = true
		w.mu.Unlock()
		select {
		case <-ctx.Done():
		case <-changed:
		}
		w.mu.Lock()
		s.waiting = false
		switch {
		case s.ended:
			return fail(596)
		case ctx.Err() == context.DeadlineExceeded:
			return fail(1222)
		case ctx.Err() != nil:
			return nil // the statement notices itself
		}
	}
	return nil
}

func (i *Instance) laying() bool {
	for _, d := range i.databases {
		if d.laying {
			return true
		}
	}
	return false
}

// restoresNow is a database that a RESTORE is at work on.
func (i *Instance) restoresNow() *database {
	for _, d := range i.databases {
		if d.deadlock != nil {
			return d
		}
	}
	return nil
}

// mayDeadlock gives a RESTORE a context, and what ends that as a deadlock does.
func (o *operation) mayDeadlock(ctx context.Context) (context.Context, func()) {
	if !strings.HasPrefix(o.words, "RESTORE") {
		return ctx, nil
	}
	ctx, cancel := context.WithCancel(ctx)
	return ctx, func() { o.victim = true; cancel() }
}

// aborted is why an operation did not come to its end.
func (o *operation) aborted() *tsql.Error {
	if !o.victim {
		return fail(3204)
	}
	spid := 0
	if o.session != nil {
		spid = o.session.spid
	}
	return fail(1205, spid)
}

// layFiles lets the time pass in which files are created; false: it was interrupted.
// Nothing tells how far that is.
func (o *operation) layFiles(ctx context.Context, d *database) bool {
	w := o.inst.w
	if w.isInstant(o) || o.lays <= 0 {
		return true
	}
	w.locked(func() { d.laying = true })
	err := w.Clock.Wait(ctx, o.lays)
	w.locked(func() { d.laying = false; w.locksChanged() })
	return err == nil
}

func (w *World) isInstant(o *operation) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.instant && o.session == nil
}

// newFiles is how long it takes to create the files of a whole database.
func (i *Instance) newFiles() time.Duration { return i.w.cfg.Pace.of(0)/10 + i.zeroing }
