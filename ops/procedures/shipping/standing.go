package shipping

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"pchatops/ops/chain"
	"pchatops/ops/fault"
	"pchatops/ops/procedures"
	"pchatops/ops/status"
)

// standing is how a copy of the database relates to the log that the primary
// writes: whether the next log backups would fit, and why (not).
type standing struct {
	fits    bool
	unknown bool // whether they would was not told
	why     string
	first   string // the file that it needs first; "": the log that is not backed up yet
}

// unknown is a standing that nobody can tell.
func unknown(why string) standing {
	return standing{unknown: true, why: why + ": whether the next log backup fits is not known"}
}

// stands judges the database on the secondary.
func (s *shipping) stands(ctx context.Context, e ends) (standing, error) {
	d := e.secondary.Database
	switch {
	case !d.Exists:
		return standing{why: fmt.Sprintf("there is no %s on %s", s.db, s.secondary.label)}, nil
	case !d.Restoring():
		return standing{why: fmt.Sprintf("%s on %s is %s and takes no log backups", s.db, s.secondary.label, d.State)}, nil
	case foreign(d.Family, e.primary.Database.Family):
		return standing{why: fmt.Sprintf("%s on %s is a copy of another database", s.db, s.secondary.label)}, nil
	case begunOnly(e.secondary):
		return standing{why: fmt.Sprintf("%s on %s is a restore that was begun and did not end", s.db, s.secondary.label)}, nil
	case d.RedoLSN.IsZero():
		return unknown(fmt.Sprintf("%s on %s does not tell how far it is restored", s.db, s.secondary.label)), nil
	}
	return s.follows(ctx, e, chain.Position{LSN: d.RedoLSN, Fork: d.RedoFork}, fmt.Sprintf("%s on %s", s.db, s.secondary.label))
}

func foreign(a, b string) bool { return a != "" && b != "" && !strings.EqualFold(a, b) }

// follows walks from a position over the log backups that were taken since.
// Those in the backup folder reach the secondary by themselves; one that
// somebody wrote elsewhere is a hole.
func (s *shipping) follows(ctx context.Context, e ends, from chain.Position, what string) (standing, error) {
	log, err := s.primary.LogTaken(ctx, s.db, from.LSN)
	if err != nil {
		return standing{}, err
	}
	switch {
	case log.Next.IsZero() && !e.primary.Database.Online():
		return unknown(s.live(e).Seen + ", and tells no log that is not backed up yet"), nil
	case log.Next.IsZero():
		return standing{why: "the primary has no chain of log backups yet: a full backup begins it"}, nil
	case from.Fork == "":
		return unknown(what + " does not tell which recovery fork it is on"), nil
	case log.Fork == "":
		return unknown(s.primary.label + " does not tell which recovery fork " + s.db + " is on"), nil
	}
	st := s.walk(e, from, log, what)
	if st.fits {
		return s.kept(ctx, st, what), nil
	}
	for _, mirror := range s.senders()[1:] { // it took log backups whenever it was the principal
		more, err := mirror.LogTaken(ctx, s.db, from.LSN)
		if err != nil {
			st = unknown(st.why + "; which log backups " + mirror.label + " took is not known (" + err.Error() + ")")
			continue
		}
		log.Backups = append(log.Backups, more.Backups...)
		st = s.walk(e, from, log, what)
	}
	return s.kept(ctx, st, what), nil
}

// kept looks for the file that a copy needs first, which retention deletes first. The
// history of backups outlives the files.
func (s *shipping) kept(ctx context.Context, st standing, what string) standing {
	if !st.fits || st.first == "" {
		return st
	}
	var unread error
	for _, folder := range []string{s.Site.CopyFolder, s.Site.BackupShare} {
		seen, err := s.secondary.Look(ctx, join(folder, st.first))
		if err == nil && seen.File {
			return st
		}
		unread = errors.Join(unread, err)
	}
	if unread != nil {
		return unknown(fmt.Sprintf("whether %s still finds %s, which %s needs first, is not told (%v)", s.secondary.label, st.first, what, unread))
	}
	return standing{why: fmt.Sprintf("the log backup %s, which %s needs first, is gone from share and copy folder", st.first, what)}
}

