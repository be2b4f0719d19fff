package shipmirror

import (
	"cmp"
	"context"
	"fmt"

	"pchatops/ops/engine"
	"pchatops/ops/procedures"
)

// shareTried is the fact that a trial of the share leaves in the journal: of
// what.
const shareTried = "share tried by the mirror"

// probe is what the mirror's service account is asked to write: where the
// mirror's backups will go.
func (m *shipMirror) probe(e ends) procedures.Probe {
	p := procedures.Probe{
		Folder: m.share(e), Account: e.mirror.Engine.Account,
		Extension: procedures.ProbeExtension(m.Site.Name, m.db, m.mirror.label, m.secondary.label),
	}
	if e.primary.Primary != nil {
		p.Folder = m.wanted(e).Directory
	}
	return p
}

// trial lets the mirror write a probe and delete it again, in one request. There
// is nothing to try where it has been done in this incident, or where a backup
// of the mirror has been shipped.
func (m *shipMirror) trial(e ends) []engine.Action {
	if m.tried(e) {
		return nil
	}
	p := m.probe(e)
	a := m.mirror.WriteProbe(p, false)
	do := a.Do
	a.Do = func(ctx context.Context, r engine.Reporter) error {
		err := do(ctx, r)
		if err == nil {
			r.Observe(shareTried, of(p))
		}
		return err
	}
	return []engine.Action{a}
}

func (m *shipMirror) tried(e ends) bool {
	return m.Recall(shareTried) == of(m.probe(e)) || m.complete(e)
}

// of tells trials apart: another folder or account has to be tried anew.
func of(p procedures.Probe) string { return p.Folder + ", " + p.Account }

// triedGate is the gate of the proof; the plan carries the trial itself.
func (m *shipMirror) triedGate(e ends) engine.Gate {
	p := m.probe(e)
	g := engine.Gate{
		Name: "writing to the backup share", Holds: m.tried(e), Want: "a probe that was written and deleted", Do: "run M2-M3",
		Seen: fmt.Sprintf("%s has written to %s", cmp.Or(p.Account, "the service account of "+m.mirror.label), p.Folder),
	}
	if !g.Holds {
		g.Seen = "nobody has tried yet"
	}
	return g
}
