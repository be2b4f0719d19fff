package shipmirror

import (
	"context"
	"crypto/sha256"
	"fmt"

	"pchatops/ops/chain"
	"pchatops/ops/engine"
	"pchatops/ops/procedures"
	"pchatops/ops/status"
)

// proveMirror shows, while the mirror is principal, that one of its backups
// reaches the secondary, and that the secondary was not changed for it (M21).
func (m *shipMirror) proveMirror() engine.Step {
	return m.proof(proving{
		id: "M21", title: "Ship one backup from the mirror", number: "21", from: m.mirror,
		facts: func(e ends) status.Facts { return e.mirror },
		done:  m.shippedFromMirror,
	})
}

// provePrimary shows after the way back that shipping goes on from the primary.
func (m *shipMirror) provePrimary() engine.Step {
	return m.proof(proving{
		id: "M22b", title: "Ship one backup from the primary", number: "22", from: m.primary,
		facts: func(e ends) status.Facts { return e.primary },
		done:  m.shippedFromPrimary,
	})
}

// proving is one backup on its way from one of the partners.
type proving struct {
	id, title, number string
	from              server
	facts             func(ends) status.Facts
	done              func(ends) (bool, string)
}

func (m *shipMirror) proof(p proving) engine.Step {
	return engine.Step{
		ID: p.id, Title: p.title, Source: document + p.number, Risk: engine.Reversible,
		Why:     "A backup job on a server that is no principal reports success and writes nothing. One backup is taken on " + p.from.label + ", copied and restored.",
		Touches: []string{m.secondary.label},
		Plan:    func(ctx context.Context) (*engine.Plan, error) { return m.planProof(ctx, p) },
		Verify: func(ctx context.Context) (*engine.Proof, error) {
			e, err := m.read(ctx)
			if err != nil {
				return nil, err
			}
			return m.proven(e, p), nil
		},
	}
}

func (m *shipMirror) planProof(ctx context.Context, p proving) (*engine.Plan, error) {
	e, err := m.read(ctx)
	if err != nil {
		return nil, err
	}
	if proof := m.proven(e, p); proof.Holds {
		return &engine.Plan{Already: proof.Says}, nil
	}
	from := p.facts(e)
	plan := &engine.Plan{
		Gates: []engine.Gate{m.synchronised(p.from, from, e), procedures.AgentRuns(p.from.label, from), procedures.AgentRuns(m.secondary.label, e.secondary), m.shipped(e), m.unchanged(e)},
		Notes: []string{m.where(e)},
	}
	ls := e.secondary.Secondary
	if from.Primary == nil {
		plan.Gates = append(plan.Gates, engine.Gate{
			Name: "log shipping of " + p.from.label, Seen: "not configured", Want: "configured as on " + m.primary.label, Do: "run M4-M20 first",
		})
	}
	if e.primary.Primary == nil || ls == nil {
		return plan, nil // there is no job to run, and a gate that says so
	}
	job, last := e.primary.Primary.BackupJob.Name, ""
	if from.Primary != nil {
		job, last = from.Primary.BackupJob.Name, from.Primary.LastBackupFile
	}
	b := &backup{from: p.from, to: m.secondary, file: last}
	plan.Actions = []engine.Action{
		p.from.RunJob(job, b.written), m.secondary.RunJob(ls.CopyJob.Name, nil), m.secondary.RunJob(ls.RestoreJob.Name, b.restored),
	}
	plan.Total = len(plan.Actions)
	return plan, nil
}

// proven is the proof that the backup arrived and the secondary is as it was.
func (m *shipMirror) proven(e ends, p proving) *engine.Proof {
	ok, says := p.done(e)
	out := &engine.Proof{Holds: ok, Says: says}
	if g := m.unchanged(e); !g.Holds {
		out.Holds, out.Says = false, g.Seen
	}
	if ls := e.secondary.Secondary; ls != nil {
		out.Facts = append(out.Facts, engine.Fact{Name: "restored", Value: chain.Base(ls.LastRestoredFile)}, engine.Fact{Name: "configuration of the secondary now, SHA-256", Value: fingerprint(ls)})
	}
	if from := p.facts(e).Primary; from != nil {
		out.Facts = append(out.Facts, engine.Fact{Name: "backup of " + p.from.label, Value: chain.Base(from.LastBackupFile)})
	}
	return out
}

// complete reports whether nothing is left to do on the mirror.
func (m *shipMirror) complete(e ends) bool {
	ok, _ := m.shippedFromMirror(e)
	return ok && m.configured(e)
}

// shippedFromMirror: a backup that the mirror wrote was restored. That is its
// newest one, or one that is newer than all of the primary's.
func (m *shipMirror) shippedFromMirror(e ends) (bool, string) {
	p, mirror, ls := e.primary.Primary, e.mirror.Primary, e.secondary.Secondary
	switch {
	case p == nil || mirror == nil || ls == nil:
		return false, "log shipping is not configured on all three servers"
	case mirror.LastBackupFile == "":
		return false, m.mirror.label + " has taken no log backup yet"
	case ls.LastRestoredFile == "":
		return false, m.secondary.label + " has restored no log backup yet"
	case chain.Before(ls.LastRestoredFile, mirror.LastBackupFile) && !chain.Before(p.LastBackupFile, ls.LastRestoredFile):
		return false, fmt.Sprintf("%s of %s is not restored yet", chain.Base(mirror.LastBackupFile), m.mirror.label)
	}
	return true, fmt.Sprintf("the log of %s reached %s: its last backup is %s, restored is %s",
		m.mirror.label, m.secondary.label, chain.Base(mirror.LastBackupFile), chain.Base(ls.LastRestoredFile))
}

// shippedFromPrimary: after the mirror, a backup that the primary wrote was
// restored. Whatever is newer than the mirror's last one is the primary's.
func (m *shipMirror) shippedFromPrimary(e ends) (bool, string) {
	if ok, says := m.shippedFromMirror(e); !ok {
		return false, says
	}
	restored, last := e.secondary.Secondary.LastRestoredFile, e.mirror.Primary.LastBackupFile
	if !chain.Before(last, restored) {
		return false, fmt.Sprintf("nothing of %s has been restored since %s of %s", m.primary.label, chain.Base(last), m.mirror.label)
	}
	return true, fmt.Sprintf("%s of %s was restored by %s", chain.Base(restored), m.primary.label, m.secondary.label)
}

// unchanged is the gate that nobody changed the secondary's configuration since
// the chat was moved.
func (m *shipMirror) unchanged(e ends) engine.Gate {
	was, is := m.Recall(secondaryBefore), fingerprint(e.secondary.Secondary)
	g := engine.Gate{
		Name: "configuration of " + m.secondary.label, Holds: was == "" || was == is, Seen: "as it was before M1", Want: "as it was before M1",
		Do: "see who changed it (verify ship-primary compares it with the site file)",
	}
	if !g.Holds {
		g.Seen = "the configuration of " + m.secondary.label + " has changed since M1"
	}
	return g
}

// fingerprint is short enough for the journal and changes with any setting.
func fingerprint(ls *status.ShippingSecondary) string {
	if ls == nil {
		return "none"
	}
	return fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(nil, "%+v", ls.Settings(""))))
}
