package world

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"pchatops/ops/lab/world/media"
)

// Ledger says what became of the chat messages that data centre 1 took, and
// what was begun on the site's servers.
type Ledger struct {
	Shipped     int       // contained in log backups that had reached the backup share when data centre 2 took over
	Recovered   int       // of these, in the live database of data centre 2
	Lost        int       // of these, missing there; 0 until there is a live database
	Unshipped   int       // taken by data centre 1 and not shipped
	Live        bool      // data centre 2 has a live database
	RecoveredTo time.Time // newest recovered message

	Started  map[string]int // by cmdlet: how often a host began it
	Jobs     map[string]int // by kind: jobs that hosts began
	Restored map[string]int // by file: log restores that took effect on the chat database
	Twice    []string       // cmdlets that were begun while the same ran, or after it had done all
	ChatBack *time.Time     // when clients could write to data centre 2; nil: not yet
}

// ledger is the lab's own account of every message and of what was begun; no
// server knows it.
type ledger struct {
	written map[int64]bool // in data centre 1
	shipped map[int64]bool
	closed  bool // data centre 2 has taken over: what is backed up now was not shipped

	started, jobs, restored map[string]int
	twice                   []string
	chatBack                *time.Time
}

func newLedger() ledger {
	return ledger{
		written: map[int64]bool{}, shipped: map[int64]bool{},
		started: map[string]int{}, jobs: map[string]int{}, restored: map[string]int{},
	}
}

// CmdletBegun counts a cmdlet that a host begins.
func (w *World) CmdletBegun(_, name string) { w.locked(func() { w.ledger.started[name]++ }) }

// JobBegun counts a job that a host begins.
func (w *World) JobBegun(_, kind string) { w.locked(func() { w.ledger.jobs[kind]++ }) }

// rolledForward counts a log restore that took effect on the chat database.
func (l *ledger) rolledForward(d *database, devices []string, position int) {
	if !strings.EqualFold(d.name, Database) {
		return
	}
	for _, device := range devices {
		name := device[strings.LastIndexByte(device, '\\')+1:]
		if position > 1 {
			name += fmt.Sprintf(", set %d", position)
		}
		l.restored[name]++
	}
}

// tookOver notes that a data centre has brought its chat database online.
func (l *ledger) tookOver(i *Instance, d *database) {
	if i.dataCentre == "dc2" && strings.EqualFold(d.name, Database) {
		l.closed = true
	}
}

// reseeded notes that a data centre without a live database waits for log
// again: shipping goes on, and chat is where it was.
func (w *World) reseeded(i *Instance, d *database) {
	if i.dataCentre == "dc2" && strings.EqualFold(d.name, Database) && w.survivor() == nil {
		w.ledger.closed, w.ledger.chatBack = false, nil
	}
}

// chatIsBack notes the first message that clients could write to data centre 2.
func (l *ledger) chatIsBack(i *Instance, at time.Time) {
	if i.dataCentre == "dc2" && l.chatBack == nil {
		l.chatBack = &at
	}
}

func (l *ledger) wrote(i *Instance, id int64) {
	if i.dataCentre == "dc1" {
		l.written[id] = true
	}
}

// forget takes out a message that was deleted on purpose.
func (l *ledger) forget(id int64) {
	delete(l.written, id)
	delete(l.shipped, id)
}

// unship takes messages back whose backup was never finished.
func (l *ledger) unship(records []media.Record) {
	for _, r := range records {
		delete(l.shipped, r.ID)
	}
}

// noteShipped keeps account of a log backup that has reached the share as a
// whole.
func (w *World) noteShipped(i *Instance, devices []string, set *media.Set) {
	if w.ledger.closed || set.Type != media.Log || !strings.EqualFold(set.Database, Database) {
		return
	}
	for _, device := range devices {
		if path, e := i.device(device, true); e != nil || !w.onShare(path) {
			return
		}
	}
	for _, r := range set.Records {
		if w.ledger.written[r.ID] && !r.Delete {
			w.ledger.shipped[r.ID] = true
		}
	}
}

// Ledger balances the account.
func (w *World) Ledger() Ledger {
	w.mu.Lock()
	defer w.mu.Unlock()
	sum := Ledger{
		Shipped: len(w.ledger.shipped), Unshipped: len(w.ledger.written) - len(w.ledger.shipped),
		Started: maps.Clone(w.ledger.started), Jobs: maps.Clone(w.ledger.jobs), Restored: maps.Clone(w.ledger.restored),
		Twice: slices.Clone(w.ledger.twice), ChatBack: w.ledger.chatBack,
	}
	d := w.survivor()
	if d == nil {
		return sum
	}
	sum.Live = true
	for _, r := range d.c.rows {
		if w.ledger.shipped[r.ID] {
			sum.Recovered++
			sum.RecoveredTo = r.Date
		}
	}
	sum.Lost = sum.Shipped - sum.Recovered
	return sum
}

// survivor is the live chat database of data centre 2.
func (w *World) survivor() *database {
	for _, i := range w.instances {
		if d := i.db(Database); i.dataCentre == "dc2" && d != nil && d.recovered() {
			return d
		}
	}
	return nil
}

// Messages are the ids of the messages that an instance's chat database holds,
// in the order in which they were written.
func (w *World) Messages(instance string) []int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := w.Instance(instance)
	if i == nil || i.db(Database) == nil {
		return nil
	}
	var ids []int64
	for _, r := range i.db(Database).c.rows {
		ids = append(ids, r.ID)
	}
	return slices.Clip(ids)
}
