package failover

import (
	"context"
	"fmt"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/status"
)

// unshown is the proof of a step that is about the database, where that shows nothing.
// One that is not there proves that the step is not done: it was dropped or renamed, or
// never there. Of one whose state hides what it holds nothing is known, and no tick is
// taken back. shown: it shows what it holds.
// A mirror shows what its principal has.
func (f *failover) unshown(ctx context.Context, facts status.Facts) (p *engine.Proof, shown bool, err error) {
	switch d := facts.Database; {
	case !d.Exists:
		return &engine.Proof{Says: f.shows(d) + ": " + f.find(d)}, false, nil
	case d.Hidden():
		return nil, false, &fault.Error{
			Class: fault.State, Tried: "see what " + f.db + " holds", Target: f.secondary.Address(), Text: f.shows(d), Do: status.Reveal(d, f.db, f.secondary.Address()),
		}
	}
	p, err = f.asMirror(ctx, facts)
	return p, p == nil && err == nil, err
}

// shows says what the database is, and what that keeps from being known.
func (f *failover) shows(d status.Database) string {
	says := fmt.Sprintf("%s on %s is %s", f.db, f.secondary.Address(), d.Word())
	if d.Hidden() {
		says += ": how far it has come, and what it holds, is not known"
	}
	return says
}

func (f *failover) reveal(d status.Database) string {
	return status.Reveal(d, f.db, f.secondary.Address()) + "; then run again"
}

// restoring is the gate that log backups can be applied.
func (f *failover) restoring(facts status.Facts) engine.Gate {
	d := facts.Database
	g := engine.Gate{Name: f.db + " takes log backups", Holds: d.Restoring(), Seen: d.State, Want: "RESTORING or STANDBY"}
	switch {
	case !d.Exists:
		g.Seen = fmt.Sprintf("%s has no database %s", f.secondary.Address(), f.db)
		if !facts.Sysadmin {
			g.Seen = fmt.Sprintf("the login sees no database %s on %s", f.db, f.secondary.Address())
		}
		g.Do = f.find(d) + "; then plan again"
	case d.Hidden():
		g.Name, g.Seen, g.Do = f.db+" tells what it holds", f.shows(d), f.reveal(d)
		g.Want = "RESTORING, STANDBY or ONLINE"
	}
	return g
}

// find says how to come by a database that is missing.
func (f *failover) find(d status.Database) string {
	recovered := f.Recall(recoveredAt) != "" || f.Recall(earlierRecovery+recoveredFork) != ""
	return status.Find(d, f.db, f.secondary.Address(), recovered)
}

// without is the plan of a step that is about a database which is not there, which
// hides what it holds, or which is a mirror; nil: it is none of these.
func (f *failover) without(ctx context.Context, facts status.Facts) *engine.Plan {
	if d := facts.Database; d.Exists && !d.Hidden() {
		return f.follows(ctx, facts)
	}
	return &engine.Plan{Gates: []engine.Gate{f.restoring(facts), f.sysadmin(facts)}}
}
