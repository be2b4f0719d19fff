package failover

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/pause"
	"pchatops/ops/procedures"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// partners are the new primary and the instance that is to mirror it, as both
// say themselves.
type partners struct {
	db          string
	primary     string // addresses
	mirror      string
	here, there status.Facts
}

// partners reads both. While they change roles each may be read at another moment, and
// then they are read again.
func (f *failover) partners(ctx context.Context, m site.Instance) (p partners, err error) {
	for range 3 {
		if p, err = f.bothPartners(ctx, m); err != nil || !p.between() {
			break
		}
		if err = pause.For(ctx, time.Second); err != nil {
			break
		}
	}
	return p, err
}

func (f *failover) bothPartners(ctx context.Context, m site.Instance) (partners, error) {
	p := partners{db: f.db, primary: f.secondary.Address(), mirror: m.Address()}
	g, ctx := fault.Together(ctx, "read both partners")
	g.Go(func() (err error) { p.here, err = f.facts(ctx); return err })
	g.Go(func() (err error) { p.there, err = f.SQL[site.SecondaryMirror].Facts(ctx); return err })
	if err := g.Wait(); err != nil {
		return p, err
	}
	if _, err := procedures.Mirrored(p.primary, p.here); err != nil {
		return p, err
	}
	_, err := procedures.Mirrored(p.mirror, p.there)
	return p, err
}

// paired reports whether the two mirror each other, whichever leads.
func (p partners) paired() bool {
	a, b := p.here.Mirroring, p.there.Mirroring
	return a.Configured && b.Configured && a.Role == "PRINCIPAL" && b.Role == "MIRROR" && strings.EqualFold(a.Session, b.Session) || p.changed()
}

// changed reports whether the mirror has taken over, and leads.
func (p partners) changed() bool { return status.Leads(p.here, p.there) }

// between reports whether they are about to change roles, or did while they were read.
func (p partners) between() bool {
	a, b := p.here.Mirroring, p.there.Mirroring
	return a.Configured && b.Configured && a.Role == b.Role && strings.EqualFold(a.Session, b.Session)
}

// led gives the addresses of principal and mirror, and the session as the principal
// tells it.
func (p partners) led() (principal, mirror string, session status.Mirroring) {
	if p.changed() {
		return p.mirror, p.primary, p.there.Mirroring
	}
	return p.primary, p.mirror, p.here.Mirroring
}

// flowing reports whether the mirror gets what the principal writes.
func (p partners) flowing() bool {
	_, _, a := p.led()
	return p.paired() && (a.State == synchronized || a.State == synchronizing)
}

const (
	synchronized  = "SYNCHRONIZED"
	synchronizing = "SYNCHRONIZING"
)

// taken reports whether the new primary is in a mirroring session already, so
// that there can be no other.
func (p partners) taken() bool { return p.here.Mirroring.Configured }

// says tells how far the pair is.
func (p partners) says() string {
	principal, mirror, a := p.led()
	tookOver := ""
	if p.changed() {
		tookOver = fmt.Sprintf("; %s has taken over from it: %s", principal, p.keep())
	}
	switch {
	case p.paired() && a.State == synchronized:
		return fmt.Sprintf("%s mirrors %s and has caught up: SYNCHRONIZED%s", mirror, principal, tookOver)
	case p.paired() && a.State == synchronizing:
		return fmt.Sprintf("%s mirrors %s and has not caught up yet: SYNCHRONIZING%s%s", mirror, principal, unsent(a), tookOver)
	case p.paired():
		return fmt.Sprintf("%s mirrors %s, and nothing flows: %s%s", mirror, principal, word(a.State), tookOver)
	case p.there.Mirroring.Configured && p.there.Mirroring.Role == "PRINCIPAL":
		return fmt.Sprintf("%s is principal of %s itself: %s; %s: %s", p.mirror, p.db, mirroring(p.there.Mirroring), p.primary, mirroring(a))
	}
	return fmt.Sprintf("sys.database_mirroring on %s: %s; on %s: %s", p.primary, mirroring(a), p.mirror, mirroring(p.there.Mirroring))
}

// unsent is how much is still to be sent. None is no news of a mirror that has not
// caught up: the server counts what it knows of, and now and then.
func unsent(m status.Mirroring) string {
	if m.SendQueueKB <= 0 {
		return ""
	}
	return fmt.Sprintf(", %d KB to send", m.SendQueueKB)
}

