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
		"no secondary is entered", has, func(on server) engine.Action { return on.RemovePairs(s.db) })
}

// removePrimary is U3.
func (s *shipping) removePrimary() engine.Step {
	has := func(p *status.ShippingPrimary) bool { return p != nil }
	return s.removal("U3", "Remove the primary", "The backup job goes with it. The database and the backups on the share stay; nothing takes log backups any more, so the log grows until something does.",
		"no log shipping primary", has, func(on server) engine.Action { return on.RemovePrimary(s.db) })
}

// removal is a step on every sender that still has something.
func (s *shipping) removal(id, title, why, gone string, has func(*status.ShippingPrimary) bool, act func(server) engine.Action) engine.Step {
	left := func(ctx context.Context) ([]server, error) {
		var out []server
		for _, on := range s.senders() {
			f, err := procedures.Shipping(ctx, on.label, on.Facts)
			if err != nil {
				return nil, s.withoutIt(on, err)
			}
			if has(f.Primary) {
				out = append(out, on)
			}
		}
		return out, nil
	}
	return engine.Step{
		ID: id, Title: title, Source: "SQL Server: Remove log shipping", Risk: engine.Reversible, Why: why,
		Plan: func(ctx context.Context) (*engine.Plan, error) {
			on, err := left(ctx)
			if err != nil || len(on) == 0 {
				return &engine.Plan{Already: gone}, err
			}
			p := &engine.Plan{Total: len(on)}
			for _, o := range on {
				p.Actions = append(p.Actions, act(o))
			}
			return p, nil
		},
		Verify: func(ctx context.Context) (*engine.Proof, error) {
			on, err := left(ctx)
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
			ships, err := s.secondary.ShipsInto(ctx, s.db)
			if err != nil || !ships {
				return &engine.Plan{Already: gone}, err
			}
			return &engine.Plan{Actions: []engine.Action{s.secondary.RemoveSecondary(s.db)}, Total: 1}, nil
		},
		Verify: func(ctx context.Context) (*engine.Proof, error) {
			ships, err := s.secondary.ShipsInto(ctx, s.db)
			p := &engine.Proof{Holds: !ships, Says: gone}
			if ships {
				p.Says = fmt.Sprintf("%s on %s is still a log shipping secondary", s.db, s.secondary.label)
			}
			return p, err
		},
	}
}
