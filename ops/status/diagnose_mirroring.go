package status

import "pchatops/ops/site"

// diagnoseMirroring looks at the mirroring sessions from the principal, and
// from the mirror where no principal can be asked.
func (v *view) diagnoseMirroring() {
	asked := false
	for _, n := range v.mirrored("PRINCIPAL") {
		asked = true
		v.diagnoseSession(n)
	}
	if !asked {
		for _, n := range v.mirrored("MIRROR") {
			if n.Facts.Mirroring.State != "DISCONNECTED" { // the silent principal has a finding already
				v.diagnoseSession(n)
			}
		}
	}
	v.diagnoseNoMirror()
}

func (v *view) mirrored(role string) []*Node {
	var out []*Node
	for i := range v.Nodes {
		n := &v.Nodes[i]
		if m := n.Facts.Mirroring; v.fresh(n) && m.Configured && m.Role == role {
			out = append(out, n)
		}
	}
	return out
}

func (v *view) diagnoseSession(n *Node) {
	m := n.Facts.Mirroring
	says := n.Address + " says that mirroring with " + quote(m.Partner) + " is " + quote(m.State)
	switch m.State {
	case "SUSPENDED":
		v.find(mirrorSuspended, n.Address, says)
	case "DISCONNECTED":
		v.find(mirrorDisconnected, n.Address, says)
	case "SYNCHRONIZING", "UNSYNCHRONIZED":
		v.find(mirrorUnsynchronised, n.Address, says)
	}
	if m.Witness != "" && m.WitnessState == "DISCONNECTED" {
		v.find(witnessDisconnected, n.Address, n.Address+" says that the witness "+quote(m.Witness)+" is DISCONNECTED")
	}
}

// diagnoseNoMirror finds a live database without the mirror that the site file
// gives it. A login that is not sysadmin cannot know.
func (v *view) diagnoseNoMirror() {
	n := v.sole()
	if n == nil || !n.Facts.Sysadmin || n.Facts.Mirroring.Configured {
		return
	}
	partner := map[site.Role]site.Role{
		site.Primary: site.Mirror, site.Mirror: site.Primary, site.Secondary: site.SecondaryMirror,
	}[n.Role]
	if p, ok := v.site.Instance(partner); ok {
		v.find(noMirror, n.Address, "the live database on "+n.Address+" is not mirrored to "+p.Address())
	}
}
