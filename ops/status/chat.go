package status

import (
	"slices"
	"strings"
	"time"

	"pchatops/ops/site"
)

// Chatting says whether people can chat.
type Chatting string

// The states. What could not be seen either way is not known.
const (
	ChatUp      Chatting = "up"
	ChatDown    Chatting = "down"
	ChatUnknown Chatting = "unknown"
)

// Chat is whether an active chat server works with the database, and what that
// rests on.
type Chat struct {
	State Chatting
	Since time.Time // up: first seen; else since when it has not been seen
	Least bool      // nobody was looking before Since: it may be longer
	Seen  time.Time // when it was last up; zero: never while this console looked
	Why   string
}

// blink is how long chat servers may be without a session, to connect anew,
// before that is more than not known. With the usual five seconds between two polls
// it takes two polls in which nobody was seen.
const blink = 5500 * time.Millisecond

// ChatOf judges a snapshot at now, after what was judged of the one before.
func ChatOf(before Chat, s *Snapshot, estate *site.Site, now time.Time) Chat {
	v := &view{Snapshot: s, site: estate, now: now}
	if !v.looked() {
		return Chat{}
	}
	c := before
	var at time.Time
	if c.State, c.Why, at = v.chat(before.Seen); at.After(c.Seen) {
		c.Seen = at
	}
	up, was := c.State == ChatUp, before.State == ChatUp
	switch {
	case up == was && before.State != "":
	case up:
		c.Since, c.Least = now, before.State == ""
	case !before.Seen.IsZero():
		c.Since, c.Least = before.Seen, false
	default:
		c.Since, c.Least = v.quietSince(), true
	}
	return c
}

// looked reports whether anybody who could serve the chat was asked.
func (v *view) looked() bool {
	return slices.ContainsFunc(v.Nodes, func(n Node) bool { return !n.Asked.IsZero() })
}

// quietSince is when the last server of the database fell silent that has, or now.
func (v *view) quietSince() time.Time {
	var last time.Time
	for i := range v.Nodes {
		if n := &v.Nodes[i]; !n.Silent.IsZero() && n.Silent.After(last) {
			last = n.Silent
		}
	}
	if last.IsZero() {
		return v.now
	}
	return last
}

// chat weighs what the servers say. up is when somebody was seen to chat; zero: nobody
// is.
func (v *view) chat(seen time.Time) (c Chatting, why string, up time.Time) {
	active, told := v.activeServers()
	for _, n := range v.live() {
		for _, fqdn := range active {
			if n.Facts.Works(fqdn) {
				return ChatUp, quote(fqdn) + " works with the database on " + n.Address, n.Answered
			}
		}
	}
	switch {
	case !told && v.second() == nil && v.nobodyServes(site.Primary, site.Mirror, site.Secondary):
		c, why = ChatDown, "no instance serves the database: "+v.asked()
	case !told && v.deserted():
		c, why = v.blinking(seen, "no session that may be a chat server's is in any database that is served: "+v.asked())
	case !told:
		c, why = ChatUnknown, "the Management Shell does not tell which database and which chat servers the pool uses"
	case len(v.Pool.Active) == 0:
		c, why = ChatDown, "the pool has no active chat server"
	default:
		c, why = v.atStore(seen)
	}
	return c, why, time.Time{}
}

// deserted holds where every server that may serve the database tells, and nobody works
// with it: whichever servers the pool uses.
func (v *view) deserted() bool {
	return !slices.ContainsFunc(v.Nodes, func(n Node) bool {
		return n.Role.HoldsChat() && (v.serves(&n) == unknown || v.serves(&n) == yes && (n.Facts.Clients == nil || len(n.Facts.Clients) > 0))
	})
}

// blinking is chat that is down, unless it was up a moment ago: chat servers may be
// connecting anew.
func (v *view) blinking(seen time.Time, why string) (Chatting, string) {
	if !seen.IsZero() && v.now.Sub(seen) < blink {
		return ChatUnknown, why + "; one was seen " + ago(v.now, seen)
	}
	return ChatDown, why
}

