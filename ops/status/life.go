package status

import (
	"cmp"
	"context"
	"errors"
	"time"

	"pchatops/ops/fault"
	"pchatops/ops/inventory"
	"pchatops/ops/site"
)

// Verdict says whether a server lives.
type Verdict string

// The verdicts. What could not be proved either way is not known, and no
// verdict at all is not known either.
const (
	Alive       Verdict = "alive"
	Dead        Verdict = "dead"
	LifeUnknown Verdict = "unknown"
)

// Life is the judgement whether a server lives, and what it rests on.
type Life struct {
	Verdict Verdict
	// Since is since when a server that is dead or not known has been silent.
	Since time.Time
	// Because names each witness, what it says and when it saw that.
	Because []string
	// Lacks says what is missing for a verdict where there is none.
	Lacks string
	// Disputed: the witnesses contradict each other.
	Disputed bool
	// Reached is who has had word of a server that does not answer, since it fell
	// silent here, and of which it is not known whether it lives: it may live, and
	// does not tell what it serves. "": nobody has.
	Reached string
	// Forming: waiting may bring a verdict by itself.
	Forming bool
}

// Known reports whether the verdict is one.
func (l Life) Known() bool { return l.Verdict == Alive || l.Verdict == Dead }

// Second is what a host in the secondary's data centre saw of a server.
type Second struct {
	Place     string // the host; "" before the first report
	Asked     time.Time
	Err       *fault.Error // it could not be asked: there is no second place
	Sight     Sight
	Connected bool // it had a connection there before
}

// LifeOf judges a node of a snapshot at now.
func LifeOf(s *Snapshot, n *Node, estate *site.Site, now time.Time) Life {
	j := &judge{view: &view{Snapshot: s, site: estate, now: now}, n: n}
	switch {
	case j.fresh(n):
		return Life{Verdict: Alive, Because: []string{"the console: it answered " + j.ago(n.Answered)}}
	case j.partners():
		return Life{Verdict: Alive, Since: n.Silent, Because: append(j.said, j.console())}
	}
	lacks, forming := j.missing()
	l := Life{Verdict: LifeUnknown, Since: n.since(), Because: append([]string{j.console()}, j.said...), Lacks: lacks, Forming: forming, Disputed: j.disputed}
	if l.Reached = j.reached(); lacks == "" {
		l.Verdict = Dead
	}
	return j.shipped(l)
}

// since is when the silence began.
func (n *Node) since() time.Time {
	if n.Silent.IsZero() || !n.Sight.First.IsZero() && n.Sight.First.Before(n.Silent) {
		return n.Sight.First
	}
	return n.Silent
}

// Buried is since when all of some nodes are silent, by the secondary's clock, where
// every one of them is proved dead; zero: one may live. Later than that none has taken
// chat. It is since when this console has looked: whether a server came back while
// nobody did, nobody knows.
func Buried(c inventory.Clocks, nodes ...Node) (dead time.Time) {
	for _, n := range nodes {
		if n.Life.Verdict != Dead || n.Life.Since.IsZero() {
			return time.Time{}
		}
		if at := c.Of(n.Life.Since); at.After(dead) {
			dead = at
		}
	}
	return dead
}

// judge weighs what is said of one node.
type judge struct {
	*view
	n        *Node
	said     []string // by others than the console
	disputed bool
	one      string // a witness that one server of the pair is connected to, nobody knows which
}

// reached names the place that had word of the node in this silence. Who cannot be
// asked any more has not taken back what it saw.
func (j *judge) reached() string {
	n := j.n
	switch s := n.Second; {
	case n.Sight.Reach.Landed():
		return "the console"
	case s.Sight.Reach.Landed() && !s.Asked.Before(n.Sight.First):
		return s.Place
	}
	return j.one
}

