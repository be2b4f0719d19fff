package status

import "pchatops/ops/site"

// diagnosePartner finds a mirror that would not ship the log if it took over:
// the protection of the second data centre would end with the first failover.
func (v *view) diagnosePartner() {
	p, m := v.Node(site.Primary), v.Node(site.Mirror)
	if !v.fresh(p) || !v.fresh(m) || p.Facts.Primary == nil || m.Facts.Primary != nil {
		return
	}
	if m.Facts.Mirroring.Configured && len(m.Facts.Unread) == 0 {
		v.find(mirrorNotShipping, m.Address, p.Address+" ships its log, its mirror "+m.Address+" is no log shipping primary")
	}
}