// atStore looks at the stores that the pool's state points at.
func (v *view) atStore(seen time.Time) (Chatting, string) {
	roles := []site.Role{site.Primary, site.Mirror}
	if v.Pool.State == "FailedOver" {
		roles = []site.Role{site.Secondary, site.SecondaryMirror}
	}
	points := "the pool state is " + quote(v.Pool.State)
	for _, r := range roles {
		n := v.Node(r)
		switch {
		case n == nil || v.serves(n) == no:
		case v.serves(n) == unknown:
			return ChatUnknown, "whether " + n.Address + " serves the database is not known; " + points
		case n.Facts.Clients == nil:
			return ChatUnknown, n.Address + " does not tell who works with its database"
		default:
			return v.blinking(seen, "no active chat server works with the database on "+n.Address)
		}
	}
	return ChatDown, points + ", and none of the databases it points at is served"
}

// answer is one of three.
type answer int

const (
	unknown answer = iota
	yes
	no
)

// serves says whether a node serves the database.
func (v *view) serves(n *Node) answer {
	switch {
	case v.fresh(n) && n.Facts.Database.Online():
		return yes
	case v.fresh(n), n.Life.Verdict == Dead:
		return no
	}
	return unknown
}

// nobodyServes holds where that is known of all of them.
func (v *view) nobodyServes(roles ...site.Role) bool {
	return !slices.ContainsFunc(roles, func(r site.Role) bool {
		n := v.Node(r)
		return n != nil && v.serves(n) != no
	})
}

func (v *view) asked() string {
	nodes := []*Node{v.Node(site.Primary), v.Node(site.Mirror), v.Node(site.Secondary)}
	if v.follower() != nil || v.second() != nil && v.second() != nodes[2] {
		nodes = append(nodes, v.Node(site.SecondaryMirror))
	}
	return v.states(nodes...)
}

// activeServers are the chat servers that people may be on: the pool's active
// ones, or all of the site file where the pool does not tell.
func (v *view) activeServers() (fqdns []string, told bool) {
	if v.Pool.Err == nil && !v.Pool.Answered.IsZero() && v.now.Sub(v.Pool.Answered) <= v.slowStale() {
		return v.Pool.Active, true
	}
	for _, c := range v.site.ChatServers {
		fqdns = append(fqdns, c.FQDN)
	}
	return fqdns, false
}

// Works reports whether a machine has a session in the database, by the name
// that Windows gives it there.
func (f Facts) Works(fqdn string) bool {
	return slices.ContainsFunc(f.Clients, func(host string) bool { return SameMachine(host, fqdn) })
}

// SameMachine compares two names of machines as NetBIOS does: by their first
// parts, 15 characters, in any case.
func SameMachine(a, b string) bool { return netbios(a) != "" && netbios(a) == netbios(b) }

func netbios(name string) string {
	name, _, _ = strings.Cut(strings.ToUpper(strings.TrimSpace(name)), ".")
	return name[:min(len(name), 15)]
}

// bringingBack is the situation that nobody can chat, with what brings the chat back:
// where the database is online already, that is no failover.
func (v *view) bringingBack() *situation {
	s := *chatDown
	if n := v.hidden(); n != nil {
		s.do = Reveal(n.Facts.Database, v.site.Database, n.Address) + "; or bring the chat back where it is, on the primary or its mirror, if they live"
		return &s
	}
	if n := v.follower(); n != nil {
		s.do = "bring it back on the principal of " + n.Address + ", which has the newer chat: see the finding about that"
		return &s
	}
	n := v.second()
	if n == nil {
		return chatDown
	}
	if open := v.leftOpen(n, "F5", "F7"); open != "" {
		s.do = "the database is ONLINE on " + n.Address + ": go on with the failover, so that the chat servers use it: " + open
	} else {
		s.do = "see to the active chat servers: whether their service runs, and whether they reach the database, which is in service on " + n.Address
	}
	return &s
}

// diagnoseChat says whether people can chat, where they cannot or nobody knows.
func (v *view) diagnoseChat() {
	c := v.Chat
	since := ", since " + c.Since.UTC().Format("15:04:05 UTC")
	if c.Least {
		since += " or longer"
	}
	switch c.State {
	case ChatDown:
		v.find(v.bringingBack(), v.site.Pool, c.Why+since)
	case ChatUnknown:
		v.find(chatUnknown, v.site.Pool, c.Why+since)
	default:
	}
}
