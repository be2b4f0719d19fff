package failover

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"pchatops/ops/chain"
	"pchatops/ops/engine"
	"pchatops/ops/procedures"
)

// olderLookedAt is the name under which it is remembered which older files a
// search found of no use.
const olderLookedAt = "older backups of no use"

// doubtful parts the older files into those that may still continue the chain,
// although their names say otherwise, and the others: what the server itself
// has restored, and what an earlier search has been through.
func (f *feed) doubtful() (rest, others []procedures.Backup) {
	var strangers []procedures.Backup
	for _, b := range f.older {
		switch {
		case !f.restored.Has(b.Name):
			strangers = append(strangers, b)
		case f.restored.Knows(b):
			others = append(others, b)
		default: // written anew since it was restored
			rest = append(rest, b)
		}
	}
	if f.looked != "" && digest(strangers) == f.looked {
		return rest, append(others, strangers...)
	}
	return append(rest, strangers...), others
}

// strangers are the older files that the server's history does not know.
func (f *feed) strangers() (out []procedures.Backup) {
	for _, b := range f.older {
		if !f.restored.Has(b.Name) {
			out = append(out, b)
		}
	}
	return out
}

// consider takes doubtful files up where they are few, or known from their
// headers already. It is false when nothing more is to be read at once.
func (f *feed) consider() bool {
	rest, others := f.doubtful()
	unread := 0
	for _, b := range rest {
		if _, ok := f.kept(b); !ok {
			unread++
		}
	}
	if len(rest) == 0 || unread > atOnce {
		return false
	}
	f.files, f.older = append(f.files, rest...), others
	return true
}

// unsearched counts the doubtful files that are too many to be read at once.
func (f *feed) unsearched() int {
	if !f.drained() {
		return 0
	}
	rest, _ := f.doubtful()
	return len(rest)
}

// search is the action that reads the headers of all doubtful files. It comes
// when no other file continues the chain.
func (f *failover) search(fd *feed) engine.Action {
	return engine.Action{
		ID: "look through the older backups", Kind: engine.SQL, Target: f.secondary.Address(),
		Text: fmt.Sprintf("-- RESTORE HEADERONLY of %s in %s: by their names of no use, and no other continues the chain",
			plural(fd.unsearched(), "older file"), f.Site.CopyFolder),
		Do: fd.search,
	}
}

func (f *feed) search(ctx context.Context, r engine.Reporter) error {
	rest, others := f.doubtful()
	f.files, f.older = append(f.files, rest...), others
	for done := 0; done < len(rest); {
		n := min(window, len(rest)-done)
		if err := f.take(ctx, rest[done:done+n]); err != nil {
			return err
		}
		done += n
		r.Progress(engine.Progress{
			Percent: 100 * float64(done) / float64(len(rest)), Done: int64(done), Total: int64(len(rest)), Unit: "files",
			Note: "headers of older backups",
		})
	}
	r.Observe(olderLookedAt, digest(slices.DeleteFunc(rest, f.remains)))
	return nil
}

// remains reports whether a file is to be looked at again: it may be applied,
// now or later; it could not be read, and may be the next time; or the server's
// history tells whether it is.
func (f *feed) remains(b procedures.Backup) bool {
	headers, read := f.kept(b)
	at := f.walk.At()
	return !read || f.restored.Has(b.Name) || slices.ContainsFunc(headers, func(h chain.Header) bool {
		return strings.EqualFold(h.Database, at.Database) && h.Last.Compare(at.LSN) > 0
	})
}

// digest tells whether two lists hold the same files, in whatever order.
func digest(files []procedures.Backup) string {
	lines := make([]string, len(files))
	for i, b := range files {
		lines[i] = fmt.Sprintf("%q %d %d\n", b.Name, b.Bytes, b.Modified.UnixNano())
	}
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "")))
	return hex.EncodeToString(sum[:])
}

// bisect finds, in files that are ordered by their names, where those begin
// that lead beyond the redo position, for a server whose history tells nothing.
// Those before become older ones. A header that cannot be read ends it: then
// all files are read in turn.
func (f *feed) bisect(ctx context.Context) error {
	lo, hi := 0, len(f.files)
	for lo < hi {
		mid := (lo + hi) / 2
		media, err := f.headers(ctx, f.files[mid:mid+1])
		if err != nil {
			return err
		}
		sets := media[0].Sets
		switch {
		case len(sets) == 0:
			return nil
		case sets[len(sets)-1].Last.Compare(f.walk.At().LSN) > 0:
			hi = mid
		default:
			lo = mid + 1
		}
	}
	if lo == len(f.files) {
		return nil
	}
	from := rank(f.files[lo]).Add(-apart)
	lo = slices.IndexFunc(f.files, func(b procedures.Backup) bool { return !rank(b).Before(from) })
	f.files, f.older = f.files[lo:], append(f.older, f.files[:lo]...)
	return nil
}

// accounted tells what became of every file, for a chain that is at its end.
func (f *feed) accounted() string {
	if len(f.older) == 0 {
		return fmt.Sprintf("every file is applied or set aside, %s read", plural(len(f.files), "header"))
	}
	return fmt.Sprintf("every file is applied or set aside, %s read, or restored before by the server's own history, or looked through: %s",
		plural(len(f.files), "header"), plural(len(f.older), "older file"))
}
