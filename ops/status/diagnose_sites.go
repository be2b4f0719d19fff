package status

import (
	"cmp"
	"strings"

	"pchatops/ops/fault"
	"pchatops/ops/site"
)

// diagnoseSites finds out who serves the chat: data centre 1, data centre 2,
// both, or nobody.
func (v *view) diagnoseSites() {
	primary, mirror, secondary := v.Node(site.Primary), v.Node(site.Mirror), v.Node(site.Secondary)
	gone := v.silent(primary) && (mirror == nil || v.silent(mirror))
	unseen := v.silent(primary) && primary.Life.Verdict != Alive
	took := v.fresh(mirror) && mirror.Facts.Database.Online()
	switch serves := v.second(); {
	case v.twoLive() || v.succeeded(secondary, serves):
	case serves != nil:
		v.besides(primary, mirror)
		v.find(v.online(secondary), secondary.Address,
			secondary.Address+" has the database ONLINE"+v.andQuiet(primary, mirror))
	case gone && v.silent(secondary):
		v.find(allUnreachable, "", "none of the instances with the database answers"+v.andQuiet(primary, mirror, secondary))
	case v.siteLost(primary, mirror) && v.fresh(secondary):
		v.diagnoseLost(primary, mirror, secondary)
	case took:
		v.diagnoseTookOver(primary, mirror)
	case unseen && v.fresh(mirror) && mirror.Facts.Database.Exists:
		v.diagnoseMirrorLeft(primary, mirror)
	case unseen && v.fresh(secondary):
		v.unproved(primary, mirror)
	case len(v.principals()) == 0 && v.known(primary) && v.known(mirror) && v.known(secondary) &&
		(v.fresh(primary) || v.fresh(mirror)):
		v.find(noPrincipal, "", "no instance has the database ONLINE: "+v.states(primary, mirror, secondary))
	}
}

// siteLost reports whether nothing can serve chat in data centre 1 any more.
func (v *view) siteLost(primary, mirror *Node) bool {
	return dead(primary) && (mirror == nil || dead(mirror) || v.bare(mirror))
}

// bare reports whether a server answers and has no database of the name.
func (v *view) bare(n *Node) bool { return v.fresh(n) && !n.Facts.Database.Exists }

// diagnoseLost finds that data centre 1 is lost.
func (v *view) diagnoseLost(primary, mirror, secondary *Node) {
	lost, none := *primarySiteLost, ""
	switch d := secondary.Facts.Database; {
	case !d.Exists:
		lost.do = Find(d, v.site.Database, secondary.Address, false) + "; then go on with the failover"
	case v.hidden() != nil:
		lost.do = Reveal(d, v.site.Database, secondary.Address) + "; then go on with the failover"
	}
	s := &lost
	if v.bare(mirror) {
		s, none = v.keeping(s, mirror, "; else "+s.do), "; "+mirror.Address+" answers and has no database "+v.site.Database
	}
	v.find(s, primary.Address,
		"the database on "+secondary.Address+" is "+state(secondary)+v.andQuiet(primary, mirror)+none+witnessed(primary, mirror)+v.butWitness())
}

// dead reports whether a node's death is proved.
func dead(n *Node) bool { return n != nil && !n.Reachable && n.Life.Verdict == Dead }

// unproved reports whether nobody knows of a node that does not answer.
func unproved(n *Node) bool { return n != nil && !n.Reachable && !n.Life.Known() }

// unproved finds servers that may serve chat, and of which nobody knows whether
// they live.
func (v *view) unproved(nodes ...*Node) {
	for _, n := range nodes {
		if unproved(n) && v.silent(n) {
			v.doubt(n, "")
		}
	}
}

