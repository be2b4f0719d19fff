package chain

import (
	"container/heap"
	"fmt"
	"strings"
	"time"
)

// Position is how far a restoring database has come.
type Position struct {
	Database string
	LSN      LSN    // redo LSN: the next log backup must contain it
	Fork     string // redo fork; "" where the server does not tell
	Family   string // "" where the server does not tell
}

// Reason says why a backup is not applied.
type Reason string

// The reasons.
const (
	NotLog    Reason = "not a log backup"
	Damaged   Reason = "damaged"
	Foreign   Reason = "of another database"
	WrongFork Reason = "of another recovery path"
	Empty     Reason = "empty"
	TooOld    Reason = "already applied"
	Duplicate Reason = "the same log as another backup"
	Unread    Reason = "header not readable"
	// Incomplete: its server died while it wrote it.
	Incomplete Reason = "*** INCOMPLETE ***, the last backup of a server that died while it wrote it"
)

// Aside is a backup that is not part of the chain, with its reason.
type Aside struct {
	File     string
	Position int // of the set in the file; 0: the file as a whole
	Reason   Reason
	Detail   string
}

// String gives "mgc_1.trn: of another database (hr)".
func (a Aside) String() string {
	if a.Detail == "" {
		return fmt.Sprintf("%s: %s", Base(a.File), a.Reason)
	}
	return fmt.Sprintf("%s: %s (%s)", Base(a.File), a.Reason, a.Detail)
}

// Gap is a hole in the chain: log that no known backup contains.
type Gap struct {
	From, To LSN
	Since    time.Time // end of the last backup before the hole; zero: not known
	Until    time.Time // start of the first backup behind it
	Next     string    // file of that backup
}

// Fork is a choice that nobody may make silently: two backups continue the
// database on different recovery paths.
type Fork struct{ A, B *Header }

// Walk finds, one by one, the backups that bring a database forward. Headers
// may be added at any time and in any order; file names play no part.
type Walk struct {
	at    Position
	ahead ahead
	fits  []*Header // reachable's own, used again and again
	last  *Header
	aside []Aside
	seen  map[string]bool // backup sets by GUID
}

// NewWalk starts at a redo position.
func NewWalk(at Position) *Walk { return &Walk{at: at, seen: map[string]bool{}} }

// At gives the position that the backups handed out so far lead to.
func (w *Walk) At() Position { return w.at }

// Last gives the newest backup handed out, nil before the first.
func (w *Walk) Last() *Header { return w.last }

// Waiting tells how many backups were added and neither handed out nor set aside.
func (w *Walk) Waiting() int { return len(w.ahead) }

// Aside gives what was set aside so far.
func (w *Walk) Aside() []Aside { return w.aside }

// Reject sets a file aside whose header could not be read.
func (w *Walk) Reject(file string, why Reason, detail string) {
	w.aside = append(w.aside, Aside{File: file, Reason: why, Detail: detail})
}

func (w *Walk) setAside(h *Header, why Reason, detail string) {
	w.aside = append(w.aside, Aside{File: h.File, Position: h.Position, Reason: why, Detail: detail})
}

// Add offers one more backup.
func (w *Walk) Add(h Header) {
	if w.take(&h) {
		heap.Push(&w.ahead, waiting{h.First, &h})
	}
}

// take sets a backup aside or accepts it.
func (w *Walk) take(h *Header) bool {
	if why, detail := w.unfit(h); why != "" {
		w.setAside(h, why, detail)
		return false
	}
	if h.SetGUID != "" {
		w.seen[h.SetGUID] = true
	}
	return true
}

func (w *Walk) unfit(h *Header) (Reason, string) {
	switch {
	case h.Damaged:
		return Damaged, ""
	case h.Type != 2:
		return NotLog, fmt.Sprintf("backup type %d", h.Type)
	case !strings.EqualFold(h.Database, w.at.Database):
		return Foreign, h.Database
	case differ(h.Family, w.at.Family):
		return Foreign, "same name, another family"
	case h.First.Compare(h.Last) == 0:
		return Empty, ""
	case h.SetGUID != "" && w.seen[h.SetGUID]:
		return Duplicate, "same backup set"
	}
	return "", ""
}

// differ compares two identifiers, of which either may be unknown.
func differ(a, b string) bool { return a != b && a != "" && b != "" && !strings.EqualFold(a, b) }

// Next gives the next backup to apply, nil when none of those added fits. A
// Fork stops the walk until the caller leaves one of its two files out.
func (w *Walk) Next() (*Header, *Fork) {
	fits := w.reachable()
	if len(fits) == 0 {
		return nil, nil
	}
	best := 0
	for i := range fits {
		if better(fits[i], fits[best]) {
			best = i
		}
	}
	pick := fits[best]
	for i, h := range fits {
		if i != best && apart(h, pick, w.at.LSN) {
			w.putBack(fits)
			return nil, &Fork{A: pick, B: h}
		}
	}
	w.putBack(append(fits[:best:best], fits[best+1:]...))
	w.at.LSN = pick.Last
	if pick.Fork != "" {
		w.at.Fork = pick.Fork
	}
	w.last = pick
	return pick, nil
}

