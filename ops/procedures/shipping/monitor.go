package shipping

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

// monitorOf is the monitor server, where the site file says how it is reached.
func (s *shipping) monitorOf() (server, bool) {
	in, ok := s.Site.Instance(site.Monitor)
	if !ok || s.SQL[site.Monitor] == nil {
		return server{}, false
	}
	return server{label: in.Address(), Instance: s.SQL[site.Monitor], ShippingServer: s.Shipping[site.Monitor]}, true
}

// watch is what a monitor server has of a configuration, and should have.
type watch struct {
	monitor      status.Facts
	should       []status.Watched // what primary, secondary and mirror are configured with
	unconfigured []string         // which of them is not yet
}

// configureMonitor is the part of Management Studio's script for the monitor.
func (s *shipping) configureMonitor(m server) engine.Step {
	return engine.Step{
		ID: "P19m", Title: "Complete the monitor server", Source: "SQL Server: Configure log shipping, monitor server", Risk: engine.Reversible,
		Why:     "The console tells the monitor server what it is to watch, as Management Studio does: primary and secondary would need a way there, and rights, for whoever configures them. Its alert job is made here, too, which no other server has then.",
		Touches: []string{m.label},
		Plan: func(ctx context.Context) (*engine.Plan, error) {
			w, err := s.watched(ctx, m)
			if err != nil {
				return nil, err
			}
			wrong := w.drift()
			if len(wrong) == 0 {
				return &engine.Plan{Already: m.label + " watches both"}, nil
			}
			return &engine.Plan{
				Gates: s.monitorGates(m, w), Notes: wrong, Total: 1,
				Actions: []engine.Action{m.ConfigureMonitor(w.monitor.Watch.Missing(w.should))},
			}, nil
		},
		Verify: func(ctx context.Context) (*engine.Proof, error) {
			w, err := s.watched(ctx, m)
			if err != nil {
				return nil, err
			}
			wrong := w.drift()
			p := &engine.Proof{Holds: len(wrong) == 0, Says: m.label + " watches both and raises the alerts"}
			if !p.Holds {
				p.Says = fault.Said(wrong...)
			}
			return p, nil
		},
	}
}

func (s *shipping) watched(ctx context.Context, m server) (watch, error) {
	var w watch
	var e ends
	g, both := fault.Together(ctx, "read the servers")
	g.Go(func() (err error) { w.monitor, err = watching(both, m); return err })
	g.Go(func() (err error) { e, err = s.read(both); return err })
	if err := g.Wait(); err != nil {
		return w, err
	}
	if p := e.primary.Primary; p != nil {
		w.should = append(w.should, p.Watched(e.primary.ServerName, s.db))
	} else {
		w.unconfigured = append(w.unconfigured, s.primary.label+" is not configured yet")
	}
	if ls := e.secondary.Secondary; ls != nil {
		w.should = append(w.should, ls.Watched(e.secondary.ServerName, s.db))
	} else {
		w.unconfigured = append(w.unconfigured, s.secondary.label+" is not configured yet")
	}
	for _, mirror := range s.senders()[1:] { // one that does not tell is told of by the next look at the site
		f, err := procedures.Shipping(ctx, mirror.label, mirror.Facts)
		if err == nil && f.Primary != nil && strings.EqualFold(f.Primary.Monitor, w.monitor.ServerName) {
			w.should = append(w.should, f.Primary.Watched(f.ServerName, s.db))
		}
	}
	return w, nil
}

// watching reads a monitor server that tells what it watches.
func watching(ctx context.Context, m server) (status.Facts, error) {
	f, err := m.Facts(ctx)
	if err == nil && f.Watch == nil {
		err = &fault.Error{
			Class: fault.Permission, Tried: "read the monitor tables", Target: m.label, Text: fault.Said(f.Unread...),
			Do: "give the console's login the server role sysadmin on the monitor server",
		}
	}
	return f, err
}

// drift says what the monitor server lacks.
func (w *watch) drift() []string {
	return append(w.unconfigured, w.monitor.Watch.Lacks(w.should)...)
}

func (s *shipping) monitorGates(m server, w watch) []engine.Gate {
	name := engine.Gate{
		Name: "name of the monitor server", Holds: strings.EqualFold(w.monitor.ServerName, s.Site.Shipping.Monitor), Seen: w.monitor.ServerName,
		Want: s.Site.Shipping.Monitor, Do: "give log_shipping.monitor the name by which that server knows itself: primary and secondary connect to it by that name",
	}
	both := engine.Gate{
		Name: "configured", Holds: len(w.unconfigured) == 0, Seen: orNone(fault.Said(w.unconfigured...)),
		Want: "primary and secondary configured", Do: "run P1-P9 and P10-P19 first",
	}
	return []engine.Gate{name, both, procedures.AgentRuns(m.label, w.monitor), procedures.Sysadmin(m.label, w.monitor)}
}

// clearMonitor is U4. The servers took their rows away when they were removed,
// unless the monitor server did not answer then.
func (s *shipping) clearMonitor(m server) engine.Step {
	gone := m.label + " watches nothing of " + s.db
	left := func(ctx context.Context) ([]status.Watched, error) {
		f, err := watching(ctx, m)
		if err != nil || len(f.Watch.Rows) == 0 {
			return nil, err
		}
		names, err := s.names(ctx, append(s.senders(), s.secondary)...)
		return ours(f.Watch.Rows, names), err
	}
	return engine.Step{
		ID: "U4", Title: "Clear the monitor server", Source: "SQL Server: Remove log shipping", Risk: engine.Reversible,
		Why: "Each server took its row away from the monitor server when it was removed. What is left watches nothing and would raise 14420 and 14421 for ever; the alert job goes with the last row.",
		Plan: func(ctx context.Context) (*engine.Plan, error) {
			rows, err := left(ctx)
			if err != nil || len(rows) == 0 {
				return &engine.Plan{Already: gone}, err
			}
			return &engine.Plan{Actions: []engine.Action{m.ForgetMonitor(rows)}, Total: 1}, nil
		},
		Verify: func(ctx context.Context) (*engine.Proof, error) {
			rows, err := left(ctx)
			p := &engine.Proof{Holds: len(rows) == 0, Says: gone}
			for _, r := range rows {
				p.Says = fmt.Sprintf("%s still watches %s.%s", m.label, r.Server, r.Database)
			}
			return p, err
		},
	}
}

// ours are the rows of this site: another database of that name on other
// servers is none of it.
func ours(rows []status.Watched, names map[string]bool) []status.Watched {
	var out []status.Watched
	for _, r := range rows {
		if names[strings.ToLower(r.Server)] || names[strings.ToLower(r.PrimaryServer)] {
			out = append(out, r)
		}
	}
	return out
}
