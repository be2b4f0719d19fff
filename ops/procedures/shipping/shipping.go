// Package shipping is procedure P, log shipping from the primary to the
// secondary, and its way back, unship. Source: "Configure high availability and
// disaster recovery for Persistent Chat Server in Skype for Business Server
// 2015", second part, steps 1 to 20.
package shipping

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/procedures"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// document names the source of every step.
const document = "Skype for Business Server 2015: Configure high availability and disaster recovery for Persistent Chat Server, log shipping for the primary database, step "

// server is one of the two ends, with everything that is done to it.
type server struct {
	label string // as the operator knows it
	procedures.Instance
	procedures.ShippingServer
}

// shipping is the procedure on one estate.
type shipping struct {
	*procedures.Estate
	db        string
	primary   server
	secondary server
	mu        sync.Mutex
	last      ends // as both servers told last
}

func (s *shipping) note(e ends) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = e
}

func open(e *procedures.Estate, tried string) (*shipping, error) {
	s := &shipping{Estate: e, db: e.Site.Database}
	for role, to := range map[site.Role]*server{site.Primary: &s.primary, site.Secondary: &s.secondary} {
		in, ok := e.Site.Instance(role)
		if !ok || e.SQL[role] == nil || e.Shipping[role] == nil {
			return nil, &fault.Error{
				Class: fault.Config, Tried: tried, Target: e.Site.Name,
				Text: "the site file names no " + string(role), Do: "add an instance with role " + string(role),
			}
		}
		*to = server{label: in.Address(), Instance: e.SQL[role], ShippingServer: e.Shipping[role]}
	}
	return s, nil
}

// New makes procedure P. The site needs a primary and a secondary.
func New(e *procedures.Estate) (engine.Procedure, error) {
	s, err := open(e, "prepare log shipping")
	if err != nil {
		return engine.Procedure{}, err
	}
	steps := []engine.Step{
		s.checkServers(), s.checkFolders(), s.backUp(), s.initialise(), s.configurePrimary(), s.configureSecondary(),
	}
	if m, ok := s.monitorOf(); ok {
		steps = append(steps, s.configureMonitor(m))
	}
	steps = append(steps, s.prove())
	for i := range steps {
		steps[i] = s.fromTheLive(steps[i])
	}
	return engine.Procedure{
		ID: "ship-primary", Title: "Ship the log of " + s.primary.label + " to " + s.secondary.label, Key: "P",
		Applies: s.applies, Steps: steps,
	}, nil
}

// fromTheLive keeps a step that changes anything from being done while the primary is
// not the one that has the live database: its mirror may have taken over since P0.
func (s *shipping) fromTheLive(step engine.Step) engine.Step {
	plan := step.Plan
	step.Plan = func(ctx context.Context) (*engine.Plan, error) {
		p, err := plan(ctx)
		if err != nil || p.Empty() {
			return p, err
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		p.Gates = append([]engine.Gate{s.live(s.last)}, p.Gates...)
		return p, nil
	}
	return step
}

// applies says whether there is anything to set up.
func (s *shipping) applies(snap *status.Snapshot) (bool, string) {
	if untold := procedures.Untold(snap, site.Primary, site.Secondary); untold != "" {
		return false, untold
	}
	p, sec := snap.Node(site.Primary).Facts, snap.Node(site.Secondary).Facts
	switch {
	case !p.Database.Online():
		return false, fmt.Sprintf("%s on %s is %s", s.db, s.primary.label, p.Database.Word())
	case sec.Database.Online():
		return false, fmt.Sprintf("%s is ONLINE on %s: that looks like a failover", s.db, s.secondary.label)
	case p.Primary != nil && sec.Secondary != nil:
		return true, "log shipping is set up: running the procedure changes what differs from the site file"
	case p.Primary != nil:
		return true, fmt.Sprintf("%s ships its log, and %s takes none", s.primary.label, s.secondary.label)
	case sec.Secondary != nil:
		return true, fmt.Sprintf("%s takes log, and %s ships none", s.secondary.label, s.primary.label)
	}
	return true, "the primary is live and its log is not shipped"
}

// ends are the facts of both servers.
type ends struct{ primary, secondary status.Facts }

// read asks both servers at once.
func (s *shipping) read(ctx context.Context) (ends, error) {
	var e ends
	g, ctx := fault.Together(ctx, "read the servers")
	g.Go(func() (err error) {
		e.primary, err = procedures.Shipping(ctx, s.primary.label, s.primary.Facts)
		return err
	})
	g.Go(func() (err error) {
		e.secondary, err = procedures.Shipping(ctx, s.secondary.label, s.secondary.Facts)
		return err
	})
	err := g.Wait()
	if err == nil {
		s.note(e)
	}
	return e, err
}

// wantedPrimary and wantedSecondary are the site file's settings, with the names
// by which the servers know themselves: msdb holds those.
func (s *shipping) wantedPrimary(e ends) status.PrimarySettings {
	w := status.WantedPrimary(s.Site, s.nameOf(s.primary, e.primary), s.nameOf(s.secondary, e.secondary))
	_, w.MonitorTold = s.monitorOf()
	w.MonitorTold = w.MonitorTold && w.Monitor != ""
	return w
}

func (s *shipping) wantedSecondary(e ends) status.SecondarySettings {
	w := status.WantedSecondary(s.Site, s.nameOf(s.primary, e.primary))
	_, w.MonitorTold = s.monitorOf()
	w.MonitorTold = w.MonitorTold && w.Monitor != ""
	return w
}

func (s *shipping) nameOf(in server, f status.Facts) string {
	if f.ServerName == "" {
		return in.label
	}
	return f.ServerName
}

// join puts a file into a Windows folder.
func join(folder, name string) string { return strings.TrimRight(folder, `\`) + `\` + name }
