package status

import (
	"fmt"
	"strings"

	"pchatops/ops/fault"
	"pchatops/ops/site"
)

// diagnoseDrift compares how log shipping is configured with the site file, and
// the two primaries with each other: after a failover to the mirror, log
// shipping goes on with the mirror's settings.
func (v *view) diagnoseDrift() {
	p, m, sec := v.Node(site.Primary), v.Node(site.Mirror), v.Node(site.Secondary)
	secondary, primary := v.serverName(sec), v.serverName(p)
	for _, n := range []*Node{p, m} {
		if v.fresh(n) && n.Facts.Primary != nil {
			want := WantedPrimary(v.site, n.Facts.ServerName, secondary)
			how := map[site.Role]string{site.Primary: shipPrimary, site.Mirror: shipMirror}[n.Role]
			v.drifted(n, how, n.Facts.Primary.Settings(v.site.Database).Differ(want), n.Facts.Primary.BackupJob)
		}
	}
	if v.fresh(sec) && sec.Facts.Secondary != nil {
		want := WantedSecondary(v.site, primary)
		ls := sec.Facts.Secondary
		v.drifted(sec, shipPrimary, ls.Settings(v.site.Database).Differ(want), ls.CopyJob, ls.RestoreJob)
	}
	v.diagnoseMonitor(p, m, sec)
	if !v.site.Shipping.Declared && v.fresh(p) && v.fresh(m) && p.Facts.Primary != nil && m.Facts.Primary != nil {
		v.compare(p, m)
	}
}

// serverName is the name by which a server knows itself; "" while it is not known.
func (v *view) serverName(n *Node) string {
	if n == nil {
		return ""
	}
	return n.Facts.ServerName
}

// drifted finds what is not as it should be; what a server or the site file does
// not tell is no difference. Without a log_shipping section the
// numbers of the site file are proposals, and only what is wrong in any case
// counts.
func (v *view) drifted(n *Node, how string, differences []Difference, jobs ...Job) {
	var why []string
	for _, d := range differences {
		if d.Have != "" && d.Want != "" && (d.Certain || v.site.Shipping.Declared) {
			why = append(why, d.String())
		}
	}
	for _, j := range jobs {
		if j.Ownerless {
			why = append(why, "the login that owns the job "+quote(j.Name)+" is gone")
		}
	}
	if len(why) > 0 {
		v.find(shippingDrift.remediedBy(how), n.Address, "on "+n.Address+" "+several(why))
	}
}

// diagnoseMonitor compares what the monitor server watches with what servers are
// configured with, as far as they name it as their monitor.
func (v *view) diagnoseMonitor(senders ...*Node) {
	m := v.Node(site.Monitor)
	if !v.fresh(m) || m.Facts.Watch == nil {
		return
	}
	var should []Watched
	for _, n := range senders {
		if !v.fresh(n) {
			continue
		}
		if ls := n.Facts.Primary; ls != nil && strings.EqualFold(ls.Monitor, m.Facts.ServerName) {
			should = append(should, ls.Watched(n.Facts.ServerName, v.site.Database))
		}
		if ls := n.Facts.Secondary; ls != nil && strings.EqualFold(ls.Monitor, m.Facts.ServerName) {
			should = append(should, ls.Watched(n.Facts.ServerName, v.site.Database))
		}
	}
	if should == nil {
		return
	}
	if why := m.Facts.Watch.Lacks(should); len(why) > 0 {
		v.find(shippingDrift, m.Address, "on "+m.Address+" "+several(why))
	}
}

// compare finds where the mirror would ship otherwise than the primary.
func (v *view) compare(p, m *Node) {
	var why []string
	for _, d := range m.Facts.Primary.Settings(v.site.Database).Differ(p.Facts.Primary.Settings(v.site.Database)) {
		if d.Have != "" && d.Want != "" {
			why = append(why, d.String())
		}
	}
	if len(why) > 0 {
		v.find(shippingDrift.remediedBy(shipMirror), m.Address, m.Address+" differs from "+p.Address+": "+several(why))
	}
}

// mostTold is how many differences a finding tells; the verification of the
// step tells all.
const mostTold = 4

func several(list []string) string {
	if n := len(list) - mostTold; n > 0 {
		list = append(list[:mostTold:mostTold], fmt.Sprintf("and %d more", n))
	}
	return fault.Said(list...)
}
