package status

import (
	"cmp"
	"fmt"
	"strings"

	"pchatops/ops/site"
)

// Leads reports whether the mirror of the secondary has taken over from it in their
// session: what the secondary holds is a copy, which follows.
func Leads(secondary, mirror Facts) bool {
	a, b := secondary.Mirroring, mirror.Mirroring
	return secondary.Follows() && b.Configured && b.Role == Principal && strings.EqualFold(a.Session, b.Session) && mirror.Database.Online()
}

// Leftover reports whether a database that is online on the mirror of the secondary went a
// way of its own before the newest log that the secondary has restored: nobody has chatted
// there since, and it is no newer.
func Leftover(secondary, mirror Database) bool {
	last := secondary.Restored
	return !mirror.ForkPoint.IsZero() && mirror.ForkPoint.Compare(last.Last) < 0 && !strings.EqualFold(mirror.Fork, last.Fork)
}

// TakenHere reports whether what was restored last on the secondary is a backup that it
// took itself, or its mirror did: one of the two has served the database.
func TakenHere(s *site.Site, secondary Facts) bool {
	by := secondary.Database.Restored.Server
	mirror, named := s.Instance(site.SecondaryMirror)
	return by != "" && (strings.EqualFold(by, secondary.ServerName) || named && mirror.Named(by))
}

// Copied says why the database that is online on the secondary may be an older copy, as
// far as the server's own history shows without a record of the failover: behind its
// address. "": nothing does.
func Copied(s *site.Site, secondary Facts) string {
	switch d, last := secondary.Database, secondary.Database.Restored; {
	case !d.Online():
	case TakenHere(s, secondary):
		return "was restored from a backup that " + quote(last.Server) + " took: what chat was written after that, no record tells"
	case !last.Last.IsZero() && d.ForkPoint.Compare(last.Last) > 0 && !strings.EqualFold(d.Fork, last.Fork):
		return fmt.Sprintf("was recovered at LSN %s, and the restore history ends at LSN %s: another server has served it in between, or a copy was renamed, and what chat it lacks, no record tells", d.ForkPoint, last.Last)
	}
	return ""
}

// RecoveredBefore says, behind the address of the secondary, that the database there was in
// service once.
const RecoveredBefore = "was recovered there before, and waits for log again: another has served it since"

// Served says why another server has served since what waits for log on the secondary:
// behind its address. "": nothing shows that.
func Served(s *site.Site, secondary Facts) string {
	switch d := secondary.Database; {
	case d.OwnPath():
		return RecoveredBefore
	case d.Restoring() && TakenHere(s, secondary):
		return "was restored from a backup that " + quote(d.Restored.Server) + " took, and waits for log: that was after data centre 2 had served it, and another has served it since"
	}
	return ""
}

// Follows reports whether the database is the mirror of another server's, by its own
// server: RESTORE refuses it (3104), and the other has the newer chat.
func (f Facts) Follows() bool {
	return !f.Database.Online() && f.Mirroring.Configured && f.Mirroring.Role == MirrorOf
}

// KeepSuccessor says how the chat is kept that the mirror of the secondary has taken, or
// may have, and how the database gets back to the secondary. Neither the session nor
// the newer database is given up for that. told: the mirror answers.
func KeepSuccessor(database string, secondary, mirror Holder, told bool) string {
	name, d := bracketed(database), mirror.Facts.Database
	back := fmt.Sprintf("then, while nobody chats, on %s: ALTER DATABASE %s SET PARTNER FAILOVER, which makes %s the principal", mirror.Address, name, secondary.Address)
	serves := fmt.Sprintf("leave %s in service: it serves %s, with chat that %s ", mirror.Address, database, secondary.Address)
	switch {
	case told && Leads(secondary.Facts, mirror.Facts):
		return serves + "only follows; to move it back, wait until the two are SYNCHRONIZED; " + back
	case told && d.Online():
		return serves + fmt.Sprintf("has not; mirror it to %s anew (a backup of it and the log after that, restored there WITH NORECOVERY); %s; or, if it is an old copy that nobody uses, take it offline there", secondary.Address, back)
	}
	see := fmt.Sprintf("see what %s serves, and mend the way to it", mirror.Address)
	switch {
	case told && d.Hidden():
		see = Reveal(d, database, mirror.Address)
	case told && !secondary.Facts.Follows():
		see = fmt.Sprintf("find what has served %s since it was recovered on %s: on %s under another name, the last log of it in a backup, or another server; bring its chat here first", database, secondary.Address, mirror.Address)
	case told:
		see = fmt.Sprintf("see what %s and %s say of their mirroring: a change of roles that is under way ends by itself", secondary.Address, mirror.Address)
	}
	if secondary.Facts.Follows() {
		see += fmt.Sprintf("; where %s is lost for good, make %s the principal, which keeps all chat that has reached it: there: ALTER DATABASE %s SET PARTNER FORCE_SERVICE_ALLOW_DATA_LOSS", mirror.Address, secondary.Address, name)
	}
	return see
}

