package failover

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"pchatops/ops/chain"
	"pchatops/ops/procedures"
)

// newFeed orders the files by the time in their names. From the newest applied
// backup on they are read as they are needed; those before it are only looked
// at when nothing else continues the chain, because names may lie.
func newFeed(folder string, files, applied []procedures.Backup, walk *chain.Walk, cache *headerCache,
	read func(context.Context, string) ([]chain.Header, error),
) *feed {
	f := &feed{folder: folder, walk: walk, read: read, cache: cache, restored: map[string]bool{}}
	var newest time.Time // by name: the last one restored may have a name that lies
	for _, b := range applied {
		f.restored[strings.ToLower(b.Name)] = true
		if at, ok := chain.Stamp(b.Name); ok && at.After(newest) {
			newest = at
		}
	}
	sorted, old := inOrder(files, newest.Add(-apart))
	n := len(sorted) - old
	f.files, f.older = sorted[:n:n], sorted[n:]
	return f
}

// newestOfHistory is the file of the last log backup that was restored.
func newestOfHistory(applied []procedures.Backup) string {
	if len(applied) == 0 {
		return ""
	}
	return applied[len(applied)-1].Name
}

// inOrder sorts files by time, those before a moment last, and tells how many
// these are.
func inOrder(files []procedures.Backup, from time.Time) (sorted []procedures.Backup, old int) {
	places := make([]place, len(files))
	for i, b := range files {
		at := rank(b)
		places[i] = place{old: at.Before(from), at: at, file: i}
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

// takenAt is the time in a backup's name. One out of the future tells nothing.
func takenAt(name string, now time.Time) (time.Time, bool) {
	at, ok := chain.Stamp(name)
	return at, ok && at.Before(now.Add(apart))
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