// free is the gate that a session which exists is mended, not made anew.
func (p partners) free() engine.Gate {
	g := engine.Gate{Name: "mirroring of " + p.db, Seen: p.says(), Want: fmt.Sprintf("none, or %s mirroring %s", p.mirror, p.primary)}
	principal, mirror, a := p.led()
	switch {
	case p.paired() && a.State == "SUSPENDED":
		g.Do = fmt.Sprintf("see why it is suspended, then on %s: ALTER DATABASE %s SET PARTNER RESUME", principal, p.db)
	case p.paired():
		g.Do = fmt.Sprintf("let %s and its mirroring endpoint be reached from %s: the session goes on by itself", mirror, principal)
	case a.Role == "MIRROR":
		g.Do = p.keep()
	default:
		g.Do = fmt.Sprintf("end that session first, on %s: ALTER DATABASE %s SET PARTNER OFF", p.primary, p.db)
	}
	return g
}

// keep says how the chat is kept that the mirror has, and how the roles are changed back.
func (p partners) keep() string {
	return status.KeepSuccessor(p.db, status.Holder{Role: site.Secondary, Address: p.primary, Facts: p.here}, status.Holder{Role: site.SecondaryMirror, Address: p.mirror, Facts: p.there}, true)
}

// mayBeNewer says of a database on the mirror that it is not known to be older than that of
// the new primary: it is online, or has come further than where that was recovered, on
// another path; "": nobody can have written to it since.
func (p partners) mayBeNewer(before string) string {
	here, there := p.here.Database, p.there.Database
	further := !here.ForkPoint.IsZero() && !strings.EqualFold(here.Fork, there.RedoFork) && there.RedoLSN.Compare(here.ForkPoint) > 0
	if !there.Online() && !further || status.OtherFamily(here.Family, cmp.Or(there.Family, there.Restored.Family)) || status.Leftover(here, there) {
		return ""
	}
	return before + "it may hold chat that " + p.primary + " has not: nobody can tell which is newer"
}

// open is the gate that the new primary takes connections: the cmdlet drops what
// is on the mirror first, and fails at a single user afterwards (1488).
func (p partners) open() engine.Gate {
	access := p.here.Database.UserAccess
	return engine.Gate{
		Name: "user access of " + p.db, Seen: cmp.Or(access, "not told"), Want: multiUser, Holds: access == multiUser,
		Do: fmt.Sprintf("on %s: ALTER DATABASE %s SET %s", p.primary, p.db, multiUser),
	}
}

const multiUser = "MULTI_USER"

// clean is the gate that the mirror holds no database of this name. What lies
// there is dropped for a phrase that names it, and for nothing else.
func (p partners) clean() engine.Gate {
	g := engine.Gate{
		Name: "no " + p.db + " on " + p.mirror, Seen: p.leftover() + p.mayBeNewer("; "), Want: "no database of this name",
		Do:       "see what it is; only if nobody needs it, drop it",
		Override: fmt.Sprintf("drop %s on %s, %s", p.db, p.mirror, p.state()),
	}
	if p.mayBeNewer("") != "" {
		g.Do = whichIsNewer(p.primary, p.mirror) + "; keep that one, and the chat servers on it; only if nobody needs the one on " + p.mirror + ", drop it"
		g.Override += ", which may hold the newer chat"
	}
	return g
}

// unused reports whether what lies on the mirror waits for log, and nobody uses it or
// restores it: it is in no session with a partner.
func (p partners) unused() bool {
	d := p.there.Database
	return d.Restoring() && !d.Standby && !p.there.Mirroring.Configured && p.there.Restoring == nil && !p.there.Unreadable("request")
}

// leftover says what lies on the mirror.
func (p partners) leftover() string { return fmt.Sprintf("%s on %s is %s", p.db, p.mirror, p.state()) }

// state names a leftover by what its server says of it.
func (p partners) state() string {
	d, m := p.there.Database, p.there.Mirroring
	state := word(d.State)
	if d.Standby && d.Restoring() {
		state = "STANDBY"
	}
	state += ", " + procedures.Which(d)
	if m.Configured {
		state += fmt.Sprintf(", %s with %s", mirroring(m), word(m.Partner))
	}
	return state
}

func mirroring(m status.Mirroring) string {
	if !m.Configured {
		return "not mirrored"
	}
	return word(m.Role) + " " + word(m.State)
}

func word(s string) string {
	if s == "" {
		return "of unknown state"
	}
	return s
}

// advice is how long the Management Shell may take to say what it sees.
const advice = 10 * time.Second

// shellSays asks the Management Shell, which is not needed to know: after a
// failover nothing says which of the two pairs its cmdlet looks at.
func (f *failover) shellSays(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, advice)
	defer cancel()
	sides, err := f.Shell.MirrorState(ctx)
	if err != nil {
		return "not read: " + err.Error()
	}
	for _, s := range sides {
		if strings.EqualFold(s.Database, f.db) {
			return fmt.Sprintf("%s / %s, %s / %s", word(s.StateOnPrimary), word(s.StateOnMirror), word(s.StatusOnPrimary), word(s.StatusOnMirror))
		}
	}
	return "no row for " + f.db
}
