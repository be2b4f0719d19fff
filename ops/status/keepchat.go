package status

import (
	"fmt"

	"pchatops/ops/site"
)

// Holder is a server of the primary's site that answers without the database
// online, and may hold chat that no backup has.
type Holder struct {
	Role    site.Role
	Address string
	Facts   Facts
}

// KeepChat says how the chat that only one server has can be kept: by a change of
// roles where there is a mirroring session, and by hand where there is none.
func KeepChat(s *site.Site, h Holder) string {
	d, m := h.Facts.Database, h.Facts.Mirroring
	switch {
	case m.Configured:
		return fmt.Sprintf("make the mirror the principal, which keeps all chat that it has: Invoke-CsDatabaseFailover -PoolFqdn '%s' -DatabaseType PersistentChat -NewPrincipal %s -Force -Confirm:$false",
			s.Pool, map[site.Role]string{site.Primary: "Primary", site.Mirror: "Mirror"}[h.Role])
	case !h.Facts.Sysadmin && d.Exists:
		return fmt.Sprintf("give the console's login on %s sysadmin: without it nobody sees whether %s is mirrored there, and how its chat is kept", h.Address, s.Database)
	case !d.Exists:
		return fmt.Sprintf("bring %s back on %s under its name, if it has another there: no backup has what it took last", s.Database, h.Address)
	}
	return fmt.Sprintf("bring %s back on %s, or take the tail of its log WITH NORECOVERY there first: it is not mirrored, and no backup has what it took last", s.Database, h.Address)
}

// keeping is a situation whose remedy begins with the chat that a node holds.
func (v *view) keeping(s *situation, n *Node, otherwise string) *situation {
	told := *s
	told.do = KeepChat(v.site, Holder{n.Role, n.Address, n.Facts}) + otherwise
	return &told
}

// diagnoseMirrorLeft finds what a mirror is good for whose principal is silent.
func (v *view) diagnoseMirrorLeft(primary, mirror *Node) {
	m := mirror.Facts.Mirroring
	why := "the database on " + mirror.Address + " is " + state(mirror) + v.andQuiet(primary)
	switch {
	case m.Configured && m.Witness != "" && m.WitnessState == "CONNECTED":
		told := v.keeping(primaryDownMirrorUp, mirror, "")
		told.do = "wait some seconds for the automatic failover; if none comes, " + told.do
		v.find(told, primary.Address, why+"; a witness is connected")
	case m.Configured:
		v.find(v.keeping(primaryDownMirrorUp, mirror, ""), primary.Address, why+"; no witness is connected, so nothing fails over by itself")
	case !mirror.Facts.Sysadmin:
		v.find(v.keeping(mirrorUnpaired, mirror, ""), primary.Address, why+"; whether it is mirrored there is not told")
	default:
		v.find(v.keeping(mirrorUnpaired, mirror, "; or fail over, which gives that up"), primary.Address,
			why+"; it has no partner there any more, so no mirroring failover can come"+witnessed(primary))
	}
}

// diagnoseTookOver finds who serves chat on the mirror: the principal of the pair,
// or a database that somebody has recovered there.
func (v *view) diagnoseTookOver(primary, mirror *Node) {
	s, why := *mirrorTookOver, mirror.Address+" has the database ONLINE as principal"
	switch m := mirror.Facts.Mirroring; {
	case m.Configured && m.Role == "PRINCIPAL":
	case m.Configured:
		why = mirror.Address + " has the database ONLINE and says that it is " + quote(m.Role)
	case !mirror.Facts.Sysadmin:
		s.do = "give the console's login on " + mirror.Address + " sysadmin: without it nobody sees whether it is mirrored there, and what the way back is"
		why = mirror.Address + " has the database ONLINE; whether it is mirrored there is not told"
	default:
		s.title = "MIRROR SERVES ALONE"
		s.do = "see who recovered it there and what became of the primary; keep " + v.site.Database + " of the primary offline when that comes back. There is no mirroring session, so Invoke-CsDatabaseFailover cannot go back: " +
			"restore a backup of this one on the primary WITH NORECOVERY and mirror it anew, then change the roles; check until then that " + mirror.Address + " ships its log"
		why = mirror.Address + " has the database ONLINE and no partner: it was recovered there, and is no principal"
	}
	v.find(&s, mirror.Address, why+v.andQuiet(primary))
}
