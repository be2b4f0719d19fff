package failover

import (
	"context"
	"fmt"
	"io"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/status"
)

// mostKills bounds one run of F4a: a service that comes back faster than this
// has to be stopped, not killed.
const mostKills = 500

// endSessions is F4a: whoever is connected to the database is disconnected.
func (f *failover) endSessions() engine.Step {
	return engine.Step{
		ID: "F4a", Title: "End connections", Source: document + "4a", Risk: engine.Reversible, Fleeting: true,
		Why:     "A database that somebody uses cannot be recovered (error 3101).",
		Touches: []string{f.secondary.Address()},
		Plan:    f.planSessions,
		Verify: func(ctx context.Context) (*engine.Proof, error) {
			facts, err := f.facts(ctx)
			if err != nil {
				return nil, err
			}
			if facts.Database.Online() {
				return &engine.Proof{Holds: true, Says: f.onlineNow()}, nil
			}
			if p, shown, err := f.unshown(ctx, facts); !shown {
				return p, err
			}
			left, err := f.sessions(ctx)
			if err != nil {
				return nil, err
			}
			return &engine.Proof{Holds: len(left) == 0, Says: plural(len(left), "session") + " in " + f.db}, nil
		},
	}
}

func (f *failover) planSessions(ctx context.Context) (*engine.Plan, error) {
	facts, err := f.facts(ctx)
	if err != nil {
		return nil, err
	}
	if facts.Database.Online() {
		return &engine.Plan{Already: fmt.Sprintf("%s is online: the connections to it are the chat service's own", f.db)}, nil
	}
	if p := f.without(ctx, facts); p != nil {
		return p, nil
	}
	sessions, err := f.sessions(ctx)
	if err != nil {
		return nil, err
	}
	if len(sessions) == 0 {
		return &engine.Plan{Already: "nobody is connected to " + f.db}, nil
	}
	first, ahead := f.newerHere(ctx, facts)
	p := &engine.Plan{Gates: []engine.Gate{f.noLivePrimary(first, "end sessions though %s may live"), f.sysadmin(facts)}, Total: len(sessions)}
	p.Gates = append(p.Gates, f.aheadOnly(ahead)...)
	ended := map[status.Session]bool{}
	for _, s := range sessions {
		ended[s] = true
		p.Actions = append(p.Actions, f.sql.EndSession(s))
		p.Notes = append(p.Notes, fmt.Sprintf("session %d: %s from %s, %s", s.ID, s.Login, s.Host, s.Program))
	}
	p.More = func(ctx context.Context) (*engine.Action, error) { return f.newcomer(ctx, ended) }
	return p, nil
}

// newcomer finds a session that appeared after the plan was made.
func (f *failover) newcomer(ctx context.Context, ended map[status.Session]bool) (*engine.Action, error) {
	sessions, err := f.sessions(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range sessions {
		if ended[s] {
			continue // being rolled back
		}
		if len(ended) >= mostKills {
			return nil, &fault.Error{
				Class: fault.InUse, Tried: "end the connections to " + f.db, Target: f.secondary.Address(),
				Text: fmt.Sprintf("%s from %s (%s) comes back after %s", s.Login, s.Host, s.Program, plural(mostKills, "kill")),
				Do:   "stop that program on " + s.Host + ", then run the step again",
			}
		}
		ended[s] = true
		a := f.sql.EndSession(s)
		return &a, nil
	}
	return nil, io.EOF
}

// sessions lists who holds the database: never the console, never the system.
func (f *failover) sessions(ctx context.Context) ([]status.Session, error) {
	all, err := f.sql.Sessions(ctx, f.db)
	if err != nil {
		return nil, err
	}
	var out []status.Session
	for _, s := range all {
		if !s.Own && !s.System {
			s.Status = "" // sleeping or running: the same session
			out = append(out, s)
		}
	}
	return out, nil
}
