package failover

import (
	"context"
	"strings"

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
	folder   string
	files    []procedures.Backup // in the order of reading
	next     int                 // first file not read
	older    []procedures.Backup // by their names of no use, and not read
	restored map[string]bool     // what the server's own history has, in small letters
	looked   string              // digest of older files that an earlier search found of no use
	walk     *chain.Walk
	read     func(ctx context.Context, path string) ([]chain.Header, error)
	cache    *headerCache
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
	g, gctx := fault.Together(ctx, "read the headers of backups")
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
// is none among all the files, but for those that unsearched names.
func (f *feed) pick(ctx context.Context) (*chain.Header, *chain.Fork, error) {
	for {
		h, fork := f.walk.Next()
		if h != nil || fork != nil {
			return h, fork, nil
		}
		if f.drained() && !f.consider() {
			return nil, nil, nil
		}
		if err := f.take(ctx, f.files[f.next:min(f.next+window, len(f.files))]); err != nil {
			return nil, nil, err
		}
	}
}

// drained reports whether the header of every file is read that may be of use.
func (f *feed) drained() bool { return f.next == len(f.files) }

func join(folder, name string) string {
	return strings.TrimRight(folder, `\`) + `\` + name
}
