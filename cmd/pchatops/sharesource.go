package main

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"pchatops/ops/chain"
	"pchatops/ops/fault"
	"pchatops/ops/inventory"
	"pchatops/ops/procedures"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// shareSource looks at share and copy folder for the probe: it lists them, and
// lets the secondary read the headers that are new.
type shareSource struct {
	*estate
	mu     sync.Mutex
	sets   map[inventory.Place]map[procedures.Backup][]chain.Header
	vain   map[inventory.Place]map[procedures.Backup]error // what could not be read at this look
	listed []procedures.Backup                             // the share, when it could be listed
	met    map[procedures.Backup]bool                      // files under other names there that were looked at
}

func newShareSource(e *estate) *shareSource {
	return &shareSource{estate: e, met: map[procedures.Backup]bool{}, sets: map[inventory.Place]map[procedures.Backup][]chain.Header{inventory.Share: {}, inventory.Folder: {}}}
}

// atOneLook is how many headers a look at the share reads at most; the others
// follow with the next.
const atOneLook = 96

// Share implements probe.Share.
func (e *shareSource) Share(ctx context.Context) (status.Share, error) {
	l, err := e.files.List(ctx, e.site.BackupShare, e.site.CopyFolder)
	if err != nil {
		return status.Share{}, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.vain = map[inventory.Place]map[procedures.Backup]error{inventory.Share: {}, inventory.Folder: {}}
	if l.ShareErr == nil {
		e.listed = l.Share
	}
	e.ask(ctx, inventory.Share, e.newestOwn(l.Share))
	if len(e.sets[inventory.Share]) == 0 || l.ShareErr != nil {
		e.ask(ctx, inventory.Folder, e.newestOwn(l.Copied)) // the service's account may not reach the share
	}
	d := e.database(ctx)
	e.meet(ctx, l.Share, d)
	s := e.count(l)
	s.OldPath = e.oldPath(l.Copied, d)
	e.stock(ctx, &s, l, d)
	e.uncopied(&s, l) // by what the stock has read
	if l.ShareErr != nil {
		s.Err = asFault(l.ShareErr, "list "+e.site.BackupShare, l.Host)
	}
	return s, nil
}

// newestOwn are the files with this database's names, the newest first by their
// times, because those are what a look is for: as many as one look reads.
func (e *shareSource) newestOwn(files []procedures.Backup) []procedures.Backup {
	own := slices.DeleteFunc(slices.Clone(files), func(b procedures.Backup) bool {
		return b.Strange != "" || !inventory.Own(e.site.Database, b.Name)
	})
	slices.SortFunc(own, func(a, b procedures.Backup) int { return b.Modified.Compare(a.Modified) })
	return own[:min(len(own), atOneLook)]
}

// ask reads the headers of files that are not known, a few first that stand for all:
// where none of them can be opened, the others would wait for the network one by one. It gives
// how many were asked for.
func (e *shareSource) ask(ctx context.Context, p inventory.Place, files []procedures.Backup) (asked int) {
	known, secondary := e.sets[p], e.sql[site.Secondary]
	files = slices.DeleteFunc(slices.Clone(files), func(b procedures.Backup) bool {
		_, read := known[b]
		return read || e.vain[p][b] != nil
	})
	if secondary == nil {
		return 0
	}
	some := slices.Clone(procedures.Samples(files))
	files = append(some, slices.DeleteFunc(files, func(b procedures.Backup) bool { return slices.Contains(some, b) })...)
	folder := map[inventory.Place]string{inventory.Share: e.site.BackupShare, inventory.Folder: e.site.CopyFolder}[p]
	for n := 3; len(files) > 0; n = atOneLook / 3 {
		some := files[:min(n, len(files))]
		files = files[len(some):]
		paths := make([]string, len(some))
		for i, b := range some {
			paths[i] = strings.TrimRight(folder, `\`) + `\` + b.Name
		}
		media, err := secondary.HeadersOf(ctx, paths)
		if err != nil {
			return asked
		}
		asked += len(some)
		for i, m := range media {
			if m.Err == nil {
				known[some[i]] = m.Sets
			} else {
				e.vain[p][some[i]] = m.Err
			}
		}
		if closed := e.shut(p, some); closed != nil {
			for _, b := range files {
				e.vain[p][b] = closed
			}
			return asked + len(files)
		}
	}
	return asked
}

// shut says why none of several files could be opened; nil: one could, or they are
// bad each for itself.
func (e *shareSource) shut(p inventory.Place, files []procedures.Backup) error {
	var came []error
	for _, b := range files {
		came = append(came, e.vain[p][b])
	}
	if len(came) < 3 {
		return nil
	}
	return procedures.Closed(came...)
}

// database is the secondary's, as the probe knows it, or as the server
// says where the first look at it has not ended yet.
func (e *shareSource) database(ctx context.Context) status.Database {
	n, ok := e.node(site.Secondary)
	if ok && !n.Answered.IsZero() || e.sql[site.Secondary] == nil {
		return n.Facts.Database
	}
	facts, err := e.sql[site.Secondary].Facts(ctx)
	if err != nil {
		return status.Database{}
	}
	return facts.Database
}

// count makes what the probe publishes of a listing and of the headers known.
func (e *shareSource) count(l procedures.Listing) status.Share {
	var s status.Share
	var heads []chain.Header
	for _, b := range l.Share {
		if b.Strange != "" {
			s.Strange = append(s.Strange, b.Name)
			continue
		}
		sets, known, own := e.whose(b)
		switch {
		case !own:
			s.Foreign++
			continue
		case !known:
			s.Unread++
		}
		s.Files++
		for _, h := range sets {
			if e.ours(h) {
				heads = append(heads, h)
			}
		}
	}
	newest(&s, heads)
	return s
}

// whose gives what is known of the headers of a file on the share, and whether it is
// one of this database's.
func (e *shareSource) whose(b procedures.Backup) (sets []chain.Header, known, own bool) {
	if sets, known = e.sets[inventory.Share][b]; !known {
		sets, known = e.sets[inventory.Folder][b]
	}
	if known {
		return sets, true, slices.ContainsFunc(sets, e.ours)
	}
	return nil, false, inventory.Own(e.site.Database, b.Name)
}

// uncopied counts the log backups on the share that the copy folder lacks.
func (e *shareSource) uncopied(s *status.Share, l procedures.Listing) {
	if l.CopyErr != nil {
		s.Uncopied, s.CopyErr = -1, asFault(l.CopyErr, "list "+e.site.CopyFolder, l.Host)
		return
	}
	copied := inventory.Observed{Folder: inventory.Listing{Files: l.Copied}, Read: e.reading}.Copies()
	for _, b := range l.Share {
		if _, _, own := e.whose(b); own && b.Strange == "" && !copied(b) {
			s.Uncopied++
		}
	}
}

// asFault gives what a host said of a folder the shape of a fault.
func asFault(err error, tried, host string) *fault.Error {
	var f *fault.Error
	if !errors.As(err, &f) {
		f = &fault.Error{
			Class: fault.Other, Tried: tried, Target: host, Text: err.Error(),
			Do: "see whether the folder is there, and whether the console's account may list it",
		}
	}
	return f
}

// ours reports whether a set is a log backup of this site's database, as far as
// the secondary tells which that is.
func (e *shareSource) ours(h chain.Header) bool {
	family := ""
	if n, ok := e.node(site.Secondary); ok {
		family = n.Facts.Database.Family
	}
	return h.Type == 2 && !h.Incomplete && strings.EqualFold(h.Database, e.site.Database) &&
		(family == "" || h.Family == "" || strings.EqualFold(family, h.Family))
}

// oldPath finds the backups that hold log of the path which the recovered
// secondary left, beyond where it left it: on the share, as it was when it could be
// listed, and in the copy folder.
func (e *shareSource) oldPath(copied []procedures.Backup, d status.Database) (heads []chain.Header) {
	if !d.Online() || d.Fork == "" || d.ForkPoint.IsZero() {
		return nil
	}
	for p, files := range map[inventory.Place][]procedures.Backup{inventory.Share: e.listed, inventory.Folder: copied} {
		for _, b := range files {
			for _, h := range e.sets[p][b] {
				if e.ours(h) && !status.OtherFamily(h.Family, d.Family) && h.Fork != "" && !strings.EqualFold(h.Fork, d.Fork) && h.Last.Compare(d.ForkPoint) > 0 {
					heads = append(heads, h)
				}
			}
		}
	}
	slices.SortFunc(heads, func(a, b chain.Header) int { return cmp.Or(b.Last.Compare(a.Last), strings.Compare(a.File, b.File)) })
	return slices.CompactFunc(heads, func(a, b chain.Header) bool { return a.Last == b.Last && chain.Base(a.File) == chain.Base(b.File) })
}

// meet reads, once, files under other names on the share, where they are few: once the
// secondary is online one of them may be a tail that somebody has carried over.
func (e *shareSource) meet(ctx context.Context, files []procedures.Backup, d status.Database) {
	if !d.Online() {
		return
	}
	strangers := slices.DeleteFunc(slices.Clone(files), func(b procedures.Backup) bool { return b.Strange != "" || inventory.Own(e.site.Database, b.Name) })
	if len(strangers) > atOneLook/3 {
		return
	}
	strangers = slices.DeleteFunc(strangers, func(b procedures.Backup) bool { return e.met[b] })
	e.ask(ctx, inventory.Share, strangers)
	for _, b := range strangers {
		_, read := e.sets[inventory.Share][b]
		e.met[b] = read || e.vain[inventory.Share][b] != nil
	}
}

// newest finds the backup that leads furthest, by the log in it.
func newest(s *status.Share, heads []chain.Header) {
	slices.SortFunc(heads, func(a, b chain.Header) int {
		if c := b.Last.Compare(a.Last); c != 0 {
			return c
		}
		return strings.Compare(a.File, b.File)
	})
	if len(heads) == 0 {
		return
	}
	s.Newest = chain.Base(heads[0].File)
	s.Log = slices.Clone(heads[:min(len(heads), recent)])
	slices.Reverse(s.Log)
	s.Every = inventory.Every(s.Log)
}

// recent is how many backups tell how often one is taken, and by which clock.
const recent = 8
