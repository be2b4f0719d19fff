package status

import (
	"strings"

	"pchatops/ops/site"
)

// diagnoseSites finds out who serves the chat: data centre 1, data centre 2,
// both, or nobody.
func (v *view) diagnoseSites() {
	primary, mirror, secondary := v.Node(site.Primary), v.Node(site.Mirror), v.Node(site.Secondary)
	lost := v.silent(primary) && (mirror == nil || v.silent(mirror))
	took := v.fresh(mirror) && mirror.Facts.Database.Online()
	online := v.fresh(secondary) && secondary.Facts.Database.Online()
	switch {
	case v.twoLive():
	case online:
		v.find(secondaryOnline, secondary.Address,
			secondary.Address+" has the database ONLINE"+v.andQuiet(primary, mirror))
	case lost && v.silent(secondary):
		v.find(allUnreachable, "", "none of the instances with the database answers"+v.andQuiet(primary, mirror, secondary))
	case lost && v.fresh(secondary):
		v.find(primarySiteLost, primary.Address,
			"the database on "+secondary.Address+" is "+state(secondary)+v.andQuiet(primary, mirror)+v.butWitness())
	case took:
		v.find(mirrorTookOver, mirror.Address,
			mirror.Address+" has the database ONLINE as principal"+v.andQuiet(primary))
	case v.silent(primary) && v.fresh(mirror):
		v.find(primaryDownMirrorUp, primary.Address,
			"the database on "+mirror.Address+" is "+state(mirror)+v.andQuiet(primary))
	case len(v.live()) == 0 && v.known(primary) && v.known(mirror) && v.known(secondary) &&
		(v.fresh(primary) || v.fresh(mirror)):
		v.find(noPrincipal, "", "no instance has the database ONLINE: "+v.states(primary, mirror, secondary))
	}
}

// twoLive finds one database that is live on two instances. Two databases of
// different families only share the name: a rebuilt primary before failback.
func (v *view) twoLive() bool {
	live := v.live()
	for i, a := range live {
		for _, b := range live[i+1:] {
			fa, fb := a.Facts.Database.Family, b.Facts.Database.Family
			if fa == "" || fb == "" || strings.EqualFold(fa, fb) {
				v.find(twoLivePrincipals, b.Address, "the database is ONLINE on "+a.Address+" and on "+b.Address)
				return true
			}
		}
	}
	return false
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

// known holds where a node's state is certain: it tells, or nothing answers.
func (v *view) known(n *Node) bool { return n == nil || v.fresh(n) || v.silent(n) }

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
	case d.Standby:
		return "STANDBY"
	default:
		return quote(d.State)
	}
}
