package failover

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/procedures"
	"pchatops/ops/site"
)

// installMirror is F6: the new primary gets the mirror that waits for it in
// data centre 2, which is not the mirror of the old primary.
func (f *failover) installMirror() engine.Step {
	title, touches := "Mirror the new primary", []string{f.secondary.Address()}
	if m, ok := f.Site.Instance(site.SecondaryMirror); ok {
		title, touches = "Mirror to "+m.Address(), append(touches, m.Address())
	}
	return engine.Step{
		ID: "F6", Title: title, Source: document + "6", Risk: engine.RoleChange, Deferrable: true, After: "F5", Alone: true,
		Why:     "Until it has a mirror, the new primary is the only copy. Install-CsMirrorDatabase backs it up to the share and restores it on the mirror; that can take 30 minutes and more.",
		Touches: touches,
		Plan:    f.planMirror, Verify: f.verifyMirror,
	}
}

const noMirror = "the site file names no secondary mirror"

// planMirror decides from what the two SQL Servers say. What one of them does
// not say is no reason to drop anything: then there is no plan.
func (f *failover) planMirror(ctx context.Context) (*engine.Plan, error) {
	m, ok := f.Site.Instance(site.SecondaryMirror)
	if !ok {
		return &engine.Plan{Skip: noMirror}, nil
	}
	p, err := f.partners(ctx, m)
	switch {
	case err != nil:
		return nil, err
	case p.here.Database.Hidden():
		return f.without(ctx, p.here), nil
	case p.flowing():
		return &engine.Plan{Already: p.says()}, nil
	case p.taken():
		return &engine.Plan{Gates: []engine.Gate{p.free()}}, nil
	}
	install := procedures.Mirroring{Pool: f.Site.Pool, Principal: f.secondary, Mirror: m, FileShare: f.Site.ShareOfMirrors(), Effect: func(ctx context.Context) (bool, string, error) {
		p, err := f.partners(ctx, m)
		return p.flowing(), p.says(), err
	}}
	if w, ok := f.Site.Instance(site.SecondaryWitness); ok {
		install.Witness = &w
	}
	plan := &engine.Plan{
		Gates: append([]engine.Gate{f.databaseOnline(ctx), f.fullRecovery(ctx), p.open()}, f.Stores(ctx, site.SecondaryMirror)...),
		Notes: []string{"can take 30 minutes and more; the job goes on when the connection is lost", mgccomp}, Confirm: f.Confirm(m.Address()), Total: 1,
	}
	before, underway := nothingThere, ""
	if p.there.Database.Exists {
		underway, err = f.mirroringGoesOn(ctx, install)
		switch {
		case err != nil:
			return nil, err
		case underway != "":
			plan.Notes = append(plan.Notes, fmt.Sprintf("the mirror is being made already: running the step follows it, and what is on %s is its work; %s", m.Address(), underway))
		case f.halfMade(p) != "":
			install.DropExisting = true
			plan.Notes = append(plan.Notes, p.leftover()+": a copy of the new primary that this step has begun and not finished, "+f.halfMade(p)+"; it is made anew")
		default:
			install.DropExisting, before = true, p.state()
			plan.Gates = append(plan.Gates, p.clean())
			plan.Lost = []string{procedures.Dropped(f.db, m.Address(), p.state())}
			plan.Loss = fmt.Sprintf("the database %s on %s is dropped: %s%s", f.db, m.Address(), p.leftover(), p.mayBeNewer("; "))
		}
	}
	if underway == "" {
		plan.Gates, plan.Actions = append(plan.Gates, f.ready(ctx)...), f.trial()
	}
	plan.Actions = append(plan.Actions, recording(f.Shell.InstallMirror(install), before))
	plan.Total = len(plan.Actions)
	return plan, nil
}

const (
	// mirrorBefore is the fact that says what of somebody else's lay on the mirror
	// when F6 began.
	mirrorBefore = "on the mirror before"
	nothingThere = "nothing"
)

// recording has an action put on record what it finds on the mirror before it begins.
func recording(a engine.Action, before string) engine.Action {
	do := a.Do
	a.Do = func(ctx context.Context, r engine.Reporter) error {
		if err := r.Keep(engine.Fact{Name: mirrorBefore, Value: before}); err != nil {
			return err
		}
		return do(ctx, r)
	}
	return a
}

// halfMade says how it is known that what lies on the mirror is a copy of the new
// primary that F6 has begun and not finished; "": it may be somebody's. Nobody can use
// such a copy, and the new primary has all that is in it. Where a server does not tell
// the recovery fork, as of a RESTORE that was cut off, the record tells: whatever stands
// there now was not there when F6 began.
func (f *failover) halfMade(p partners) string {
	if !p.unused() || f.Recall(engine.Begun("F6")) == "" {
		return ""
	}
	there, here := p.there.Database, cmp.Or(p.here.Database.Fork, f.Recall(recoveredFork))
	switch fork, before := cmp.Or(there.RedoFork, there.Fork), f.Recall(mirrorBefore); {
	case fork != "" && here != "":
		if strings.EqualFold(fork, here) {
			return "on its recovery fork"
		}
	case before != "" && before != p.state():
		return "as the record says: when it began, there was " + before + " of the name, and the recovery fork is not told"
	}
	return ""
}

// mirroringGoesOn asks whether the mirror is being made at this moment, by
// whichever console, and says where: the database on its way to the mirror is no
// leftover.
func (f *failover) mirroringGoesOn(ctx context.Context, m procedures.Mirroring) (where string, err error) {
	a := f.Shell.InstallMirror(m)
	if a.Settle == nil {
		return "", nil
	}
	_, err = a.Settle(ctx)
	if !errors.Is(err, engine.ErrUnderway) {
		return "", err
	}
	where = err.Error()
	if f, ok := errors.AsType[*fault.Error](err); ok {
		where = f.Text + " on " + f.Target
	}
	return where, nil
}

func (f *failover) fullRecovery(ctx context.Context) engine.Gate {
	g := engine.Gate{Name: "recovery model", Want: "FULL", Do: "ALTER DATABASE " + f.db + " SET RECOVERY FULL, then a full backup"}
	facts, err := f.facts(ctx)
	if err != nil {
		g.Seen = err.Error()
		return g
	}
	g.Seen, g.Holds = facts.Database.Recovery, facts.Database.Recovery == "FULL"
	return g
}

// verifyMirror proves the mirroring by the two SQL Servers. What the Management
// Shell says of it is told beside that, and decides nothing.
func (f *failover) verifyMirror(ctx context.Context) (*engine.Proof, error) {
	m, ok := f.Site.Instance(site.SecondaryMirror)
	if !ok {
		return &engine.Proof{Says: noMirror}, nil
	}
	p, err := f.partners(ctx, m)
	if err != nil {
		return nil, err
	}
	if p.here.Database.Hidden() {
		_, _, err := f.unshown(ctx, p.here)
		return nil, err
	}
	live, unread := f.rivals(ctx)
	return &engine.Proof{Holds: p.flowing(), Says: p.says(), Rivals: live, Unread: unread, Facts: []engine.Fact{
		{Name: "principal", Value: mirroring(p.here.Mirroring)},
		{Name: "mirror", Value: mirroring(p.there.Mirroring)},
		{Name: "Get-CsDatabaseMirrorState", Value: f.shellSays(ctx)},
	}}, nil
}
