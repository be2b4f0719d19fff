package failover

import (
	"cmp"
	"slices"
	"time"

	"pchatops/ops/chain"
	"pchatops/ops/inventory"
	"pchatops/ops/procedures"
)

// order lays the files out in the order of reading. Those with a name of the
// database come by the time in it, from the newest applied backup on; those
// before it, and files under other names, are only looked at when nothing else
// continues the chain, because names may lie.
func (f *feed) order(database string, files []procedures.Backup, applied []chain.Header) {
	f.restored = inventory.Restored(applied)
	var newest time.Time // by name: the last one restored may have a name that lies
	for i := range applied {
		if at, ok := chain.Stamp(applied[i].File); ok && at.After(newest) {
			newest = at
		}
	}
	sorted, old := inOrder(database, files, newest.Add(-apart))
	n := len(sorted) - old
	f.files, f.older = sorted[:n:n], sorted[n:]
}

// inOrder sorts files by time, those before a moment and those under other names
// last, and tells how many these are.
func inOrder(database string, files []procedures.Backup, from time.Time) (sorted []procedures.Backup, old int) {
	places := make([]place, len(files))
	for i, b := range files {
		at := rank(b)
		places[i] = place{old: at.Before(from) || !inventory.Own(database, b.Name), at: at, file: i}
		if places[i].old {
			old++
		}
	}
	slices.SortFunc(places, place.compare)
	sorted = make([]procedures.Backup, len(files))
	for i, p := range places {
		sorted[i] = files[p.file]
	}
	return sorted, old
}

// apart is how far the clocks of two primaries may differ, and the name of a
// file from the time at which it was written.
const apart = time.Hour

// place is where a file stands in the order of reading.
type place struct {
	old  bool
	at   time.Time
	file int
}

func (p place) compare(q place) int {
	switch {
	case p.old == q.old:
		return cmp.Or(p.at.Compare(q.at), p.file-q.file)
	case q.old:
		return -1
	}
	return 1
}

func rank(b procedures.Backup) time.Time {
	if t, ok := chain.Stamp(b.Name); ok {
		return t
	}
	return b.Modified
}
