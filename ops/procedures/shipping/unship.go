package shipping

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/procedures"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// NewUnship makes the procedure that removes log shipping, in the order that
// its documentation gives: the pairs on the primary, the secondary, the primary.
func NewUnship(e *procedures.Estate) (engine.Procedure, error) {
	s, err := open(e, "prepare the removal of log shipping")
	if err != nil {
		return engine.Procedure{}, err
	}
	steps := []engine.Step{s.removePairs(), s.removeSecondary(), s.removePrimary()}
	if m, ok := s.monitorOf(); ok {
		steps = append(steps, s.clearMonitor(m))
	}
	return engine.Procedure{
		ID: "unship", Title: "Remove log shipping", Key: "U",
		Applies: s.shipped, Steps: steps,
	}, nil
}

func (s *shipping) shipped(snap *status.Snapshot) (bool, string) {
	untold := ""
	for _, r := range []site.Role{site.Primary, site.Mirror, site.Secondary} {
		if snap.Node(r) == nil {
			continue
		}
		if why := procedures.Untold(snap, r); why != "" {
			untold = cmp.Or(untold, why)
			continue
		}
		if n := snap.Node(r); n.Facts.Primary != nil || n.Facts.Secondary != nil {
			return true, "log shipping is set up on " + n.Address
		}
	}
	if untold != "" {
		return false, "no server that tells is set up for log shipping; " + untold
	}
	return false, "no server is set up for log shipping"
}

// senders are the servers that may be log shipping primaries: the primary, and
// its mirror where there is one.
func (s *shipping) senders() []server {
	out := []server{s.primary}
	if in, ok := s.Site.Instance(site.Mirror); ok && s.SQL[site.Mirror] != nil {
		out = append(out, server{label: in.Address(), Instance: s.SQL[site.Mirror], ShippingServer: s.Shipping[site.Mirror]})
	}
	return out
}

// removePairs is U1.
func (s *shipping) removePairs() engine.Step {
	has := func(p *status.ShippingPrimary) bool { return p != nil && len(p.Secondaries) > 0 }
	return s.removal("U1", "Remove the pairs", "A primary cannot be removed while secondaries are entered for it (32011).",
		"no secondary is entered", has, func(on server, _ *status.ShippingPrimary) engine.Action { return on.RemovePairs(s.db) })
}

// removePrimary is U3.
func (s *shipping) removePrimary() engine.Step {
	has := func(p *status.ShippingPrimary) bool { return p != nil }
	return s.removal("U3", "Remove the primary", "The backup job goes with it. The database and the backups on the share stay; nothing takes log backups any more, so the log grows until something does.",
		"no log shipping primary", has, func(on server, p *status.ShippingPrimary) engine.Action {
			return on.RemovePrimary(s.db, procedures.Monitor{Name: p.Monitor})
		})
}

// removal is a step on every sender that still has something.
func (s *shipping) removal(id, title, why, gone string, has func(*status.ShippingPrimary) bool, act func(server, *status.ShippingPrimary) engine.Action) engine.Step {
	left := func(ctx context.Context) ([]server, []engine.Action, error) {
		var out []server
		var actions []engine.Action
		for _, on := range s.senders() {
			f, err := procedures.Shipping(ctx, on.label, on.Facts)
			if err != nil {
				return nil, nil, s.withoutIt(on, err)
			}
			if has(f.Primary) {
				out, actions = append(out, on), append(actions, act(on, f.Primary))
			}
		}
		return out, actions, nil
	}
	return engine.Step{
		ID: id, Title: title, Source: "SQL Server: Remove log shipping", Risk: engine.Reversible, Why: why,
		Plan: func(ctx context.Context) (*engine.Plan, error) {
			on, actions, err := left(ctx)
			if err != nil || len(on) == 0 {
				return &engine.Plan{Already: gone}, err
			}
			return &engine.Plan{Actions: actions, Total: len(on)}, nil
		},
		Verify: func(ctx context.Context) (*engine.Proof, error) {
			on, _, err := left(ctx)
			p := &engine.Proof{Holds: len(on) == 0, Says: gone}
			if !p.Holds {
				p.Says = "still there on " + labels(on)
			}
			return p, err
		},
	}
}

