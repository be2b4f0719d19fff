package failover

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/inventory"
	"pchatops/ops/pause"
	"pchatops/ops/procedures"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// grace is how long F1 lets a running copy end by itself, and a restore that does not
// move on. Stopping the job kills sqllogship: it can leave a half-written copy, and a
// RESTORE that is cut off begins anew.
const grace = time.Minute

// unship is F1: log shipping leaves the secondary, and with it the copy and
// restore jobs.
func (f *failover) unship() engine.Step {
	return engine.Step{
		ID: "F1", Title: "Remove log shipping", Source: document + "1", Risk: engine.Reversible,
		Why:     "Nothing may copy or restore behind the operator's back while the last backups are applied by hand. It drops the copy and restore jobs.",
		Touches: []string{f.secondary.Address()},
		Plan:    f.planUnship,
		Verify: func(ctx context.Context) (*engine.Proof, error) {
			facts, err := procedures.Shipping(ctx, f.secondary.Address(), f.facts)
			if err != nil {
				return nil, err
			}
			if facts.Secondary == nil {
				return &engine.Proof{Holds: true, Says: fmt.Sprintf("%s on %s is no log shipping secondary", f.db, f.secondary.Address())}, nil
			}
			return &engine.Proof{Says: fmt.Sprintf("%s on %s is still a log shipping secondary of %s", f.db, f.secondary.Address(), facts.Secondary.PrimaryServer)}, nil
		},
	}
}

func (f *failover) planUnship(ctx context.Context) (*engine.Plan, error) {
	facts, err := procedures.Shipping(ctx, f.secondary.Address(), f.facts)
	if err != nil {
		return nil, err
	}
	if p := f.without(ctx, facts); p != nil {
		return p, nil
	}
	ls := facts.Secondary
	if ls == nil {
		return &engine.Plan{Already: fmt.Sprintf("%s on %s is no log shipping secondary", f.db, f.secondary.Address())}, nil
	}
	first, ahead := f.newerHere(ctx, facts)
	p := &engine.Plan{}
	f.takeDown(ctx, p, facts)
	f.heed(first)
	p.Gates = []engine.Gate{f.noLivePrimary(first, "leave %s without log shipping if it lives"), f.newerChat(first, ahead...), f.placesGate(facts), f.sysadmin(facts)}
	p.Notes = append(f.silences(first, fmt.Sprintf("drops the jobs %s and %s: nothing else will copy or restore after this", ls.CopyJob.Name, ls.RestoreJob.Name), mgccomp), p.Notes...)
	for _, j := range []status.Job{ls.CopyJob, ls.RestoreJob} {
		if j.ID == "" {
			continue
		}
		if j.Enabled {
			p.Actions = append(p.Actions, f.sql.DisableJob(j))
		}
	}
	if ls.CopyJob.Running {
		p.Actions = append(p.Actions, f.settleJob(ls.CopyJob, nil))
	}
	if ls.RestoreJob.Running {
		p.Actions = append(p.Actions, f.settleJob(ls.RestoreJob, restores))
	}
	p.Actions = append(p.Actions, f.remembering(f.sql.DeleteLogShippingSecondary(f.db, f.monitor(ctx, ls.Monitor)), facts))
	p.Total = len(p.Actions)
	return p, nil
}

// monitor asks the monitor server of the secondary whether it is there, where the site
// file says how it is reached: people are without the service, and the secondary would wait
// for one that is not.
func (f *failover) monitor(ctx context.Context, name string) procedures.Monitor {
	m, on := procedures.Monitor{Name: name}, f.SQL[site.Monitor]
	if on == nil || name == "" || !strings.EqualFold(f.Site.Shipping.Monitor, name) {
		return m
	}
	ctx, cancel := context.WithTimeout(ctx, f.answer())
	defer cancel()
	_, err := on.Facts(ctx)
	m.Silent = fault.Is(err, fault.Unreachable) || fault.Is(err, fault.Timeout)
	return m
}

