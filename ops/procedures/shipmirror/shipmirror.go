package shipmirror

import (
	"context"
	"fmt"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/procedures"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// document names the source of every step.
const document = "Skype for Business Server 2015: Configure high availability and disaster recovery for Persistent Chat Server, log shipping between the primary mirror and the secondary, step "

// Shell is the Management Shell as far as it moves the chat between partners.
type Shell interface {
	// Ready begins to open a shell, so that the cmdlet does not wait for it.
	Ready(ctx context.Context)
	// FailoverDatabase is Invoke-CsDatabaseFailover; the new principal is
	// Primary or Mirror, and effect tells whether it is.
	FailoverDatabase(newPrincipal string, effect procedures.Effect) engine.Action
}

// server is an instance with everything that is done to it.
type server struct {
	label string // as the operator knows it
	procedures.Instance
	procedures.ShippingServer
}

// shipMirror is the procedure on one estate.
type shipMirror struct {
	*procedures.Estate
	shell                      Shell
	db                         string
	primary, mirror, secondary server
	seen                       sight
}

// New makes the procedure. The site needs a primary, a mirror and a secondary.
func New(e *procedures.Estate, sh Shell) (engine.Procedure, error) {
	m := &shipMirror{Estate: e, shell: sh, db: e.Site.Database}
	for role, to := range map[site.Role]*server{site.Primary: &m.primary, site.Mirror: &m.mirror, site.Secondary: &m.secondary} {
		in, ok := e.Site.Instance(role)
		if !ok || e.SQL[role] == nil || e.Shipping[role] == nil {
			return engine.Procedure{}, &fault.Error{
				Class: fault.Config, Tried: "prepare log shipping from the mirror", Target: e.Site.Name,
				Text: "the site file names no " + string(role), Do: "add an instance with role " + string(role),
			}
		}
		*to = server{label: in.Address(), Instance: e.SQL[role], ShippingServer: e.Shipping[role]}
	}
	steps := []engine.Step{m.failOver(), m.check(), m.configure(), m.proveMirror(), m.failBack(), m.provePrimary()}
	for i := range steps {
		steps[i] = m.told(steps[i])
	}
	return engine.Procedure{
		ID: "ship-mirror", Title: "Ship the log of " + m.mirror.label + " too", Key: "M",
		Applies: m.applies,
		Steps:   steps,
		Tell:    m.telling,
	}, nil
}

// applies says whether there is anything to set up.
func (m *shipMirror) applies(s *status.Snapshot) (bool, string) {
	if untold := procedures.Untold(s, site.Primary, site.Mirror, site.Secondary); untold != "" {
		return false, untold
	}
	e := ends{primary: s.Node(site.Primary).Facts, mirror: s.Node(site.Mirror).Facts, secondary: s.Node(site.Secondary).Facts}
	switch {
	case e.secondary.Database.Online():
		return false, m.where(e)
	case e.primary.Primary == nil:
		return false, m.primary.label + " ships no log yet: set that up first (ship-primary)"
	case !e.primary.Mirroring.Configured:
		return false, m.db + " is not mirrored"
	case !principal(e.primary) && !principal(e.mirror):
		return false, m.where(e)
	case m.complete(e):
		return true, m.shipsAlready()
	}
	return true, "the primary ships its log; this lets the mirror do so too when it takes over"
}

// ends are the facts of the three servers, and when they had all been read.
type ends struct {
	primary, mirror, secondary status.Facts
	read                       time.Time
}

// read asks all servers at once.
func (m *shipMirror) read(ctx context.Context) (ends, error) {
	return m.ask(ctx, m.mirror.Facts)
}

// survey also asks the mirror what the share is to it that the primary ships
// over. That is nearly always the site file's, so both are asked at once.
func (m *shipMirror) survey(ctx context.Context) (e ends, seen procedures.PathSeen, err error) {
	e, err = m.ask(ctx, func(ctx context.Context) (f status.Facts, err error) {
		f, seen, err = m.mirror.FactsAnd(ctx, m.Site.BackupShare)
		return f, err
	})
	if share := m.share(e); err == nil && share != m.Site.BackupShare {
		var failed error
		if seen, failed = m.mirror.Look(ctx, share); failed != nil {
			seen.Unread = failed.Error()
		}
	}
	return e, seen, err
}

// share is where the primary ships its log.
func (m *shipMirror) share(e ends) string {
	if p := e.primary.Primary; p != nil {
		return p.BackupShare
	}
	return m.Site.BackupShare
}

func (m *shipMirror) ask(ctx context.Context, mirror func(context.Context) (status.Facts, error)) (ends, error) {
	var e ends
	g, _ := fault.Together(ctx, "read the servers") // where the chat is, one tells though another does not
	g.Go(func() (err error) {
		e.primary, err = procedures.Shipping(ctx, m.primary.label, m.primary.Facts)
		return err
	})
	g.Go(func() (err error) { e.mirror, err = procedures.Shipping(ctx, m.mirror.label, mirror); return err })
	g.Go(func() (err error) {
		e.secondary, err = procedures.Shipping(ctx, m.secondary.label, m.secondary.Facts)
		return err
	})
	err := g.Wait()
	e.read = m.Now()
	m.seen.take(e)
	return e, err
}

// principal reports whether an instance serves the database.
func principal(f status.Facts) bool {
	return f.Database.Online() && f.Mirroring.Role == "PRINCIPAL"
}

// settled reports whether it serves it with a partner that has caught up.
func settled(f status.Facts) bool { return principal(f) && f.Mirroring.State == "SYNCHRONIZED" }

// stands says in a few words what an instance is to the database.
func stands(s server, f status.Facts) string {
	if !f.Mirroring.Configured {
		return fmt.Sprintf("%s is not mirrored, its database is %s", s.label, f.Database.Word())
	}
	return fmt.Sprintf("%s is %s, %s, its database is %s", s.label, f.Mirroring.Role, f.Mirroring.State, f.Database.Word())
}

// where says which server has the chat, as the servers tell.
func (m *shipMirror) where(e ends) string {
	switch {
	case e.secondary.Database.Online():
		return fmt.Sprintf("%s is ONLINE on %s, which looks like a failover: the chat is not for these two to move before it is back on %s", m.db, m.secondary.label, m.primary.label)
	case principal(e.mirror):
		return fmt.Sprintf("the chat runs on the mirror %s; step M22 goes back to %s at any time: %s", m.mirror.label, m.primary.label, wayBack)
	case e.primary.Database.Online():
		return "the chat runs on " + m.primary.label
	}
	return "neither of the two serves the chat: " + stands(m.primary, e.primary) + "; " + stands(m.mirror, e.mirror)
}

// first is the remedy where the primary's own log shipping is not in order. It can only
// be set up on the principal.
func (m *shipMirror) first(e ends, do string) string {
	if principal(e.mirror) {
		do = fmt.Sprintf("go back to %s with M22, set its log shipping up (ship-primary), then run ship-mirror anew", m.primary.label)
	}
	return m.elsewhere(e, do)
}

// elsewhere is a remedy, but where data centre 2 has the chat: there is none here then.
func (m *shipMirror) elsewhere(e ends, do string) string {
	if e.secondary.Database.Online() {
		return "leave it as it is: " + m.where(e)
	}
	return do
}