// besides finds servers that may serve the database beside the live one and do not
// tell. Of what nobody has had word since it fell silent, nothing is to be feared.
func (v *view) besides(nodes ...*Node) {
	for _, n := range nodes {
		if v.silent(n) && (n.Life.Verdict == Alive || n.Life.Reached != "") {
			mirrored := n.Facts.Mirroring.Configured || n.Answered.IsZero() && len(nodes) > 1
			v.doubt(n, "have somebody look at "+n.Address+" itself, now: where "+v.site.Database+" is ONLINE there, it takes chat that nobody sees; take it offline: "+
				TakeOffline(v.site.Database, mirrored))
		}
	}
}

// doubt finds a server that may serve chat unseen, with what is to be done: "" is
// what its situation says.
func (v *view) doubt(n *Node, do string) {
	v.told = append(v.told, n.Address)
	s := *lifeUnknown
	if n.Life.Disputed || n.Life.Verdict == Alive {
		s = *lifeDisputed
	}
	s.do = cmp.Or(do, s.do)
	why := v.quiet(n) + witnessed(n)
	if n.Life.Lacks != "" {
		why += "; missing for a verdict: " + n.Life.Lacks
	}
	v.find(&s, n.Address, why)
}

// witnessed tells who says what of nodes, and when that was.
func witnessed(nodes ...*Node) string {
	out := ""
	for _, n := range nodes {
		if n != nil && len(n.Life.Because) > 0 {
			out += "; " + n.Address + ": " + fault.Said(n.Life.Because...)
		}
	}
	return out
}

// twoLive finds one database that is live on two instances. Two databases of
// different families only share the name: a rebuilt primary before failback.
func (v *view) twoLive() bool {
	live := v.principals()
	for i, a := range live {
		for _, b := range live[i+1:] {
			if !OtherFamily(a.Facts.Database.Family, b.Facts.Database.Family) {
				v.find(v.takingOffline(a, b), b.Address, "the database is ONLINE on "+a.Address+" and on "+b.Address)
				return true
			}
		}
	}
	return false
}

// takingOffline is the situation of two live principals with what takes the one
// offline that the pool does not use; where that is not known, with both.
func (v *view) takingOffline(nodes ...*Node) *situation {
	s := *twoLivePrincipals
	var texts []string
	for _, n := range nodes {
		used := n.Role == site.Secondary || n.Role == site.SecondaryMirror
		if v.Pool.State == "FailedOver" && used || v.Pool.State == "Normal" && !used {
			continue
		}
		texts = append(texts, "on "+n.Address+": "+TakeOffline(v.site.Database, n.Facts.Mirroring.Configured))
	}
	if len(texts) > 0 {
		s.do = "keep the chat servers on one of them and take the other offline before it takes more messages: " + strings.Join(texts, " or ")
	}
	return &s
}

// andQuiet tells which of the nodes are silent, and notes that they were told.
func (v *view) andQuiet(nodes ...*Node) string {
	out := ""
	for _, n := range nodes {
		if v.silent(n) {
			v.told = append(v.told, n.Address)
			out += "; " + v.quiet(n)
		}
	}
	return out
}

// butWitness tells of a witness beside the lost primary that still answers:
// then the data centre is not gone, and the primary may serve chat unseen.
func (v *view) butWitness() string {
	if w := v.Node(site.Witness); v.fresh(w) {
		return "; yet the witness " + w.Address + " still answers, so " + w.DataCentre + " is not gone as a whole"
	}
	return ""
}

// known holds where a node's state is certain: it tells, or it is dead.
func (v *view) known(n *Node) bool { return n == nil || v.fresh(n) || dead(n) }

func (v *view) states(nodes ...*Node) string {
	var out []string
	for _, n := range nodes {
		switch {
		case n == nil:
		case v.fresh(n):
			out = append(out, n.Address+" "+state(n))
		case v.silent(n):
			out = append(out, n.Address+" no answer")
		default:
			out = append(out, n.Address+" unknown")
		}
	}
	return strings.Join(out, ", ")
}

// state is the database's state on a node, in a word.
func state(n *Node) string {
	switch d := n.Facts.Database; {
	case !d.Exists:
		return "missing"
	case d.Standby && d.Restoring():
		return "STANDBY"
	default:
		return quote(d.State)
	}
}
