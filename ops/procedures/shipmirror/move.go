package shipmirror

import (
	"context"
	"fmt"
	"time"

	"pchatops/ops/await"
	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/pause"
	"pchatops/ops/procedures"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

const (
	// away is the fact that this incident found or brought the chat on the
	// mirror, so that being back on the primary is something to prove.
	away = "the chat was on the mirror"
	// secondaryBefore tells a later step whether the secondary was changed.
	secondaryBefore = "configuration of the secondary, SHA-256"
)

// patience is how long the partners may take to synchronise after a change of
// roles.
const patience = 3 * time.Minute

// failOver is M1: only the principal can be made a log shipping primary.
func (m *shipMirror) failOver() engine.Step {
	return engine.Step{
		ID: "M1", Title: "Fail over to the mirror", Source: document + "1", Risk: engine.RoleChange, Alone: true,
		Why:     "Log shipping can be set up on the principal only, so the mirror has to be it for a while. The chat servers lose their connections for some seconds; nothing is lost.",
		Touches: []string{m.primary.label, m.mirror.label},
		Undoes:  []string{"M22", "M22b"},
		Plan:    m.planFailOver,
		Verify: func(ctx context.Context) (*engine.Proof, error) {
			e, err := m.read(ctx)
			if err != nil {
				return nil, err
			}
			if m.complete(e) {
				return &engine.Proof{Holds: true, Says: m.shipsAlready()}, nil
			}
			return &engine.Proof{Holds: settled(e.mirror), Says: stands(m.mirror, e.mirror)}, nil
		},
	}
}

func (m *shipMirror) shipsAlready() string {
	return m.mirror.label + " is configured as the primary is, and has shipped its log: it need not be principal again"
}

// planFailOver also lets everything be opened that this step and the next ones
// act over.
func (m *shipMirror) planFailOver(ctx context.Context) (*engine.Plan, error) {
	m.shell.Ready(ctx)
	for _, s := range []server{m.primary, m.mirror, m.secondary} {
		s.Ready(ctx)
	}
	e, seen, err := m.survey(ctx)
	switch {
	case err != nil:
		return nil, err
	case m.complete(e):
		return &engine.Plan{Already: m.shipsAlready()}, nil
	case settled(e.mirror):
		return &engine.Plan{Already: stands(m.mirror, e.mirror)}, nil
	case principal(e.mirror):
		return &engine.Plan{Gates: []engine.Gate{m.synchronised(m.mirror, e.mirror, e)}}, nil
	}
	p := &engine.Plan{
		Gates: append([]engine.Gate{
			m.synchronised(m.primary, e.primary, e), m.carried(e), m.shipped(e), procedures.Sysadmin(m.primary.label, e.primary), procedures.Sysadmin(m.secondary.label, e.secondary),
		}, append(m.checks(e, seen), m.stores(ctx)...)...),
		Notes:   []string{m.elsewhere(e, "the chat servers lose their connections and find the mirror by themselves"), "mgccomp stays where it is: only the chat database is failed over"},
		Confirm: m.Confirm(m.mirror.label), Total: 1,
	}
	if e.primary.Mirroring.Witness == "" {
		p.Notes = append(p.Notes, "there is no witness: while the chat runs on the mirror nothing fails over by itself")
	}
	p.Actions = []engine.Action{m.moving("Mirror", m.mirror, e.mirror.Mirroring, e)}
	return p, nil
}

// failBack is M22. It can be taken whatever became of the steps before it.
func (m *shipMirror) failBack() engine.Step {
	return engine.Step{
		ID: "M22", Title: "Fail back to the primary", Source: document + "22", Risk: engine.RoleChange, WayBack: true, Alone: true,
		Why:     "The chat belongs on the primary; the mirror ships its log whenever it takes over. This is also the way back at any point after M1.",
		Touches: []string{m.primary.label, m.mirror.label},
		Undoes:  []string{"M1", "M2-M3"},
		Plan:    m.planFailBack,
		Verify: func(ctx context.Context) (*engine.Proof, error) {
			e, err := m.read(ctx)
			if err != nil {
				return nil, err
			}
			return &engine.Proof{Holds: settled(e.primary) && (m.complete(e) || m.Recall(away) != ""), Says: stands(m.primary, e.primary)}, nil
		},
	}
}

func (m *shipMirror) planFailBack(ctx context.Context) (*engine.Plan, error) {
	m.shell.Ready(ctx)
	e, err := m.read(ctx)
	if err != nil {
		return nil, err
	}
	back := m.complete(e) || m.Recall(away) != ""
	switch {
	case settled(e.primary) && back:
		return &engine.Plan{Already: stands(m.primary, e.primary)}, nil
	case principal(e.primary) && back:
		return &engine.Plan{Gates: []engine.Gate{m.synchronised(m.primary, e.primary, e)}}, nil
	}
	p := &engine.Plan{
		Gates: append([]engine.Gate{m.synchronised(m.mirror, e.mirror, e)}, m.stores(ctx)...), Confirm: m.Confirm(m.primary.label), Total: 1,
		Notes:   []string{m.elsewhere(e, "the chat servers lose their connections for some seconds")},
		Actions: []engine.Action{m.moving("Primary", m.primary, e.primary.Mirroring, e)},
	}
	switch {
	case principal(e.primary):
		p.Gates = []engine.Gate{{
			Name: "the chat is away", Seen: stands(m.primary, e.primary), Want: "the chat runs on " + m.mirror.label, Do: m.elsewhere(e, "do nothing: the chat is where M22 brings it"),
		}}
	case e.secondary.Database.Online():
		p.Gates = append(p.Gates, engine.Gate{
			Name: "no failover", Seen: fmt.Sprintf("%s is ONLINE on %s", m.db, m.secondary.label), Want: m.db + " waits for log there", Do: "leave it as it is: " + m.where(e),
		})
	case !m.complete(e):
		p.Notes = append(p.Notes, m.mirror.label+" is not set up completely: after another failover to it the log may not be shipped until M1 to M21 are run again")
	}
	return p, nil
}

// stores are the gates of both ways, and of the check where M1 finds the chat on the
// mirror: the cmdlet moves the chat to what the topology calls Primary or Mirror, and
// each way is for the other one to come back by.
func (m *shipMirror) stores(ctx context.Context) []engine.Gate {
	return m.Stores(ctx, site.Primary, site.Mirror)
}

// moving changes the roles and waits for what comes of that.
func (m *shipMirror) moving(newPrincipal string, to server, was status.Mirroring, e ends) engine.Action {
	a := m.shell.FailoverDatabase(newPrincipal, func(ctx context.Context) (bool, string, error) {
		f, err := to.Facts(ctx)
		return settled(f), stands(to, f), err
	})
	do, settle := a.Do, a.Settle
	a.Settle = func(ctx context.Context) (bool, error) {
		_, err := settle(ctx) // whether the cmdlet still runs; the roles themselves tell whether it took effect
		return false, err
	}
	a.Do = func(ctx context.Context, r engine.Reporter) error {
		r.Observe(away, m.mirror.label)
		if principal(e.primary) {
			r.Observe(secondaryBefore, fingerprint(e.secondary.Secondary))
		}
		return do(ctx, r)
	}
	a.Await = func(ctx context.Context, r engine.Reporter) error { return m.await(ctx, to, was, r) }
	return a
}

// await watches until the new principal serves the chat with a partner that has caught
// up, or has given it back. was is what it was to the chat when the step was planned.
func (m *shipMirror) await(ctx context.Context, to server, was status.Mirroring, r engine.Reporter) error {
	defer await.For(ctx, to.label+" to be PRINCIPAL and SYNCHRONIZED", patience)()
	seen, still := "nobody has told how the roles stand", false
	for deadline := m.Now().Add(patience); m.Now().Before(deadline); {
		f, err := to.Facts(ctx)
		switch {
		case ctx.Err() != nil:
		case err == nil && settled(f):
			r.Log(stands(to, f))
			return nil
		case err == nil && gaveBack(was, f.Mirroring):
			r.Progress(engine.Progress{Percent: -1, Begun: true})
			return m.unsettled(fault.Mirroring, to, fmt.Sprintf("the partners have changed roles %d times since the step was planned: the chat was moved there, and somebody has moved it back; %s", f.Mirroring.Changes-was.Changes, stands(to, f)),
				"see who moved it and why; then run the step again if it is still to be moved", false)
		case err == nil:
			seen, still = stands(to, f), stayed(was, f.Mirroring)
		default:
			seen, still = err.Error(), false
		}
		r.Progress(engine.Progress{Percent: -1, Note: seen})
		if pause.For(ctx, 500*time.Millisecond) != nil {
			why := context.Cause(ctx)
			f := m.unsettled(fault.Lost, to, fault.Said("the change of roles is not watched any more: "+why.Error(), seen), "it goes on by itself; run the step again: it goes on where the world stands", still)
			f.Cause = why
			return f
		}
	}
	return m.unsettled(fault.Mirroring, to, seen, "look at the mirroring session, then verify the step; M22 is the way back", still)
}

// gaveBack reports whether a partner that was to be principal has been it and is it no
// more: one change of roles made it that, and another one was needed to end it.
func gaveBack(was, is status.Mirroring) bool {
	return is.Role == "MIRROR" && was.Session == is.Session && was.Changes >= 0 && is.Changes >= was.Changes+2
}

// stayed reports whether a partner that was to be principal is the mirror that it was,
// in step with its partner. What is not known has not stayed.
func stayed(was, is status.Mirroring) bool {
	return is.Role == "MIRROR" && is.State == "SYNCHRONIZED" && was.Session == is.Session && was.Changes >= 0 && is.Changes == was.Changes
}

// unsettled is the error of a change of roles that has not come to its end. still: the
// cmdlet moved nothing, and there is no more to come of it.
func (m *shipMirror) unsettled(class fault.Class, to server, text, do string, still bool) *fault.Error {
	if still {
		text = fault.Said(text, "the cmdlet has ended, and the partners have not changed roles since the step was planned: nothing goes on")
		do = "see which servers Get-CsService -PersistentChatServer calls primary and mirror store, and what the cmdlet logged; then run the step again"
	}
	return &fault.Error{Class: class, Tried: "wait for the change of roles", Target: to.label, Text: text, Do: do}
}
