package failover

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"pchatops/ops/chain"
	"pchatops/ops/inventory"
	"pchatops/ops/procedures"
)

// library keeps what was read of files, so that a second plan and the proof
// read only what is new. A file that changed its size or time is read again,
// and what could not be read may be readable the next time.
type library struct {
	mu    sync.Mutex
	sets  map[spot][]chain.Header
	alike map[inventory.Pair]bool
	met   map[spot]error   // files of the share under other names that were looked at; why one could not be read
	slow  map[string]stall // paths with which the server did not come to an end
	bad   map[spot]string  // what RESTORE said of a file that it cannot use
	seen  map[string]seen  // every set that was ever read here, whatever became of its file
	came  map[string]arrival
	last  time.Time // when the share was last listed
}

// arrival is between which two looks a file came to the share.
type arrival struct{ before, at time.Time }

// seen is a backup set and the file that held it.
type seen struct {
	file procedures.Backup
	chain.Header
}

// spot is a file in its place.
type spot struct {
	place inventory.Place
	file  procedures.Backup
}

func newLibrary() *library {
	return &library{sets: map[spot][]chain.Header{}, alike: map[inventory.Pair]bool{}, met: map[spot]error{}, slow: map[string]stall{}, bad: map[spot]string{}, seen: map[string]seen{}, came: map[string]arrival{}}
}

// list notes what lies on the share.
func (l *library) list(files []procedures.Backup, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, b := range files {
		name := strings.ToLower(b.Name)
		if _, known := l.came[name]; !known {
			l.came[name] = arrival{l.last, now}
		}
	}
	l.last = now
}

// log is every whole log backup of a database that was read here.
func (l *library) log(db string) (out []chain.Header) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.seen {
		if h := s.Header; h.Type == logBackup && !h.Incomplete && strings.EqualFold(h.Database, db) {
			out = append(out, h)
		}
	}
	return out
}

// arrived gives between which two looks a file came to the share, both after since;
// false: it did not, or nobody looked.
func (l *library) arrived(name string, since time.Time) (arrival, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a, listed := l.came[strings.ToLower(name)]
	return a, listed && !since.IsZero() && a.before.After(since)
}

func (l *library) get(at spot) ([]chain.Header, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	h, ok := l.sets[at]
	return h, ok
}

func (l *library) put(at spot, sets []chain.Header) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sets[at] = sets
	for _, h := range sets {
		l.seen[fmt.Sprintf("%s %s %s %s", at.file.Name, h.SetGUID, h.First, h.Last)] = seen{at.file, h}
	}
}

func (l *library) meet(files []procedures.Backup, vain map[spot]error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, b := range files {
		at := spot{inventory.Share, b}
		l.met[at] = vain[at]
	}
}

// hasMet reports whether a file of the share was looked at, and why it could not be
// read then.
func (l *library) hasMet(b procedures.Backup) (met bool, why error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	why, met = l.met[spot{inventory.Share, b}]
	return met, why
}

// hasMetAny reports whether any was.
func (l *library) hasMetAny() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.met) > 0
}

// stall is when the server did not come to an end with a file, and what is said of it.
type stall struct {
	at  time.Time
	why error
}

// stalls gives what is said of a file with which the server did not come to an end.
func (l *library) stalls(path string) (s stall, slow bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s, slow = l.slow[path]
	return s, slow
}

func (l *library) stall(path string, s stall) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.slow[path] = s
}

func (l *library) forget(at spot) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.sets, at)
}

// known gives every backup that was ever read here.
func (l *library) known() []seen {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.SortedFunc(maps.Values(l.seen), func(a, b seen) int {
		return cmp.Or(strings.Compare(a.file.Name, b.file.Name), a.Last.Compare(b.Last), strings.Compare(a.SetGUID, b.SetGUID))
	})
}

func (l *library) compared(share, copied procedures.Backup) (same, known bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	same, known = l.alike[inventory.Pair{Share: share, Folder: copied}]
	return same, known
}

func (l *library) compare(p inventory.Pair, same bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.alike[p] = same
}

func (l *library) damaged(at spot) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.bad[at]
}

func (l *library) damage(at spot, why string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.bad[at] = why
}
