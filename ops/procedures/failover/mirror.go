package failover

import (
	"context"
	"fmt"
	"strings"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/procedures"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// installMirror is F6: the new primary gets the mirror that waits for it in
// data centre 2, which is not the mirror of the old primary.
func (f *failover) installMirror() engine.Step {
	title, touches := "Mirror the new primary", []string{f.secondary.Address()}
	if m, ok := f.Site.Instance(site.SecondaryMirror); ok {
		title, touches = "Mirror to "+m.Address(), append(touches, m.Address())
	}
	return engine.Step{
		ID: "F6", Title: title, Source: document + "6", Risk: engine.RoleChange, Deferrable: true,
		Why:     "Until it has a mirror, the new primary is the only copy. Install-CsMirrorDatabase backs it up to the share and restores it on the mirror; that can take 30 minutes and more.",
		Touches: touches,
		Plan:    f.planMirror, Verify: f.verifyMirror,
	}
}

const noMirror = "the site file names no secondary mirror"

func (f *failover) planMirror(ctx context.Context) (*engine.Plan, error) {
	m, ok := f.Site.Instance(site.SecondaryMirror)
	if !ok {
		return &engine.Plan{Skip: noMirror}, nil
	}
	proof, err := f.verifyMirror(ctx)
	if err == nil && proof.Holds {
		return &engine.Plan{Already: proof.Says}, nil
	}
	there, err := f.SQL[site.SecondaryMirror].Facts(ctx)
	if err != nil {
		return nil, err
	}
	p := &engine.Plan{
		Gates: []engine.Gate{f.databaseOnline(ctx), f.fullRecovery(ctx)},
		Notes: []string{"can take 30 minutes and more; the job goes on when the connection is lost", mgccomp}, Confirm: m.Address(), Total: 1,
	}
	install := procedures.Mirroring{
		Pool: f.Site.Pool, Principal: f.secondary, Mirror: m, FileShare: f.Site.BackupShare, DropExisting: there.Database.Exists,
	}
	if w, ok := f.Site.Instance(site.SecondaryWitness); ok {
		install.Witness = &w
	}
	if install.DropExisting {
		p.Notes = append(p.Notes, fmt.Sprintf("%s exists on %s (%s) and is dropped there", f.db, m.Address(), there.Database.State))
		if there.Database.Online() {
			p.Loss = fmt.Sprintf("the online database %s on %s is dropped", f.db, m.Address())
		}
	}
	p.Actions = []engine.Action{f.Shell.InstallMirror(install)}
	return p, nil
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

// verifyMirror asks both sides: the Management Shell and the two instances.
func (f *failover) verifyMirror(ctx context.Context) (*engine.Proof, error) {
	if _, ok := f.Site.Instance(site.SecondaryMirror); !ok {
		return &engine.Proof{Says: noMirror}, nil
	}
	principal, err := f.facts(ctx)
	if err != nil {
		return nil, err
	}
	mirror, err := f.SQL[site.SecondaryMirror].Facts(ctx)
	if err != nil {
		return nil, err
	}
	sides, err := f.Shell.MirrorState(ctx)
	if err != nil && fault.ClassOf(err) != fault.Cmdlet {
		return nil, err
	}
	p := &engine.Proof{Facts: []engine.Fact{
		{Name: "principal", Value: mirroring(principal.Mirroring)},
		{Name: "mirror", Value: mirroring(mirror.Mirroring)},
		{Name: "Get-CsDatabaseMirrorState", Value: shellSays(sides, f.db)},
	}}
	sql := principal.Mirroring.Configured && principal.Mirroring.Role == "PRINCIPAL" && mirror.Mirroring.Configured && mirror.Mirroring.Role == "MIRROR"
	flowing := synchronizes(principal.Mirroring.State)
	p.Holds = sql && flowing && shellAgrees(sides, f.db)
	p.Says = fmt.Sprintf("sys.database_mirroring: %s and %s; Management Shell: %s", p.Facts[0].Value, p.Facts[1].Value, p.Facts[2].Value)
	return p, nil
}

func mirroring(m status.Mirroring) string {
	if !m.Configured {
		return "not mirrored"
	}
	return m.Role + " " + m.State
}

func synchronizes(state string) bool { return state == "SYNCHRONIZED" || state == "SYNCHRONIZING" }

// shellAgrees wants one principal and one mirror. Which of them the cmdlet
// calls primary after a failover is not documented, so both orders count.
func shellAgrees(sides []status.MirrorSide, db string) bool {
	for _, s := range sides {
		if strings.EqualFold(s.Database, db) {
			a, b := strings.ToLower(s.StateOnPrimary), strings.ToLower(s.StateOnMirror)
			return a == "principal" && b == "mirror" || a == "mirror" && b == "principal"
		}
	}
	return false
}

func shellSays(sides []status.MirrorSide, db string) string {
	for _, s := range sides {
		if strings.EqualFold(s.Database, db) {
			return fmt.Sprintf("%s / %s, %s / %s", s.StateOnPrimary, s.StateOnMirror, s.StatusOnPrimary, s.StatusOnMirror)
		}
	}
	return "no row for " + db
}