// walk ends in the log that the primary has not backed up yet: only a copy that
// gets as far on its recovery path takes the next log backup.
func (s *shipping) walk(e ends, from chain.Position, log procedures.LogTaken, what string) standing {
	want := s.wantedPrimary(e)
	next := nextBackup(s.db, log)
	shipped := []chain.Header{next}
	elsewhere := ""
	for _, h := range log.Backups {
		if inside(h.File, want.Directory) || inside(h.File, want.Share) {
			shipped = append(shipped, h)
		} else {
			elsewhere = h.File
		}
	}
	from.Database = s.db
	way := chain.Plan(shipped, from)
	switch {
	case way.Reached.LSN == next.Last:
		st := standing{fits: true, why: what + " is on the chain of log backups of " + s.primary.label}
		if len(way.Restore) > 0 && way.Restore[0].File != "" {
			st.first = chain.Base(way.Restore[0].File)
		}
		return st
	case way.Fork != nil || slices.ContainsFunc(way.Aside, func(a chain.Aside) bool { return a.Reason == chain.WrongFork }):
		return standing{why: fmt.Sprintf("%s is on another recovery fork than the log of %s, and takes no log backup of it", what, s.primary.label)}
	case elsewhere != "":
		return standing{why: fmt.Sprintf("the chain after %s is broken: somebody wrote the log backup %s outside the backup folder", what, elsewhere)}
	}
	return standing{why: fmt.Sprintf("the log of %s after %s is gone: the next log backup begins later", s.primary.label, what)}
}

// nextBackup stands for the log that is not backed up yet, however long that gets.
func nextBackup(database string, log procedures.LogTaken) chain.Header {
	end, _ := chain.ParseLSN(strings.Repeat("9", 25)) // the largest there is
	return chain.Header{
		Type: logBackup, Database: database, First: log.Next, Last: end,
		FirstFork: cmp.Or(log.FirstFork, log.Fork), Fork: log.Fork, ForkPoint: log.ForkPoint,
	}
}

// inside reports whether a file lies in a folder.
func inside(file, folder string) bool {
	name := chain.Base(file)
	return strings.EqualFold(strings.TrimSuffix(file, `\`+name), strings.TrimRight(folder, `\`))
}

// fullName is the file of the initial backup. It is always the same, so that a
// console that is started again finds it.
func (s *shipping) fullName() string {
	safe := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`\/:*?"<>|`, r) {
			return '_'
		}
		return r
	}, s.db)
	return safe + "_initialise.bak"
}

// written and shared are the initial backup as the primary writes it, and as the
// secondary reads it.
func (s *shipping) written() string { return join(s.directory(), s.fullName()) }
func (s *shipping) shared() string  { return join(s.Site.BackupShare, s.fullName()) }

// sighting is what the servers see of the initial backup: the primary its
// header, the secondary the files in it.
type sighting struct {
	heads    []chain.Header
	headsErr error
	files    []procedures.DataFile
	filesErr error
}

// sighted reads both servers, and meanwhile what they see of the backup.
func (s *shipping) sighted(ctx context.Context) (e ends, full sighting, err error) {
	g, ctx := fault.Together(ctx, "read the servers")
	g.Go(func() (err error) { e, err = s.read(ctx); return err })
	g.Go(func() error { full.heads, full.headsErr = s.primary.Headers(ctx, s.written()); return nil })
	g.Go(func() error { full.files, full.filesErr = s.secondary.BackupFiles(ctx, s.shared()); return nil })
	return e, full, g.Wait()
}

// usable tells whether the initial backup is there and still leads somewhere.
func (s *shipping) usable(ctx context.Context, e ends, full sighting) (standing, error) {
	file, heads, err := s.written(), full.heads, full.headsErr
	if unreadable(err) {
		return standing{why: "there is no full backup " + file}, nil
	}
	if err != nil || len(heads) == 0 {
		return standing{why: file + " holds no backup"}, err
	}
	h := heads[0]
	age := e.primary.ServerTime.Sub(h.Finished) // by the server's own clock, whole days count
	switch {
	case h.Type != fullBackup || h.Damaged || !strings.EqualFold(h.Database, s.db) || foreign(h.Family, e.primary.Database.Family):
		return standing{why: file + " is no full backup of this database"}, nil
	case age > s.Site.Shipping.Retention/2:
		return standing{why: file + " is so old that log backups since then may have been deleted"}, nil
	case behind(h, e.secondary):
		return standing{why: "the restore job of " + s.secondary.label + " has restored what follows " + file + " and does not begin again"}, nil
	}
	return s.follows(ctx, e, chain.Position{LSN: h.Last, Fork: h.Fork}, chain.Base(file))
}

// behind reports whether the restore job has gone past a full backup on its
// recovery fork. The job looks for what is later than its last file.
func behind(full chain.Header, secondary status.Facts) bool {
	r := secondary.Database.Restored
	return secondary.Secondary != nil && full.Fork != "" && strings.EqualFold(r.Fork, full.Fork) && r.Last.Compare(full.Last) > 0
}

// BackupType of RESTORE HEADERONLY.
const (
	fullBackup = 1
	logBackup  = 2
)

// files are those that RESTORE has to move: as the backup lists them, or as
// the primary does while there is no backup yet.
func (s *shipping) files(ctx context.Context, full sighting) ([]procedures.DataFile, error) {
	if full.filesErr == nil || !unreadable(full.filesErr) {
		return full.files, full.filesErr
	}
	storage, err := s.primary.Storage(ctx, s.db)
	return storage.Files, err
}