// reachable takes every backup that begins at or before the redo LSN off the
// heap: those that contain it are returned, the others set aside.
func (w *Walk) reachable() []*Header {
	w.fits = w.fits[:0]
	for len(w.ahead) > 0 && w.ahead[0].first.Compare(w.at.LSN) <= 0 {
		h := w.ahead[0].Header
		heap.Pop(&w.ahead)
		switch {
		case h.Last.Compare(w.at.LSN) <= 0:
			why := TooOld
			if w.last != nil && h.First.Compare(w.last.First) == 0 && h.Last.Compare(w.last.Last) == 0 {
				why = Duplicate
			}
			w.setAside(h, why, "")
		case !w.onPath(h):
			w.setAside(h, WrongFork, h.FirstFork)
		default:
			w.fits = append(w.fits, h)
		}
	}
	return w.fits
}

// onPath reports whether the position lies on the recovery path of a backup. One
// that carries a fork is of the first path up to there, and of the second
// behind it. What is not known does not speak against it.
func (w *Walk) onPath(h *Header) bool {
	forked := differ(h.FirstFork, h.Fork) && !h.ForkPoint.IsZero()
	switch {
	case w.at.Fork == "":
		return true
	case forked && !differ(h.Fork, w.at.Fork):
		return w.at.LSN.Compare(h.ForkPoint) >= 0
	case forked && !differ(h.FirstFork, w.at.Fork):
		return w.at.LSN.Compare(h.ForkPoint) <= 0
	}
	return !differ(h.FirstFork, w.at.Fork)
}

// apart reports whether two backups lead on different recovery paths through the
// log that both hold beyond at. Where one only forks behind the end of the
// other, they are on one path as far as that goes.
func apart(a, b *Header, at LSN) bool {
	end := a.Last
	if b.Last.Compare(end) < 0 {
		end = b.Last
	}
	return end.Compare(at) > 0 && differ(a.forkBefore(end), b.forkBefore(end))
}

// forkBefore is the recovery path that a backup is on just before an LSN.
func (h *Header) forkBefore(end LSN) string {
	if !h.ForkPoint.IsZero() && end.Compare(h.ForkPoint) <= 0 {
		return h.FirstFork
	}
	return h.Fork
}

func (w *Walk) putBack(hs []*Header) {
	for _, h := range hs {
		heap.Push(&w.ahead, waiting{h.First, h})
	}
}

// better prefers a normal backup to a copy-only one, then the one that leads further.
func better(a, b *Header) bool {
	if a.CopyOnly != b.CopyOnly {
		return !a.CopyOnly
	}
	return a.Last.Compare(b.Last) > 0
}

// Gap tells what is missing, nil when no added backup lies ahead.
func (w *Walk) Gap() *Gap {
	if len(w.ahead) == 0 {
		return nil
	}
	n := w.ahead[0].Header
	g := &Gap{From: w.at.LSN, To: n.First, Until: n.Started, Next: n.File}
	if w.last != nil {
		g.Since = w.last.Finished
	}
	return g
}

// Chain is a whole plan.
type Chain struct {
	Restore []Header
	Aside   []Aside
	Gap     *Gap
	Fork    *Fork
	Reached Position
}

// Plan orders all backups at once.
func Plan(hs []Header, at Position) Chain {
	w := NewWalk(at)
	w.ahead, w.seen = make(ahead, 0, len(hs)), make(map[string]bool, len(hs))
	for i := range hs {
		if w.take(&hs[i]) {
			w.ahead = append(w.ahead, waiting{hs[i].First, &hs[i]})
		}
	}
	heap.Init(&w.ahead)
	c := Chain{Restore: make([]Header, 0, len(hs))}
	for {
		h, fork := w.Next()
		if h == nil {
			c.Fork = fork
			break
		}
		c.Restore = append(c.Restore, *h)
	}
	if c.Fork == nil {
		c.Gap = w.Gap()
	}
	c.Aside, c.Reached = w.Aside(), w.At()
	return c
}

// Base is the file name of a Windows or UNC path.
func Base(path string) string {
	if i := strings.LastIndexAny(path, `\/`); i >= 0 {
		return path[i+1:]
	}
	return path
}

// ahead is a heap of backups by their first LSN.
type ahead []waiting

// waiting has the key of the heap beside the backup: following a pointer for
// each comparison takes longer than the comparison.
type waiting struct {
	first LSN
	*Header
}

func (a ahead) Len() int           { return len(a) }
func (a ahead) Less(i, j int) bool { return a[i].first.Compare(a[j].first) < 0 }
func (a ahead) Swap(i, j int)      { a[i], a[j] = a[j], a[i] }
func (a *ahead) Push(x any)        { *a = append(*a, x.(waiting)) }
func (a *ahead) Pop() any {
	old := *a
	*a = old[:len(old)-1]
	return old[len(old)-1].Header
}
