package failover

import (
	"context"
	"fmt"
	"strings"

	"pchatops/ops/chain"
	"pchatops/ops/fault"
	"pchatops/ops/inventory"
	"pchatops/ops/procedures"
)

const (
	ahead  = batch // headers read in one request while a backup is restored
	window = 64    // headers known ahead of the restore
)

// feed reads the headers of the copy folder's files a window ahead of the
// restore and walks the chain they form.
type feed struct {
	folder   string
	files    []procedures.Backup // in the order of reading
	next     int                 // first file not read
	older    []procedures.Backup // by their names of no use, and not read
	restored inventory.History   // the server's own
	looked   string              // digest of older files that an earlier search found of no use
	walk     *chain.Walk
	stripes  chain.Stripes
	read     func(context.Context, []procedures.Backup) ([]procedures.Media, error)
	kept     func(procedures.Backup) ([]chain.Header, bool)
	damaged  func(procedures.Backup) bool
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

// take reads the headers of files, those that are not known yet in as few
// requests as they take.
func (f *feed) take(ctx context.Context, files []procedures.Backup) error {
	for len(files) > 0 {
		n := min(batch, len(files))
		if err := f.readSome(ctx, files[:n]); err != nil {
			return err
		}
		files = files[n:]
	}
	return nil
}

func (f *feed) readSome(ctx context.Context, files []procedures.Backup) error {
	media, err := f.headers(ctx, files)
	if err != nil {
		return err
	}
	f.next += len(files)
	for i, b := range files {
		if media[i].Err != nil {
			f.walk.Reject(b.Name, chain.Unread, media[i].Err.Error())
			continue
		}
		for _, h := range media[i].Sets {
			if h.Incomplete {
				f.walk.Reject(b.Name, chain.Incomplete, "")
				continue
			}
			h.Suspect = f.damaged(b)
			if whole, ok := f.stripes.Add(h); ok {
				f.walk.Add(whole)
			}
		}
	}
	return nil
}

// headers gives what is kept of files, and reads the others in one request.
func (f *feed) headers(ctx context.Context, files []procedures.Backup) ([]procedures.Media, error) {
	out := make([]procedures.Media, len(files))
	var unread []procedures.Backup
	var at []int
	for i, b := range files {
		sets, ok := f.kept(b)
		switch {
		case ok:
			out[i].Sets = sets
		case b.Strange != "":
			out[i].Err = &fault.Error{Class: fault.NotFound, Tried: "open " + b.Name, Text: b.Strange, Do: "give the file another name"}
		default:
			unread, at = append(unread, b), append(at, i)
		}
	}
	if len(unread) == 0 {
		return out, nil
	}
	media, err := f.read(ctx, unread)
	if err != nil {
		return nil, err
	}
	if len(media) != len(unread) {
		return nil, fmt.Errorf("%d answers for %d files", len(media), len(unread))
	}
	for i, m := range media {
		out[at[i]] = m
	}
	return out, nil
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
