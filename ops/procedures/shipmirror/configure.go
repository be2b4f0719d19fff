package shipmirror

import (
	"context"
	"fmt"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/procedures"
	"pchatops/ops/status"
)

// check is M2, M3 and M9: the mirror is the principal and can ship its log. It
// leaves nothing behind.
func (m *shipMirror) check() engine.Step {
	gates := func(ctx context.Context) ([]engine.Gate, ends, error) {
		e, seen, err := m.survey(ctx)
		if err != nil {
			return nil, e, err
		}
		gates := m.checks(e, seen)
		if !m.complete(e) {
			gates = append([]engine.Gate{m.synchronised(m.mirror, e.mirror, e)}, gates...)
		}
		return gates, e, nil
	}
	return engine.Step{
		ID: "M2-M3", Title: "Check the mirror", Source: document + "2, 3 and 9", Risk: engine.Reversible, Trial: true,
		Why: "What ships the log is a job of SQL Server Agent on the mirror, and its service account writes the backups to the share. A small copy-only backup of model, written and deleted again, shows whether it can.",
		Plan: func(ctx context.Context) (*engine.Plan, error) {
			gates, e, err := gates(ctx)
			if err != nil {
				return nil, err
			}
			p := &engine.Plan{Gates: append(gates, m.stores(ctx)...), Notes: []string{m.where(e)}, Actions: m.trial(e)}
			p.Total = len(p.Actions)
			return p, nil
		},
		Verify: func(ctx context.Context) (*engine.Proof, error) {
			gates, e, err := gates(ctx)
			if err != nil {
				return nil, err
			}
			return procedures.ProofOf(append(gates, m.triedGate(e)), m.mirror.label+" can ship the log of "+m.db), nil
		},
	}
}

// configure is M4 to M20: the part for the primary, on the mirror. The part for
// the secondary is not run, because a secondary knows one primary only; the
// share being the same, it restores what either of them writes.
func (m *shipMirror) configure() engine.Step {
	return engine.Step{
		ID: "M4-M20", Title: "Configure the mirror as primary", Source: document + "4 to 21", Risk: engine.Reversible,
		Why:     "The same share and the same settings as the primary, read from its configuration. No initialisation, and nothing is sent to the secondary, which restores from the share whoever wrote the backup.",
		Touches: []string{m.mirror.label},
		Plan:    m.planConfigure,
		Verify: func(ctx context.Context) (*engine.Proof, error) {
			e, err := m.read(ctx)
			if err != nil {
				return nil, err
			}
			if whole := m.carried(e); !whole.Holds { // what both lack is no setting that one has from the other
				return procedures.ProofOf([]engine.Gate{whole}, ""), nil
			}
			return m.compared(e), nil
		},
	}
}

func (m *shipMirror) planConfigure(ctx context.Context) (*engine.Plan, error) {
	e, err := m.read(ctx)
	switch {
	case err != nil:
		return nil, err
	case !m.carried(e).Holds:
		return &engine.Plan{Gates: []engine.Gate{m.carried(e)}, Notes: []string{m.where(e)}}, nil
	case m.configured(e):
		return &engine.Plan{Already: m.compared(e).Says}, nil
	}
	w := m.wanted(e)
	p := &engine.Plan{
		Gates:   append([]engine.Gate{m.synchronised(m.mirror, e.mirror, e)}, m.settingGates(e)...),
		Actions: []engine.Action{m.mirror.ConfigurePrimary(w)}, Total: 1,
		Notes: []string{m.where(e), "nothing is sent to " + m.secondary.label},
	}
	if w.MonitorTold {
		p.Notes = append(p.Notes, "the monitor server "+w.Monitor+" is told of "+m.mirror.label+" by step P19m of ship-primary: run it once the chat is back on "+m.primary.label)
	}
	for _, d := range m.differences(e) {
		p.Notes = append(p.Notes, d.String())
	}
	for _, d := range w.Differ(status.WantedPrimary(m.Site, e.mirror.ServerName, w.Secondary)) {
		p.Notes = append(p.Notes, "taken from the primary, although the site file says otherwise: "+d.String())
	}
	return p, nil
}

// compared is the proof that every setting is the primary's.
func (m *shipMirror) compared(e ends) *engine.Proof {
	p := &engine.Proof{Holds: true, Says: fmt.Sprintf("%s has every log shipping setting of %s", m.mirror.label, m.primary.label)}
	var wrong []string
	for _, d := range m.differences(e) {
		wrong = append(wrong, d.String())
		p.Facts = append(p.Facts, engine.Fact{Name: d.Setting, Value: d.Have + " instead of " + d.Want})
	}
	if wrong != nil {
		p.Holds, p.Says = false, m.mirror.label+": "+fault.Said(wrong...)
	}
	return p
}
