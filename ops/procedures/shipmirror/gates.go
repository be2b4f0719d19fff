package shipmirror

import (
	"fmt"
	"strings"

	"pchatops/ops/engine"
	"pchatops/ops/procedures"
	"pchatops/ops/status"
)

// checks are what the mirror has to be to ship its log. They are asked for
// before the chat is moved, and again when it has been.
func (m *shipMirror) checks(e ends, seen procedures.PathSeen) []engine.Gate {
	share := m.share(e)
	return []engine.Gate{
		procedures.AgentRuns(m.mirror.label, e.mirror), procedures.Sysadmin(m.mirror.label, e.mirror), m.localSystem(e.mirror),
		{
			Name: "the backup share, seen from " + m.mirror.label, Holds: seen.Folder, Seen: m.reached(share, seen),
			Want: "a folder that its service account reaches",
			Do:   fmt.Sprintf("give the service account of SQL Server on %s read and write on %s, on the share and in NTFS", m.mirror.label, share),
		},
	}
}

func (m *shipMirror) reached(path string, seen procedures.PathSeen) string {
	switch {
	case seen.Unread != "":
		return "nobody knows: " + seen.Unread
	case seen.Folder:
		return path + " is a folder"
	}
	return path + " is not reached"
}

// localSystem is the rule of M9: Local System reaches no share of another
// machine, and the mirror has no folder of the primary's.
func (m *shipMirror) localSystem(f status.Facts) engine.Gate {
	account := f.Engine.Account
	g := engine.Gate{
		Name: "service account of " + m.mirror.label, Seen: account, Want: "an account that reaches the backup share",
		Do: "SQL Server on " + m.mirror.label + " runs as Local System, which reaches no share of another machine: let it run as a domain account",
	}
	g.Holds = !procedures.LocalSystem(account)
	if account == "" {
		g.Seen = "the server does not tell"
	}
	return g
}

// synchronised is the gate of both ways: nothing is lost only where the
// partner has everything.
func (m *shipMirror) synchronised(s server, f status.Facts, e ends) engine.Gate {
	return engine.Gate{
		Name: "mirroring", Holds: settled(f) && f.Mirroring.Safety == "FULL", Seen: stands(s, f) + ", safety " + f.Mirroring.Safety,
		Want: s.label + " is PRINCIPAL and SYNCHRONIZED with safety FULL",
		Do:   m.elsewhere(e, m.remedy(s, f)),
	}
}

// remedy says what makes a server the principal of a partner that has caught up, by
// what keeps it from being that.
func (m *shipMirror) remedy(s server, f status.Facts) string {
	d := f.Database
	switch {
	case !d.Exists:
		return fmt.Sprintf("find out what became of %s on %s: there is none of that name", m.db, s.label)
	case d.Hidden():
		return status.Reveal(d, m.db, s.label)
	case !f.Mirroring.Configured && !f.Sysadmin:
		return fmt.Sprintf("give the console's login on %s sysadmin: without it nobody sees whether %s is mirrored there", s.label, m.db)
	case !f.Mirroring.Configured && d.Restoring():
		return fmt.Sprintf("%s has no partner on %s and waits for log: no waiting brings it online. See where %s is ONLINE, and mirror it from there anew", m.db, s.label, m.db)
	case !f.Mirroring.Configured:
		return fmt.Sprintf("mirror %s from %s first (Install-CsMirrorDatabase): it has no partner", m.db, s.label)
	}
	return partnerRemedy(s, f.Mirroring)
}

// partnerRemedy is that of a database in a mirroring session.
func partnerRemedy(s server, p status.Mirroring) string {
	switch {
	case p.State == "SUSPENDED":
		return "see why (disk, error on the mirror), then ALTER DATABASE … SET PARTNER RESUME on the principal"
	case p.State == "DISCONNECTED":
		return "check the partner of " + s.label + " and the mirroring endpoints on both sides: while they are apart it does not catch up"
	case p.State == "PENDING_FAILOVER":
		return "wait until the change of roles has ended, which takes some seconds"
	case p.State != "SYNCHRONIZED":
		return "wait until the partner has caught up"
	case p.Role != "PRINCIPAL":
		return s.label + " is the mirror now: M1 and M22 change the roles"
	}
	return "on the principal: ALTER DATABASE … SET PARTNER SAFETY FULL, and wait until the partner has caught up"
}

// shipped is the gate that the secondary takes the primary's backups.
func (m *shipMirror) shipped(e ends) engine.Gate {
	g := engine.Gate{
		Name: "log shipping of " + m.secondary.label, Want: m.db + " restores what " + m.primary.label + " ships", Seen: "not configured",
		Do: m.first(e, "set log shipping up for the primary first (ship-primary)"),
	}
	if ls := e.secondary.Secondary; ls != nil {
		g.Seen = fmt.Sprintf("from %s, %s is %s", ls.PrimaryServer, m.db, e.secondary.Database.Word())
		g.Holds = e.secondary.Database.Restoring() && strings.EqualFold(ls.PrimaryServer, e.primary.ServerName)
	}
	return g
}
