package world

import (
	"slices"
	"strings"
	"time"

	"pchatops/ops/lab/world/media"
)

// Ledger says what became of the chat messages that data centre 1 took.
type Ledger struct {
	Shipped     int       // contained in log backups that reached the backup share
	Recovered   int       // of these, in the live database of data centre 2
	Lost        int       // of these, missing there; 0 until there is a live database
	Unshipped   int       // taken by data centre 1 and in no log backup on the share
	Live        bool      // data centre 2 has a live database
	RecoveredTo time.Time // newest recovered message
}

// ledger is the lab's own account of every message; no server knows it.
type ledger struct {
	written map[int64]bool // in data centre 1
	shipped map[int64]bool
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

// noteShipped keeps account of a log backup that has reached the share.
func (w *World) noteShipped(i *Instance, device string, set *media.Set) {
	path, e := i.device(device, true)
	if e != nil || set.Type != media.Log || !strings.EqualFold(set.Database, Database) || !w.onShare(path) {
		return
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
	sum := Ledger{Shipped: len(w.ledger.shipped), Unshipped: len(w.ledger.written) - len(w.ledger.shipped)}
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