// missing says what is missing to call the node dead, and whether it may still
// come; "": nothing is.
func (j *judge) missing() (lacks string, forming bool) {
	n := j.n
	switch at := n.Sight.Reach; {
	case n.Asked.IsZero() && n.Sight.Attempts == 0:
		return "it has not been asked yet", true
	case n.Reachable:
		return "its last answer is too old", true
	case at == fault.NoName:
		if lacks, _ := j.second(); j.disputed {
			return lacks, false
		}
		return "its name cannot be resolved here, which says nothing about it", false
	case at == fault.Opened && n.Asked.Before(n.Sight.First):
		return "it accepts connections, and has not been asked since", true
	case at.Landed():
		return "something at its address accepts connections", false
	case n.Sight.Attempts == 0 && (n.Err == nil || calledOff(n.Err)):
		return "no attempt to connect has come to an end yet", true
	case !at.Silent() && at != fault.Closed:
		return "the console could not even try to connect", false
	}
	if lacks = j.short(n.Sight); lacks != "" {
		lacks = "the console: " + lacks
	}
	second, comes := j.second()
	partner, later := j.partnersLack()
	switch { // what never comes by itself ends the waiting for the rest
	case second != "" && !comes:
		return second, false
	case partner != "" && !later:
		return partner, false
	}
	lacks = cmp.Or(lacks, second, partner)
	return lacks, lacks != ""
}

// short says what a sight lacks in time or attempts to stand for a death.
func (j *judge) short(s Sight) (lacks string) {
	after := j.site.DeadAfter
	limit := after.Silent
	if s.Reach == fault.Closed {
		limit = after.Refused
	}
	switch {
	case s.Lasted < limit:
		return s.Reach.String() + " for " + age(s.Lasted) + "; a restart looks the same, so " + age(limit) + " are wanted"
	case s.Attempts < after.Attempts:
		return count(s.Attempts, "attempt") + "; " + count(after.Attempts, "attempt") + " are wanted"
	}
	return ""
}

// second hears the secondary's data centre. Its refusals have to last as long as
// the console's: what refuses there is a host that lives. Its silence confirms
// that of the console.
func (j *judge) second() (lacks string, comes bool) {
	s := j.n.Second
	switch {
	case !j.secondPlace():
		return "no Windows host of the site file is in the secondary's data centre, and from one place a server that is cut off looks dead", false
	case s.Asked.Before(j.n.Sight.First):
		return "the secondary's data centre has not said yet what it sees", true
	case s.Err != nil && j.now.Sub(s.Sight.Last) > standing:
		j.said = append(j.said, "no second place: "+trouble(s.Err)+", "+j.ago(s.Asked))
		return "the secondary's data centre cannot be asked what it sees", false
	}
	j.said = append(j.said, j.seen(s.Place, s.Sight)+firewall(s))
	switch at := s.Sight.Reach; {
	case at.Landed():
		j.disputed = true
		return s.Place + " gets a connection to it, the console does not", false
	case at.Silent():
		return "", false
	case at == fault.Closed:
		if lacks := j.short(s.Sight); lacks != "" {
			return s.Place + ": " + lacks, true
		}
		return "", false
	case at == fault.NoName:
		return s.Place + " cannot resolve its name, which says nothing about it", false
	}
	return s.Place + " could not try to connect", false
}

// calledOff reports whether something ended for want of time, before it came to a
// result.
func calledOff(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

// standing is how long a report of the second place stands when it cannot be
// asked again.
const standing = 30 * time.Second

// firewall recalls what else looks like a death from the second place.
func firewall(s Second) string {
	if s.Connected {
		return ""
	}
	return "; it never had a connection to it, so a firewall may look the same"
}

// secondPlace reports whether the site file names a host that can be asked.
func (j *judge) secondPlace() bool { return len(j.site.SecondPlace()) > 0 }

// console says what the console itself sees.
func (j *judge) console() string {
	n := j.n
	if n.Sight.Attempts > 0 {
		seen := j.seen("the console", n.Sight)
		if n.Sight.Reach.Landed() && n.Err != nil && (n.Err.Reach == "" || n.Err.Reach.Landed()) { // else it is of another attempt
			seen += ", " + trouble(n.Err)
		}
		return seen
	}
	switch {
	case n.Asked.IsZero():
		return "the console: it has not been asked yet"
	case n.Reachable:
		return "the console: the last answer came " + j.ago(n.Answered)
	}
	return "the console: " + trouble(n.Err) + ", " + j.ago(n.Asked)
}

// seen says what one place sees.
func (j *judge) seen(place string, s Sight) string {
	if s.Attempts == 0 {
		return place + ": it could not try to connect"
	}
	return place + ": " + s.Reach.String() + ", " + count(s.Attempts, "attempt") + " in " + age(s.Lasted) + ", last " + j.ago(s.Last)
}

func (j *judge) ago(t time.Time) string { return ago(j.now, t) }