// takeDown notes which backups the share, the copy folder and the servers know of:
// they may be gone by the time that the operator comes back to this. While no primary
// answers people are without the service, and a silent share is not waited for.
func (f *failover) takeDown(ctx context.Context, p *engine.Plan, facts status.Facts) {
	patience := 2 * f.answer()
	if slices.ContainsFunc([]site.Role{site.Primary, site.Mirror}, func(r site.Role) bool { n, ok := f.lastLook(r); return ok && n.Reachable }) {
		patience = enough
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	s, err := f.survey(ctx, facts)
	if err == nil {
		var inv *inventory.Inventory
		if inv, err = s.complete(ctx, atOnce, nil); err == nil {
			err = s.meet(ctx, s.few(inv))
		}
	}
	if s != nil { // what came by then is kept
		p.Facts = waitingFacts(inventory.Take(s.seen))
	}
	if err != nil {
		p.Notes = append(p.Notes, "which backups there are could not be noted down: "+err.Error())
	}
}

// settleJob lets a running job end by itself and stops it after the grace.
func (f *failover) settleJob(j status.Job, moves func(status.Facts) string) engine.Action {
	stop := f.sql.StopJob(j)
	text := stop.Text
	wait := fmt.Sprintf("wait at most %s for its end", grace)
	if moves != nil {
		wait = fmt.Sprintf("wait for its end until it has not moved on for %s", grace)
	}
	stop.Text = fmt.Sprintf("-- %s is running: %s, and only then:\n%s", j.Name, wait, text)
	do := stop.Do
	stop.Do = func(ctx context.Context, r engine.Reporter) error {
		idle, err := f.awaitIdle(ctx, j, moves, r)
		if err != nil || idle {
			return err
		}
		r.Log(fmt.Sprintf("%s still runs, and has not moved on for %s: stopping it", j.Name, grace))
		return do(ctx, r)
	}
	return stop
}

// restores is what moves while a restore job does: what it has restored, and how far the
// RESTORE under way is. What it restores need not be restored again.
func restores(facts status.Facts) string {
	moves := ""
	if facts.Secondary != nil {
		moves = facts.Secondary.LastRestoredFile
	}
	if q := facts.Restoring; q != nil {
		moves += fmt.Sprintf(" %d %v", q.Session, q.Percent)
	}
	return moves
}

func (f *failover) awaitIdle(ctx context.Context, j status.Job, moves func(status.Facts) string, r engine.Reporter) (bool, error) {
	last, was := f.Now(), ""
	for f.Now().Sub(last) < grace {
		facts, err := f.facts(ctx)
		if err != nil {
			return false, err
		}
		if !running(facts, j) {
			return true, nil
		}
		note := engine.Progress{Percent: -1, Note: j.Name + " is finishing its run"}
		if moves != nil {
			if is := moves(facts); is != was {
				last, was = f.Now(), is
			}
			if q := facts.Restoring; q != nil {
				note.Percent, note.Note = q.Percent, note.Note+": "+q.Command
			}
		}
		r.Progress(note)
		if err := pause.For(ctx, time.Second); err != nil {
			return false, err
		}
	}
	return false, nil
}

func running(facts status.Facts, j status.Job) bool {
	s := facts.Secondary
	return s != nil && (s.CopyJob.ID == j.ID && s.CopyJob.Running || s.RestoreJob.ID == j.ID && s.RestoreJob.Running)
}

// remembering records what the configuration knew before it goes: F2 may need
// it when the share cannot be read.
func (f *failover) remembering(a engine.Action, before status.Facts) engine.Action {
	do := a.Do
	a.Do = func(ctx context.Context, r engine.Reporter) error {
		ls := before.Secondary
		r.Observe("primary server", ls.PrimaryServer)
		shares, folders := f.named(before)
		r.Observe(sharesNamed, strings.Join(shares, "\n"))
		r.Observe(foldersNamed, strings.Join(folders, "\n"))
		r.Observe(lastCopied, ls.LastCopiedFile)
		r.Observe(lastRestored, ls.LastRestoredFile)
		r.Observe("redo LSN", before.Database.RedoLSN.String())
		return do(ctx, r)
	}
	return a
}

func (f *failover) sysadmin(facts status.Facts) engine.Gate {
	seen := "the login is sysadmin"
	if !facts.Sysadmin {
		seen = "the login is not sysadmin"
	}
	return engine.Gate{
		Name: "rights on " + f.secondary.Address(), Holds: facts.Sysadmin, Seen: seen,
		Want: "sysadmin: log shipping, RESTORE and KILL need it", Do: "give the console's login the server role sysadmin",
	}
}
