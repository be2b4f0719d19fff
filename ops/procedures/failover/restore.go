package failover

import (
	"context"
	"fmt"
	"io"

	"pchatops/ops/chain"
	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/status"
)

// applyBackups is F3: the copied log backups are restored in LSN order.
func (f *failover) applyBackups() engine.Step {
	return engine.Step{
		ID: "F3", Title: "Apply remaining backups", Source: document + "3", Risk: engine.Reversible,
		Why:     "Each log backup brings the database forward to the moment it was taken. The order comes from the backups' own headers, not from their names.",
		Touches: []string{f.secondary.Address()},
		Plan:    f.planApply, Verify: f.verifyApply,
	}
}

func (f *failover) planApply(ctx context.Context) (*engine.Plan, error) {
	facts, err := f.facts(ctx)
	if err != nil {
		return nil, err
	}
	if facts.Database.Online() {
		return f.online(), nil
	}
	fd, err := f.openFeed(ctx, facts)
	if err != nil {
		return nil, err
	}
	p := &engine.Plan{Gates: []engine.Gate{f.noLivePrimary(ctx), f.sysadmin(facts), f.restoring(facts)}}
	if err := fd.fill(ctx, window); err != nil {
		return nil, err
	}
	if err := f.chainOf(ctx, fd, p); err != nil {
		return nil, err
	}
	if len(p.Actions) > 0 {
		return p, f.clearStandby(ctx, facts, p)
	}
	return f.nothingToApply(fd, p), nil
}

// openFeed begins to walk the chain at the secondary's redo position.
func (f *failover) openFeed(ctx context.Context, facts status.Facts) (*feed, error) {
	if facts.Database.RedoLSN.IsZero() {
		return nil, &fault.Error{
			Class: fault.State, Tried: "find the redo position of " + f.db, Target: f.secondary.Address(),
			Text: fmt.Sprintf("%s is %s and tells no redo LSN", f.db, facts.Database.State),
			Do:   "check sys.master_files.redo_start_lsn and msdb.dbo.restorehistory there",
		}
	}
	l, err := f.list(ctx)
	if err != nil {
		return nil, err
	}
	applied, err := f.sql.Applied(ctx, f.db)
	if err != nil {
		return nil, err
	}
	walk := chain.NewWalk(chain.Position{
		Database: f.db, LSN: facts.Database.RedoLSN, Fork: facts.Database.RedoFork, Family: facts.Database.Family,
	})
	fd := newFeed(f.Site.CopyFolder, l.Copied, applied, walk, f.cache, f.sql.Headers)
	fd.looked = f.Recall(olderLookedAt)
	if len(applied) == 0 && len(fd.files) > atOnce {
		return fd, fd.bisect(ctx)
	}
	return fd, nil
}

// chainOf plans what the headers of the first window allow; the rest follows
// from More while the step runs.
func (f *failover) chainOf(ctx context.Context, fd *feed, p *engine.Plan) error {
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
		p.Actions = append(p.Actions, f.restore(fd, *h))
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
	p.More = func(ctx context.Context) (*engine.Action, error) { return f.more(ctx, fd) }
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
	says := "chain complete"
	if g := fd.walk.Gap(); g != nil {
		says = "the chain stops before a gap: " + interval(g)
	}
	if h := fd.walk.Last(); h != nil {
		says += " up to " + upTo(*h)
	}
	return says
}

// more continues the chain while the step runs.
func (f *failover) more(ctx context.Context, fd *feed) (*engine.Action, error) {
	h, fork, err := fd.pick(ctx)
	switch {
	case err != nil:
		return nil, err
	case fork != nil:
		return nil, f.forked(fork)
	case h != nil:
		a := f.restore(fd, *h)
		return &a, nil
	case fd.unsearched() > 0:
		a := f.search(fd)
		return &a, nil
	case fd.walk.Gap() != nil:
		return nil, f.gapFault(fd.walk.Gap())
	}
	return nil, io.EOF
}

// restore is one RESTORE LOG; meanwhile the headers of the next files are read.
func (f *failover) restore(fd *feed, h chain.Header) engine.Action {
	a := f.sql.RestoreLog(f.db, h)
	do := a.Do
	a.Do = func(ctx context.Context, r engine.Reporter) error {
		ahead := make(chan error, 1)
		go func() {
			ahead <- fault.Guard("read the headers of the next files", func() error { return fd.fill(ctx, readers) })
		}()
		err := do(ctx, r)
		<-ahead // what could not be read is read again when its turn comes, and fails there
		if err == nil {
			r.Observe("applied up to", upTo(h))
		}
		return err
	}
	return a
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
	p.Actions = append(end, p.Actions...)
	p.Total += len(end)
	return nil
}

func (f *failover) restoring(facts status.Facts) engine.Gate {
	d := facts.Database
	g := engine.Gate{Name: f.db + " takes log backups", Holds: d.Restoring(), Seen: d.State, Want: "RESTORING or STANDBY"}
	if !d.Exists {
		g.Seen = "no database " + f.db
	}
	if !g.Holds {
		g.Do = "log backups can only be applied to a restoring database: without one, the secondary has to be initialised from a full backup"
	}
	return g
}

// upTo tells the moment a backup leads to: the time in its name where it has
// one, else the server's local time from its header.
func upTo(h chain.Header) string {
	if t, ok := chain.Stamp(h.File); ok {
		return clock(t)
	}
	return h.Finished.Format("2006-01-02 15:04:05") + " server time"
}
