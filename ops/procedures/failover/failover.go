// Package failover is procedure F: the Persistent Chat database comes back in
// data centre 2, from the log shipping secondary, after data centre 1 was
// lost. Source: "Failing over Persistent Chat Server" (Lync Server 2013), steps
// 1 to 7, whose sub-steps are steps of their own here.
package failover

import (
	"context"
	"fmt"
	"sync"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/inventory"
	"pchatops/ops/procedures"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// document names the source of every step.
const document = "Lync Server 2013: Failing over Persistent Chat Server, step "

// mgccomp is what the screen says where one might expect the compliance
// database to follow.
const mgccomp = "mgccomp is not failed over: it is transient; see to the compliance adapter's output yourself"

// failover is the procedure on one estate.
type failover struct {
	*procedures.Estate
	db        string
	secondary site.Instance
	sql       procedures.Instance // the secondary's
	library   *library
	reading   reading // of the pool
}

// reading is what was read last, for a moment.
type reading struct {
	sync.Mutex
	pool    status.Pool
	going   chan struct{} // closed once the reading that goes on has ended; nil: none does
	changes int           // how often the pool was changed
}

// New makes the procedure. The site needs a log shipping secondary.
func New(e *procedures.Estate) (engine.Procedure, error) {
	secondary, ok := e.Site.Instance(site.Secondary)
	if !ok || e.SQL[site.Secondary] == nil {
		return engine.Procedure{}, &fault.Error{
			Class: fault.Config, Tried: "prepare the failover", Target: e.Site.Name,
			Text: "the site file names no log shipping secondary",
			Do:   "add an instance with role secondary",
		}
	}
	f := &failover{Estate: e, db: e.Site.Database, secondary: secondary, sql: e.SQL[site.Secondary], library: newLibrary()}
	return engine.Procedure{
		ID: "failover", Title: "Fail over to " + secondary.DataCentre, Key: "F",
		Applies: f.applies, Service: f.service(),
		Steps: []engine.Step{
			f.unship(), f.copyBackups(), f.applyBackups(), f.endSessions(), f.bringOnline(),
			f.central(), f.setPoolState(), f.setActiveServers(), f.installMirror(), // chat back first, its mirror after that
		},
		Rivals: f.besideNew,
	}, nil
}

// applies says whether the site is in a state that a failover is for.
func (f *failover) applies(s *status.Snapshot) (bool, string) {
	n := s.Node(site.Secondary)
	if fits, why := f.behind(n, s.Node(site.SecondaryMirror)); why != "" {
		return fits, why
	}
	switch {
	case n == nil || n.Answered.IsZero():
		return false, fmt.Sprintf("%s has not answered yet", f.secondary.Address())
	case !n.Reachable:
		return false, fmt.Sprintf("%s does not answer (%s): what it holds is not known", f.secondary.Address(), n.Word())
	case n.Facts.Database.Online():
		return true, fmt.Sprintf("%s is online on %s already: the rest of the procedure may be open", f.db, f.secondary.Address())
	case n.Facts.Database.Hidden():
		return false, f.shows(n.Facts.Database) + "; " + status.Reveal(n.Facts.Database, f.db, f.secondary.Address())
	case !n.Facts.Database.Restoring():
		return false, f.shows(n.Facts.Database)
	}
	doubt := ""
	for _, r := range []site.Role{site.Primary, site.Mirror} {
		switch live := s.Node(r); {
		case live == nil:
		case live.Reachable && live.Facts.Database.Online():
			return false, fmt.Sprintf("%s is live on %s: failing over now would make a second primary", f.db, live.Address)
		case !live.Reachable && live.Life.Verdict == status.Alive:
			return false, fmt.Sprintf("%s does not answer here, and lives: failing over now may make a second primary", live.Address)
		case !live.Reachable && live.Life.Verdict != status.Dead:
			doubt += fmt.Sprintf("; whether %s lives is not known (%s), and F1 asks", live.Address, live.Word())
		case live.Reachable:
			doubt += fmt.Sprintf("; %s answers with %s %s, and F1 asks", live.Address, f.db, live.Facts.Database.Word())
		}
	}
	return true, "neither primary nor mirror answers with " + f.db + " ONLINE, and the secondary is restoring" + doubt
}

// behind says of a secondary that its mirror may be ahead of whether a failover fits, and
// why (not); "": it is not behind.
func (f *failover) behind(n, m *status.Node) (fits bool, why string) {
	if n == nil || !n.Reachable || n.Facts.Database.Online() {
		return false, ""
	}
	switch ahead := m != nil && m.Reachable; {
	case ahead && status.Leads(n.Facts, m.Facts):
		return true, fmt.Sprintf("%s is online on %s, which has taken over from %s: the rest of the procedure may be open", f.db, m.Address, n.Address)
	case ahead && m.Facts.Database.Online() && !status.Leftover(n.Facts.Database, m.Facts.Database):
		return false, fmt.Sprintf("%s is online on %s, the mirror of %s: failing over now may lose chat that only that has", f.db, m.Address, n.Address)
	case n.Facts.Follows():
		return false, fmt.Sprintf("%s on %s is a mirror: what its principal serves is not seen", f.db, n.Address)
	}
	return false, ""
}

// facts reads the secondary.
func (f *failover) facts(ctx context.Context) (status.Facts, error) { return f.sql.Facts(ctx) }

// between renders the time from t to now for a person: "14m 32s".
func between(t, now time.Time) string { return inventory.Span(max(0, now.Sub(t))) }

// clockOf gives the secondary's own time, which the times in backup names are
// compared with: the console's clock may be off.
func (f *failover) clockOf(facts status.Facts) time.Time {
	if facts.ServerTime.IsZero() {
		return f.Now()
	}
	return facts.ServerTime
}

// clock renders a moment in UTC.
func clock(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}
