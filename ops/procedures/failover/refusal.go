package failover

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"pchatops/ops/chain"
	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/inventory"
)

// refusal is what a RESTORE comes to that the server refused. What is known of its
// file may be older than what lies there: all is read anew, and the inventory says
// what has become of the backup.
func (f *failover) refusal(ctx context.Context, s *survey, h chain.Header, err error, r engine.Reporter) error {
	if !ofTheFile(err) && !fault.Is(err, fault.TooOld) && !fault.Is(err, fault.WrongFork) && !fault.Is(err, fault.ChainGap) {
		return err
	}
	if l, failed := f.Files.List(ctx, f.Site.BackupShare, f.Site.CopyFolder); failed == nil {
		s.listing = l
	}
	if f.holdsAnother(ctx, s, h) {
		return f.become(ctx, h, anew(err, "run the step again: the file holds another backup by now, and all is read anew"))
	}
	if !ofTheFile(err) {
		return f.become(ctx, h, err)
	}
	err = f.again(ctx, s, h, f.isDamaged(s, h, err, r), r)
	if passing(err) { // else the damage is on record only once this has ended
		err = f.become(ctx, h, err)
	}
	return err
}

// passing reports whether a file may be read again another time.
func passing(err error) bool {
	return fault.Is(err, fault.Access) || fault.Is(err, fault.InUse) || fault.Is(err, fault.NotFound)
}

// anew is the error of a restore of which a plan that is made anew knows more.
func anew(err error, do string) error {
	var e *fault.Error
	if !errors.As(err, &e) {
		return err
	}
	told := *e
	told.Do, told.Cause = do, engine.ErrDecide
	return &told
}

// holdsAnother reports whether one of the files of a backup holds another by now, and
// forgets what was known of them. A file that cannot be read may hold it still.
func (f *failover) holdsAnother(ctx context.Context, s *survey, h chain.Header) bool {
	paths := append([]string{h.File}, h.Others...)
	media, err := f.sql.HeadersOf(ctx, paths)
	if err != nil {
		return false
	}
	another := false
	for i, m := range media {
		if m.Err != nil || slices.ContainsFunc(m.Sets, part(h, i+1).Same) {
			continue
		}
		another = true
		for _, b := range slices.Concat(s.listing.Copied, s.listing.Share) { // whoever wrote over one may have written over both
			if strings.EqualFold(b.Name, chain.Base(paths[i])) {
				f.library.forget(spot{inventory.Folder, b})
				f.library.forget(spot{inventory.Share, b})
			}
		}
	}
	return another
}

// become says what has become of a backup that the server refused, and what mends
// that, as the inventory knows now; what the server said, where it knows no better.
func (f *failover) become(ctx context.Context, h chain.Header, err error) error {
	facts, failed := f.facts(ctx)
	if failed != nil || !facts.Database.Restoring() {
		return err
	}
	s, failed := f.survey(ctx, facts)
	if failed != nil {
		return err
	}
	inv, failed := s.stock(ctx, 0)
	if failed != nil {
		return err
	}
	is := func(b inventory.Backup) bool {
		return b.Header != nil && b.Header.Same(h) || b.Header == nil && strings.EqualFold(b.Name, chain.Base(h.File))
	}
	told := &fault.Error{Class: fault.State, Tried: "restore " + chain.Base(h.File), Target: f.secondary.Address()}
	copies, lost := inv.Lost(inventory.ToCopy), f.stuck(s, inv)
	if i := slices.IndexFunc(copies, is); i >= 0 && copies[i].Refused == "" {
		told.Text, told.Do = f.says(&copies[i]), "run F2 and F3 again: F2 copies it"
	} else if i := slices.IndexFunc(lost, is); i >= 0 {
		told.Text, told.Do, told.Cause = lost[i].Name+": "+because(lost[i]), f.mend(lost[i:i+1])+"; or run the step again: it asks whether to go on without", engine.ErrDecide
	} else {
		return err
	}
	if said := brief(err); !strings.Contains(told.Text, said) {
		told.Text += "; SQL Server said: " + said
	}
	return told
}

// ofTheFile tells a backup that RESTORE cannot use from a server or a database
// that takes none now. Of an error that nobody knows it is assumed: else the same
// file would end F3 each time, and nobody could go on without it.
func ofTheFile(err error) bool {
	var e *fault.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Class {
	case fault.Media, fault.NotFound, fault.Access, fault.Other:
		return true
	case fault.InUse:
		return e.Number == cannotOpen
	case fault.State:
		return e.Number == newerVersion
	default:
		return false
	}
}

const (
	cannotOpen   = 3201 // the device; 3101 is the database
	newerVersion = 3169
)

// brief is what a server said, without what the console makes of it.
func brief(err error) string {
	var e *fault.Error
	if errors.As(err, &e) && e.Number != 0 {
		return fmt.Sprintf("%d: %s", e.Number, e.Text)
	}
	return err.Error()
}

// isDamaged remembers that RESTORE could not make sense of a file: the next plan
// looks for it elsewhere.
func (f *failover) isDamaged(s *survey, h chain.Header, err error, r engine.Reporter) error {
	for _, path := range append([]string{h.File}, h.Others...) {
		for _, b := range s.listing.Copied {
			switch {
			case !strings.EqualFold(b.Name, chain.Base(path)):
			case passing(err): // a right, or another program: its header is asked for anew
				f.library.forget(spot{inventory.Folder, b})
			default:
				f.library.damage(spot{inventory.Folder, b}, brief(err))
				r.Observe(foundDamaged+b.Name, mark(b)+": "+brief(err))
			}
		}
	}
	if passing(err) {
		return err
	}
	return anew(err, "run F2 and F3 again: F2 copies the backup again where the share holds it intact, and F3 offers to go on without it where nobody does")
}
