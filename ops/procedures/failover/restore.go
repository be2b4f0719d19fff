package failover

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"pchatops/ops/chain"
	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/inventory"
	"pchatops/ops/procedures"
	"pchatops/ops/status"
)

// doubted is how many files a plan names that hold what they may not always have held.
const doubted = 3

// applyBackups is F3: the copied log backups are restored in LSN order.
func (f *failover) applyBackups() engine.Step {
	return engine.Step{
		ID: "F3", Title: "Apply remaining backups", Source: document + "3", Risk: engine.Reversible, Rescues: true,
		Why:     "Each log backup brings the database forward to the moment it was taken. The order comes from the backups' own headers, not from their names.",
		Touches: []string{f.secondary.Address()},
		Plan:    asked(f.planApply), Verify: asked(f.verifyApply),
	}
}

func (f *failover) planApply(ctx context.Context) (*engine.Plan, error) {
	facts, err := f.facts(ctx)
	if err != nil {
		return nil, err
	}
	if facts.Database.Online() {
		return f.tooLate(ctx, facts)
	}
	if p := f.without(ctx, facts); p != nil {
		return p, nil
	}
	fd, s, err := f.openFeed(ctx, facts)
	if err != nil {
		return nil, err
	}
	if s.listing.CopyErr != nil {
		return f.planWithoutFolder(ctx, s)
	}
	first, ahead := f.newerHere(ctx, facts)
	p := &engine.Plan{Gates: []engine.Gate{f.noLivePrimary(first, "apply backups though %s may live"), f.sysadmin(facts), f.restoring(facts)}}
	p.Gates = append(p.Gates, f.aheadOnly(ahead)...)
	if err := fd.fill(ctx, window); err != nil {
		return nil, err
	}
	if err := f.chainOf(ctx, fd, s, p); err != nil {
		return nil, err
	}
	if len(p.Actions) > 0 {
		err = f.clearStandby(ctx, facts, p)
	} else {
		err = f.nothingToApply(ctx, fd, s, p)
	}
	inv := inventory.Take(s.seen)
	p.Notes = append(p.Notes, inv.Doubted(doubted)...)
	f.beware(p, inv)
	return p, err
}

// openFeed begins to walk the chain at the secondary's redo position.
func (f *failover) openFeed(ctx context.Context, facts status.Facts) (*feed, *survey, error) {
	if facts.Database.RedoLSN.IsZero() {
		return nil, nil, &fault.Error{
			Class: fault.State, Tried: "find the redo position of " + f.db, Target: f.secondary.Address(),
			Text: fmt.Sprintf("%s is %s and tells no redo LSN", f.db, facts.Database.Word()),
			Do:   "check sys.master_files.redo_start_lsn and msdb.dbo.restorehistory there",
		}
	}
	s, err := f.survey(ctx, facts)
	if err != nil {
		return nil, nil, err
	}
	fd := &feed{
		folder: f.Site.CopyFolder, walk: chain.NewWalk(s.seen.At), looked: f.Recall(olderLookedAt),
		read: func(ctx context.Context, files []procedures.Backup) ([]procedures.Media, error) {
			return f.open(ctx, inventory.Folder, files)
		},
		kept:    func(b procedures.Backup) ([]chain.Header, bool) { return f.library.get(spot{inventory.Folder, b}) },
		damaged: func(b procedures.Backup) bool { return f.damaged(inventory.Folder, b) != "" },
	}
	fd.order(f.db, s.listing.Copied, s.seen.Applied)
	if len(s.seen.Applied) == 0 && len(fd.files) > atOnce {
		return fd, s, fd.bisect(ctx)
	}
	return fd, s, nil
}

// chainOf plans what the headers of the first window allow; the rest follows
// from More while the step runs.
func (f *failover) chainOf(ctx context.Context, fd *feed, s *survey, p *engine.Plan) error {
	for len(p.Actions) < window {
		h, fork, err := fd.pick(ctx)
		if err != nil {
			return err
		}
		if fork != nil {
			return f.forked(fork)
		}
		if h == nil {
			break
		}
		p.Actions = append(p.Actions, f.restore(fd, s, *h))
	}
	if len(p.Actions) < window && fd.unsearched() > 0 {
		p.Actions = append(p.Actions, f.search(fd))
	}
	p.Total = len(p.Actions) + fd.walk.Waiting() + len(fd.files) - fd.next
	for _, a := range fd.walk.Aside() {
		if a.Reason != chain.TooOld {
			p.Notes = append(p.Notes, "set aside "+a.String())
		}
	}
	if len(p.Actions) == 0 {
		return nil
	}
	p.Notes = append(p.Notes, f.reach(fd))
	p.More = func(ctx context.Context) (*engine.Action, error) { return f.more(ctx, fd, s) }
	return nil
}

// reach tells how far the planned backups lead, and of a hole behind them.
func (f *failover) reach(fd *feed) string {
	if !fd.drained() {
		return "further backups follow: their headers are read while these are restored"
	}
	if n := fd.unsearched(); n > 0 {
		return fmt.Sprintf("no other file continues the chain: the headers of %s are read last, because names may lie", plural(n, "older file"))
	}
	says := "the chain is complete"
	if g := fd.walk.Gap(); g != nil {
		says = "the chain stops before a gap: " + interval(g)
	}
	if h := fd.walk.Last(); h != nil {
		says += " up to " + upTo(*h)
	}
	return says
}

// more continues the chain while the step runs.
func (f *failover) more(ctx context.Context, fd *feed, s *survey) (*engine.Action, error) {
	h, fork, err := fd.pick(ctx)
	switch {
	case err != nil:
		return nil, err
	case fork != nil:
		return nil, f.forked(fork)
	case h != nil:
		a := f.restore(fd, s, *h)
		return &a, nil
	case fd.unsearched() > 0:
		a := f.search(fd)
		return &a, nil
	}
	return nil, io.EOF
}