// second gives the server of the second data centre that serves the database: the
// secondary, or its mirror where no other does; nil: neither does. What nobody mirrors
// there serves nobody while the pool uses the first data centre.
func (v *view) second() *Node {
	n := v.Node(site.Secondary)
	if v.fresh(n) && n.Facts.Database.Online() {
		return n
	}
	m := v.sole()
	switch {
	case m == nil || m.Role != site.SecondaryMirror:
	case v.fresh(n) && Leads(n.Facts, m.Facts):
		return m
	case v.Pool.State == NotFailedOver, v.fresh(n) && anotherFamily(n.Facts.Database, m.Facts.Database):
	default:
		return m
	}
	return nil
}

// leftover reports whether what a node serves is a Leftover beside the secondary.
func (v *view) leftover(n *Node) bool {
	secondary := v.Node(site.Secondary)
	return n.Role == site.SecondaryMirror && v.fresh(secondary) && Leftover(secondary.Facts.Database, n.Facts.Database)
}

// OtherFamily reports whether two databases only share their name.
func OtherFamily(a, b string) bool { return a != "" && b != "" && !strings.EqualFold(a, b) }

// anotherFamily is OtherFamily of what waits on the secondary, by its history.
func anotherFamily(waits, d Database) bool {
	return OtherFamily(cmp.Or(waits.Family, waits.Restored.Family), d.Family)
}

// follower gives the secondary where it is the mirror of a server, or was while the pool
// uses the second data centre, and nobody is seen to serve the database; nil: it is not.
func (v *view) follower() *Node {
	n := v.Node(site.Secondary)
	if v.fresh(n) && len(v.principals()) == 0 && (n.Facts.Follows() || Served(v.site, n.Facts) != "" && v.Pool.State != NotFailedOver) {
		return n
	}
	return nil
}

// succeeded finds that the secondary is not the one of its pair that serves the database,
// or may; false: it is, or there is no such pair.
func (v *view) succeeded(secondary, serves *Node) bool {
	switch {
	case serves != nil && serves != secondary:
		v.besides(v.Node(site.Primary), v.Node(site.Mirror))
		v.diagnoseSuccessor(secondary, serves)
	case v.follower() != nil:
		v.diagnoseFollower(secondary)
	default:
		return false
	}
	return true
}

// diagnoseSuccessor finds the mirror of the secondary in the place of the secondary.
func (v *view) diagnoseSuccessor(secondary, m *Node) {
	s, why := *secondaryMirrorLive, m.Address+" has the database ONLINE"
	waits := Holder{site.Secondary, "the secondary", Facts{}}
	if secondary != nil {
		waits.Address = secondary.Address
	}
	switch {
	case !v.fresh(secondary):
		why += v.andQuiet(secondary)
		s.do = "leave it in service, and see why " + waits.Address + " does not answer"
	default:
		waits.Facts = secondary.Facts
		s.do = KeepSuccessor(v.site.Database, waits, Holder{m.Role, m.Address, m.Facts}, true)
		if Leads(secondary.Facts, m.Facts) {
			why += " as principal, and " + secondary.Address + " is its mirror, " + quote(m.Facts.Mirroring.State)
			break
		}
		why += ", and " + secondary.Address + " does not follow it: the database there is " + state(secondary)
	}
	v.find(&s, m.Address, why)
}

// diagnoseFollower finds that the secondary waits for a principal that is not seen to
// serve the database.
func (v *view) diagnoseFollower(secondary *Node) {
	s, says := *principalUnseen, ""
	p := Holder{site.SecondaryMirror, quote(secondary.Facts.Mirroring.Partner), Facts{}}
	m := v.Node(site.SecondaryMirror)
	if m != nil {
		p.Address, p.Facts = m.Address, m.Facts
	}
	switch {
	case v.fresh(m):
		says = "; the database there is " + state(m)
	case m != nil:
		says = v.andQuiet(m) + witnessed(m)
	}
	s.do = KeepSuccessor(v.site.Database, Holder{secondary.Role, secondary.Address, secondary.Facts}, p, v.fresh(m))
	why := secondary.Address + " is the mirror of " + p.Address + ", by its own server: mirroring " + quote(secondary.Facts.Mirroring.State) + says
	if !secondary.Facts.Follows() {
		why = "the database on " + secondary.Address + " " + Served(v.site, secondary.Facts) + "; " + p.Address + says
	}
	v.find(&s, secondary.Address, why)
}
