package failover

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"pchatops/ops/chain"
	"pchatops/ops/fault"
	"pchatops/ops/procedures"
)

const (
	readers = 4  // headers read at once, and during one restore
	window  = 64 // headers known ahead of the restore
)

// feed reads the headers of the copy folder's files a window ahead of the
// restore and walks the chain they form.
type feed struct {
	folder string
	files  []procedures.Backup // in the order of reading
	next   int                 // first file not read
	walk   *chain.Walk
	read   func(ctx context.Context, path string) ([]chain.Header, error)
	cache  *headerCache
}

// newFeed orders the files so that the likely next ones are read first: by the
// time in their names from the newest applied backup on, older ones last.
func newFeed(folder string, files []procedures.Backup, newest string, walk *chain.Walk, cache *headerCache,
	read func(context.Context, string) ([]chain.Header, error),
) *feed {
	from, _ := chain.Stamp(newest)
	from = from.Add(-time.Hour) // clocks of two primaries may differ
	places := make([]place, len(files))
	for i, b := range files {
		at := rank(b)
		places[i] = place{old: at.Before(from), at: at, file: i}
	}
	slices.SortFunc(places, place.compare)
	sorted := make([]procedures.Backup, len(files))
	for i, p := range places {
		sorted[i] = files[p.file]
	}
	return &feed{folder: folder, files: sorted, walk: walk, read: read, cache: cache}
}

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

// fill reads at most n more headers, unless the window is full. Files whose
// header SQL Server cannot make sense of are set aside; a server that does not
// answer is an error.
func (f *feed) fill(ctx context.Context, n int) error {
	n = min(n, window-f.walk.Waiting(), len(f.files)-f.next)
	if n <= 0 {
		return nil
	}
	return f.take(ctx, f.files[f.next:f.next+n])
}

func (f *feed) take(ctx context.Context, batch []procedures.Backup) error {
	heads := make([][]chain.Header, len(batch))
	errs := make([]error, len(batch))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(readers)
	for i, b := range batch {
		g.Go(func() error {
			heads[i], errs[i] = f.header(gctx, b)
			if errs[i] != nil && !unusable(errs[i]) {
				return errs[i]
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for i := range batch {
		f.next++
		if errs[i] != nil {
			f.walk.Reject(batch[i].Name, chain.Unread, errs[i].Error())
			continue
		}
		for _, h := range heads[i] {
			f.walk.Add(h)
		}
	}
	return nil
}

func (f *feed) header(ctx context.Context, b procedures.Backup) ([]chain.Header, error) {
	if h, ok := f.cache.get(b); ok {
		return h, nil
	}
	h, err := f.read(ctx, join(f.folder, b.Name))
	if err == nil {
		f.cache.put(b, h)
	}
	return h, err
}

// unusable tells a bad file from a bad server.
func unusable(err error) bool {
	switch fault.ClassOf(err) {
	case fault.Media, fault.NotFound, fault.Access, fault.InUse:
		return true
	default:
		return false
	}
}

// pick gives the next backup to apply, reading on as far as needed; nil: there
// is none among all the files.
func (f *feed) pick(ctx context.Context) (*chain.Header, *chain.Fork, error) {
	for {
		if h, fork := f.walk.Next(); h != nil || fork != nil || f.drained() {
			return h, fork, nil
		}
		if err := f.take(ctx, f.files[f.next:min(f.next+window, len(f.files))]); err != nil {
			return nil, nil, err
		}
	}
}

// drained reports whether every file's header has been read.
func (f *feed) drained() bool { return f.next == len(f.files) }

func join(folder, name string) string {
	return strings.TrimRight(folder, `\`) + `\` + name
}

// headerCache keeps headers by file, so that a second plan and the proof read
// only what is new. A file that changed its size or time is read again.
type headerCache struct {
	mu sync.Mutex
	m  map[procedures.Backup][]chain.Header
}

func newHeaderCache() *headerCache { return &headerCache{m: map[procedures.Backup][]chain.Header{}} }

func (c *headerCache) get(b procedures.Backup) ([]chain.Header, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	h, ok := c.m[b]
	return h, ok
}

func (c *headerCache) put(b procedures.Backup, h []chain.Header) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.m[b] = h
}