// restore is one RESTORE LOG; meanwhile the headers of the next files are read.
func (f *failover) restore(fd *feed, s *survey, h chain.Header) engine.Action {
	a := f.sql.RestoreLog(f.db, h)
	do := a.Do
	a.Do = func(ctx context.Context, r engine.Reporter) error {
		next := make(chan error, 1)
		go func() {
			next <- fault.Guard("read the headers of the next files", func() error { return fd.fill(ctx, ahead) })
		}()
		err := f.clearing(ctx, r, do)
		<-next // what could not be read is read again when its turn comes, and fails there
		if fault.Is(err, fault.TooOld) {
			if took, failed := a.Settle(ctx); took && failed == nil {
				r.Log("somebody else has restored it meanwhile: " + err.Error())
				err = nil
			}
		}
		if err != nil {
			err = f.refusal(ctx, s, h, err, r)
		}
		if err == nil {
			r.Observe("applied up to", upTo(h))
		}
		return err
	}
	return a
}

// comebacks is how often readers of a STANDBY database are ended before a
// restore that they are in the way of is given up.
const comebacks = 20

// clearing sends a restore, and again where readers that have come back to a
// STANDBY database are in its way: they are ended first.
func (f *failover) clearing(ctx context.Context, r engine.Reporter, do func(context.Context, engine.Reporter) error) error {
	for try := 1; ; try++ {
		err := do(ctx, r)
		if !fault.Is(err, fault.InUse) || try == comebacks {
			return err
		}
		sessions, failed := f.sessions(ctx)
		if failed != nil || len(sessions) == 0 {
			return err
		}
		for _, one := range sessions {
			r.Log(fmt.Sprintf("in the way of the restore: session %d: %s from %s, %s", one.ID, one.Login, one.Host, one.Program))
			if failed := f.sql.EndSession(one).Do(ctx, r); failed != nil && !fault.Is(failed, fault.Refused) {
				return failed
			}
		}
	}
}

// again copies the files of a backup anew that RESTORE found damaged, of which the
// share may hold any whole, and restores that. The damaged copies stay where they
// are.
func (f *failover) again(ctx context.Context, s *survey, h chain.Header, damaged error, r engine.Reporter) error {
	var files []procedures.Copying
	var paths []string                               // the copies first
	refused := append([]string{h.File}, h.Others...) // in the order of their parts
	for i, path := range refused {
		if whole := f.elsewhere(s, part(h, i+1), chain.Base(path)); whole != nil {
			c := procedures.Copying{Backup: *whole, As: inventory.Alias(*whole)}
			files, paths = append(files, c), append(paths, join(f.Site.CopyFolder, c.As))
			r.Log(fmt.Sprintf("%s is damaged in %s: copying it again from %s as %s", chain.Base(path), f.Site.CopyFolder, join(f.Site.BackupShare, whole.Name), c.As))
		}
	}
	if files == nil {
		return damaged
	}
	if err := f.Files.Copy(f.Site.BackupShare, f.Site.CopyFolder, files).Do(ctx, r); err != nil {
		return damaged
	}
	if h.Parts > 1 { // with those that are not to blame
		paths = append(paths, refused...)
	}
	media, err := f.sql.HeadersOf(ctx, paths)
	if err != nil {
		return damaged
	}
	var parts chain.Stripes
	for _, m := range media { // a copy that was not made is the same on both sides
		for _, set := range m.Sets {
			if !set.Same(part(h, set.Part)) {
				continue
			}
			if whole, ok := parts.Add(set); ok && !sameFiles(whole, h) {
				return f.sql.RestoreLog(f.db, whole).Do(ctx, r)
			}
		}
	}
	return damaged
}

// sameFiles reports whether two backups are of the same files.
func sameFiles(a, b chain.Header) bool {
	return strings.EqualFold(a.File, b.File) && slices.EqualFunc(a.Others, b.Others, strings.EqualFold)
}

// part is the header of one part of a backup, if that is striped.
func part(h chain.Header, n int) chain.Header {
	if h.Parts > 1 {
		h.Part = n
	}
	return h
}

// elsewhere is the file of the share that may be whole where its copy is not: the
// same backup, under whatever name; by its name, where its header is not known.
func (f *failover) elsewhere(s *survey, h chain.Header, name string) *procedures.Backup {
	if s.listing.ShareErr != nil {
		return nil
	}
	var named *procedures.Backup
	for _, b := range s.listing.Share {
		if b.Strange != "" || f.damaged(inventory.Share, b) != "" {
			continue
		}
		sets, known := f.library.get(spot{inventory.Share, b})
		switch {
		case slices.ContainsFunc(sets, h.Same):
			return &b
		case !known && strings.EqualFold(b.Name, name):
			named = &b
		}
	}
	return named
}

// clearStandby ends the readers of a STANDBY database, whom RESTORE would trip over.
func (f *failover) clearStandby(ctx context.Context, facts status.Facts, p *engine.Plan) error {
	if !facts.Database.Standby {
		return nil
	}
	sessions, err := f.sessions(ctx)
	if err != nil {
		return err
	}
	var end []engine.Action
	for _, s := range sessions {
		end = append(end, f.sql.EndSession(s))
	}
	p.Notes = append(p.Notes, "readers that come back to the STANDBY database meanwhile are ended, too")
	p.Actions = append(end, p.Actions...)
	p.Total += len(end)
	return nil
}

// upTo tells the moment a backup leads to, by its header.
func upTo(h chain.Header) string {
	return h.Finished.Format("2006-01-02 15:04:05") + " by the clock of " + cmp.Or(h.Server, "its server")
}
