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
			Name: "the backup share, seen from " + m.mirror.label, Holds: seen.Folder, Seen: m.reached(share, seen.Folder),
			Want: "a folder that its service account reaches",
			Do:   fmt.Sprintf("give the service account of SQL Server on %s read and write on %s, on the share and in NTFS", m.mirror.label, share),
		},
	}
}

func (m *shipMirror) reached(path string, folder bool) string {
	if folder {
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
func (m *shipMirror) synchronised(s server, f status.Facts) engine.Gate {
	return engine.Gate{
		Name: "mirroring", Holds: settled(f) && f.Mirroring.Safety == "FULL", Seen: stands(s, f) + ", safety " + f.Mirroring.Safety,
		Want: s.label + " is PRINCIPAL and SYNCHRONIZED with safety FULL",
		Do:   "wait until the partner has caught up; if it does not, look at the mirroring session (SUSPENDED: ALTER DATABASE … SET PARTNER RESUME on the principal)",
	}
}

// shipped is the gate that the secondary takes the primary's backups.
func (m *shipMirror) shipped(e ends) engine.Gate {
	g := engine.Gate{
		Name: "log shipping of " + m.secondary.label, Want: m.db + " restores what " + m.primary.label + " ships", Seen: "not configured",
		Do: "set log shipping up for the primary first (ship-primary)",
	}
	if ls := e.secondary.Secondary; ls != nil {
		g.Seen = fmt.Sprintf("from %s, %s is %s", ls.PrimaryServer, m.db, e.secondary.Database.Word())
		g.Holds = e.secondary.Database.Restoring() && strings.EqualFold(ls.PrimaryServer, e.primary.ServerName)
	}
	return g
}
