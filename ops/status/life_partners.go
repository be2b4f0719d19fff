package status

import (
	"fmt"
	"slices"

	"pchatops/ops/site"
)

// linked are the states of a mirroring session whose servers are connected.
// SUSPENDED tells nothing.
var linked = []string{"SYNCHRONIZED", "SYNCHRONIZING", "UNSYNCHRONIZED", "PENDING_FAILOVER"}

// partner gives the other server of a mirrored pair, nil where there is none.
func (j *judge) partner() *Node {
	switch j.n.Role {
	case site.Primary:
		return j.Node(site.Mirror)
	case site.Mirror:
		return j.Node(site.Primary)
	case site.Secondary:
		return j.Node(site.SecondaryMirror)
	case site.SecondaryMirror:
		return j.Node(site.Secondary)
	default: // nobody is mirrored with it
		return nil
	}
}

// witness gives the witness of the pair that the node belongs to.
func (j *judge) witness() *Node {
	switch j.n.Role {
	case site.Primary, site.Mirror:
		return j.Node(site.Witness)
	case site.Secondary, site.SecondaryMirror:
		return j.Node(site.SecondaryWitness)
	default:
		return nil
	}
}

// partners hears mirror and witness; true: one of them says that the node is
// connected to it.
func (j *judge) partners() (connected bool) {
	if p := j.partner(); j.tells(p) && p.Facts.Mirroring.Configured {
		m := p.Facts.Mirroring
		j.said = append(j.said, fmt.Sprintf("%s: mirroring with it is %s, %s", p.Address, quote(m.State), j.ago(p.Answered)))
		connected = slices.Contains(linked, m.State)
	}
	if w := j.witness(); j.tells(w) && w.Facts.Witness != nil {
		n := w.Facts.Witness.Connections
		says := fmt.Sprintf("%s (witness): %s of the pair %s connected to it, %s", w.Address, count(n, "server"), Are(n), j.ago(w.Answered))
		j.said = append(j.said, says)
		connected = connected || j.mustBe(n)
	}
	return connected
}

// mustBe reports whether one of so many connections of the witness has to be the
// node's: there is one for each server of the pair.
func (j *judge) mustBe(connections int) bool {
	return connections > 1 || connections == 1 && j.accounted(0)
}

// accounted reports whether the partner tells that its own connection to the
// witness makes so many.
func (j *judge) accounted(connections int) bool {
	p, own := j.partner(), 0
	if !j.tells(p) || !p.Facts.Mirroring.Configured {
		return p == nil && connections == 0
	}
	if p.Facts.Mirroring.WitnessState == "CONNECTED" {
		own = 1
	}
	return own == connections
}

// tells reports whether a node's facts are newer than the silence that is judged.
func (j *judge) tells(n *Node) bool {
	return j.fresh(n) && !n.Answered.Before(j.n.since())
}

// partnersLack says which of mirror and witness lives and has not told whether
// the node is connected, and whether it will.
func (j *judge) partnersLack() (lacks string, comes bool) {
	for _, p := range []*Node{j.partner(), j.witness()} {
		switch {
		case p == nil, p.Asked.IsZero() && p.Err == nil && p.Answered.IsZero():
		case TurnsAway(p.Err):
			return p.Address + " answers, but does not tell whether it is connected to it: " + trouble(p.Err), false
		case !p.Reachable:
		case !j.tells(p):
			return p.Address + " has not been asked since", true
		case p.Role == site.Witness || p.Role == site.SecondaryWitness:
			switch w := p.Facts.Witness; {
			case w == nil && p.Facts.Unreadable("witness"):
				return p.Address + " does not tell which servers are connected to it", false
			case w != nil && w.Connections > 0 && !j.accounted(w.Connections):
				j.one = p.Address
				return p.Address + " has a connection of one server of the pair, and does not tell of which", false
			}
		case !p.Facts.Sysadmin:
			return p.Address + " does not tell the state of its mirroring: the login is not sysadmin", false
		case p.Facts.Mirroring.Configured && p.Facts.Mirroring.State != "DISCONNECTED":
			return p.Address + " says that mirroring with it is " + quote(p.Facts.Mirroring.State) + ", which leaves open whether it lives", false
		}
	}
	return "", false
}
