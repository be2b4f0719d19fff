package world

import (
	"strings"
	"time"

	"pchatops/ops/lab/world/media"
)

// pair is a database mirroring session.
type pair struct {
	guid              media.GUID
	database          string
	principal, mirror *Instance
	witness           *Instance
	full              bool // SAFETY FULL
	suspended         bool
	apart             bool // the two sides hold contents of their own
	ready             time.Time
	timeout           int
	role, safety      int // sequences
}

// pairOf is the mirroring session a database takes part in; nil when it is not mirrored.
func (w *World) pairOf(i *Instance, d *database) *pair {
	for _, p := range w.pairs {
		if d != nil && strings.EqualFold(p.database, d.name) && (p.principal == i || p.mirror == i) {
			return p
		}
	}
	return nil
}

// Partner is where clients of a database on this instance turn when it is lost:
// the mirror of the principal. nil: there is none.
func (i *Instance) Partner(database string) *Instance {
	i.w.mu.Lock()
	defer i.w.mu.Unlock()
	if p := i.w.pairOf(i, i.db(database)); p != nil && p.principal == i {
		return p.mirror
	}
	return nil
}

func (p *pair) connected() bool { return p.principal.up && p.mirror.up }

// The states of sys.database_mirroring.
const (
	stateSuspended     = "SUSPENDED"
	stateDisconnected  = "DISCONNECTED"
	stateSynchronizing = "SYNCHRONIZING"
	stateSynchronized  = "SYNCHRONIZED"
)

var mirroringCodes = map[string]int{stateSuspended: 0, stateDisconnected: 1, stateSynchronizing: 2, stateSynchronized: 4}

func (p *pair) state(now time.Time) string {
	switch {
	case !p.connected():
		return stateDisconnected
	case p.suspended:
		return stateSuspended
	case now.Before(p.ready):
		return stateSynchronizing
	}
	return stateSynchronized
}

// catchUp is how long a mirror takes to synchronise after it was connected.
const catchUp = 5 * time.Second

// settle makes the contents of the two sides what the session's state means.
func (w *World) settle(p *pair) {
	principal, mirror := p.principal.db(p.database), p.mirror.db(p.database)
	if principal == nil || mirror == nil {
		return
	}
	together := p.connected() && !p.suspended
	switch {
	case together && p.apart:
		mirror.c, p.apart = principal.c, false
		p.ready = w.Clock.Now().Add(catchUp)
	case !together && !p.apart:
		mirror.c, p.apart = principal.c.clone(), true
	}
}

// swap exchanges the roles. What to call for the sessions that were in the
// database of the old principal comes back.
func (w *World) swap(p *pair) []func() {
	was := p.principal
	old, now := was.db(p.database), p.mirror.db(p.database)
	p.principal, p.mirror = p.mirror, p.principal
	p.role++
	old.state, old.access, old.single = restoring, "MULTI_USER", nil
	now.state = online
	var end []func()
	for _, s := range old.usedBy(was, nil) {
		end = append(end, was.kick(s))
	}
	return end
}

// watch lets the witness do its work some time after an instance went down.
func (w *World) watch(i *Instance) {
	for _, p := range w.pairs {
		w.settle(p)
		if p.principal != i {
			continue
		}
		w.at(w.Clock.Now().Add(time.Duration(p.timeout)*time.Second), func(time.Time) { w.failOverByItself(p, i) })
	}
}

// failOverByItself is automatic failover: safety FULL, synchronised when the
// principal was lost, and mirror and witness agree that it is gone.
func (w *World) failOverByItself(p *pair, lost *Instance) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if p.principal != lost || lost.up || !p.mirror.up || !p.full || p.suspended || p.witness == nil || !p.witness.up {
		return
	}
	w.swap(p) // its sessions went with the instance
}

// withoutQuorum reports whether a principal must not serve: it has a witness
// and sees neither the witness nor the mirror.
func (w *World) withoutQuorum(i *Instance, d *database) bool {
	p := w.pairOf(i, d)
	return p != nil && p.principal == i && p.witness != nil && !p.mirror.up && !p.witness.up
}

// join starts a mirroring session between two databases.
func (w *World) join(principal, mirror *Instance, name string) *pair {
	p := &pair{
		guid: w.guid(), database: name, principal: principal, mirror: mirror, full: true, apart: true, timeout: 10, role: 1, safety: 1,
	}
	w.pairs = append(w.pairs, p)
	m := mirror.db(name)
	m.state, m.standby = restoring, ""
	w.settle(p)
	return p
}

// part ends a mirroring session: the mirror stays RESTORING where it was.
func (w *World) part(p *pair) {
	mirror, principal := p.mirror.db(p.database), p.principal.db(p.database)
	if !p.apart {
		mirror.c = principal.c.clone()
	}
	mirror.redo, mirror.redoFork = mirror.c.next, mirror.c.fork
	for n, other := range w.pairs {
		if other == p {
			w.pairs = append(w.pairs[:n:n], w.pairs[n+1:]...)
			return
		}
	}
}

// unsent is how much log the mirror lacks.
func (p *pair) unsent() int64 {
	if !p.apart {
		return 0
	}
	behind := int64(p.principal.db(p.database).c.next) - int64(p.mirror.db(p.database).c.next)
	return max(behind, 0) * (bytesPerMessage >> 10)
}