// withoutIt adds to the error of a sender that does not answer what there is to do
// while it stays away.
func (s *shipping) withoutIt(on server, err error) error {
	var f *fault.Error
	if !errors.As(err, &f) || !slices.Contains([]fault.Class{fault.Unreachable, fault.Timeout, fault.Lost}, f.Class) {
		return err
	}
	told := *f
	told.Do = fmt.Sprintf("%s. What is set up on %s can be removed only there: run unship again once it is back. Until then, or if it is gone for good, stop %s from restoring by hand: EXEC master.dbo.sp_delete_log_shipping_secondary_database @secondary_database = N'%s'",
		f.Do, on.label, s.secondary.label, strings.ReplaceAll(s.db, "'", "''"))
	return &told
}

func labels(servers []server) string {
	var out []string
	for _, s := range servers {
		out = append(out, s.label)
	}
	return strings.Join(out, ", ")
}

// removeSecondary is U2.
func (s *shipping) removeSecondary() engine.Step {
	gone := fmt.Sprintf("%s on %s is no log shipping secondary", s.db, s.secondary.label)
	return engine.Step{
		ID: "U2", Title: "Remove the secondary", Source: "SQL Server: Remove log shipping", Risk: engine.Reversible,
		Why:     "The copy and restore jobs go with it. The database stays RESTORING: it can be brought online, or log shipping set up again as long as the chain holds.",
		Touches: []string{s.secondary.label},
		Plan: func(ctx context.Context) (*engine.Plan, error) {
			from, err := s.into(ctx)
			if err != nil || len(from) == 0 {
				return &engine.Plan{Already: gone}, err
			}
			f, err := procedures.Shipping(ctx, s.secondary.label, s.secondary.Facts)
			if err != nil {
				return nil, err
			}
			m := procedures.Monitor{Name: s.Site.Shipping.Monitor}
			if ls := f.Secondary; ls != nil {
				m.Name = ls.Monitor
			}
			p := &engine.Plan{Total: len(from)}
			for _, primary := range from {
				p.Actions = append(p.Actions, s.secondary.RemoveSecondary(s.db, primary, m))
			}
			return p, nil
		},
		Verify: func(ctx context.Context) (*engine.Proof, error) {
			from, err := s.into(ctx)
			p := &engine.Proof{Holds: len(from) == 0, Says: gone}
			if len(from) > 0 {
				p.Says = fmt.Sprintf("%s on %s is still a log shipping secondary", s.db, s.secondary.label)
			}
			return p, err
		},
	}
}

// into gives the primaries of this site that log shipping into the secondary is entered
// for, if only half of it; "": the database itself is. What was begun from another
// primary is none of ours.
func (s *shipping) into(ctx context.Context) ([]string, error) {
	from, err := s.secondary.ShipsInto(ctx, s.db)
	if err != nil || !slices.ContainsFunc(from, func(p string) bool { return p != "" }) {
		return from, err
	}
	names, err := s.names(ctx, s.senders()...)
	return slices.DeleteFunc(from, func(p string) bool { return p != "" && !names[strings.ToLower(p)] }), err
}

// names are those by which servers are known: to themselves, which is what they write
// into each other's tables, and to the operator.
func (s *shipping) names(ctx context.Context, of ...server) (map[string]bool, error) {
	names := map[string]bool{}
	for _, on := range of {
		f, err := on.Facts(ctx)
		if err != nil {
			return nil, s.withoutIt(on, err)
		}
		names[strings.ToLower(on.label)], names[strings.ToLower(s.nameOf(on, f))] = true, true
	}
	return names, nil
}
