package shipping

import (
	"context"
	"fmt"
	"strings"

	"pchatops/ops/chain"
	"pchatops/ops/fault"
	"pchatops/ops/procedures"
)

// standing is how a copy of the database relates to the log that the primary
// writes: whether the next log backups would fit, and why (not).
type standing struct {
	fits bool
	why  string
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
	case d.RedoLSN.IsZero():
		return standing{why: fmt.Sprintf("%s on %s does not tell how far it is restored", s.db, s.secondary.label)}, nil
	}
	return s.follows(ctx, e, d.RedoLSN, fmt.Sprintf("%s on %s", s.db, s.secondary.label))
}

func foreign(a, b string) bool { return a != "" && b != "" && !strings.EqualFold(a, b) }

// follows walks from an LSN over the log backups that were taken since. Those
// in the backup folder reach the secondary by themselves; one that somebody
// wrote elsewhere is a hole.
func (s *shipping) follows(ctx context.Context, e ends, from chain.LSN, what string) (standing, error) {
	log, err := s.primary.LogTaken(ctx, s.db, from)
	if err != nil {
		return standing{}, err
	}
	if log.Next.IsZero() {
		return standing{why: "the primary has no chain of log backups yet: a full backup begins it"}, nil
	}
	st := s.walk(e, from, log, what)
	if st.fits {
		return st, nil
	}
	for _, mirror := range s.senders()[1:] { // it took log backups whenever it was the principal
		if more, err := mirror.LogTaken(ctx, s.db, from); err == nil {
			log.Backups = append(log.Backups, more.Backups...)
			st = s.walk(e, from, log, what)
		}
	}
	return st, nil
}

func (s *shipping) walk(e ends, from chain.LSN, log procedures.LogTaken, what string) standing {
	want := s.wantedPrimary(e)
	var shipped []chain.Header
	elsewhere := ""
	for _, h := range log.Backups {
		if inside(h.File, want.Directory) || inside(h.File, want.Share) {
			shipped = append(shipped, h)
		} else {
			elsewhere = h.File
		}
	}
	reached := chain.Plan(shipped, chain.Position{Database: s.db, LSN: from}).Reached.LSN
	switch {
	case reached.Compare(log.Next) >= 0:
		return standing{fits: true, why: what + " is on the chain of log backups of " + s.primary.label}
	case elsewhere != "":
		return standing{why: fmt.Sprintf("the chain after %s is broken: somebody wrote the log backup %s outside the backup folder", what, elsewhere)}
	}
	return standing{why: fmt.Sprintf("the log of %s after %s is gone: the next log backup begins later", s.primary.label, what)}
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
	}
	return s.follows(ctx, e, h.Last, chain.Base(file))
}

const fullBackup = 1 // BackupType of RESTORE HEADERONLY

// files are those that RESTORE has to move: as the backup lists them, or as
// the primary does while there is no backup yet.
func (s *shipping) files(ctx context.Context, full sighting) ([]procedures.DataFile, error) {
	if full.filesErr == nil || !unreadable(full.filesErr) {
		return full.files, full.filesErr
	}
	storage, err := s.primary.Storage(ctx, s.db)
	return storage.Files, err
}
