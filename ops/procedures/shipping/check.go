package shipping

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"pchatops/ops/engine"
	"pchatops/ops/procedures"
	"pchatops/ops/status"
)

// checkServers is P0, with what else the servers have to be before anything is
// set up on them. It changes nothing.
func (s *shipping) checkServers() engine.Step {
	return engine.Step{
		ID: "P0", Title: "Check both servers", Source: document + "0: be sure that SQL Server Agent is running", Risk: engine.Read,
		Why:  "Log shipping is three jobs of SQL Server Agent and an unbroken chain of log backups: without Agent, or in SIMPLE recovery, there is neither.",
		Plan: s.planServers,
		Verify: func(ctx context.Context) (*engine.Proof, error) {
			e, err := s.read(ctx)
			if err != nil {
				return nil, err
			}
			return procedures.ProofOf(s.gatesNow(ctx, e), fmt.Sprintf("%s (%s) and %s (%s) can ship the log of %s",
				s.primary.label, e.primary.Version, s.secondary.label, e.secondary.Version, s.db)), nil
		},
	}
}

// planServers also lets the connections be opened that the next steps act over.
func (s *shipping) planServers(ctx context.Context) (*engine.Plan, error) {
	s.primary.Ready(ctx)
	s.secondary.Ready(ctx)
	e, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	return &engine.Plan{Gates: s.gatesNow(ctx, e)}, nil
}

// gatesNow are those of the servers, and that the secondary does not serve the chat.
// Where nobody can tell, the step that would replace its database asks.
func (s *shipping) gatesNow(ctx context.Context, e ends) []engine.Gate {
	gates := s.serverGates(e)
	if g, unread := s.serving(ctx, e); !unread {
		gates = append(gates, g)
	}
	return gates
}

func (s *shipping) serverGates(e ends) []engine.Gate {
	return []engine.Gate{
		s.live(e), s.fullRecovery(e.primary),
		procedures.AgentRuns(s.primary.label, e.primary), procedures.AgentRuns(s.secondary.label, e.secondary),
		procedures.Sysadmin(s.primary.label, e.primary), procedures.Sysadmin(s.secondary.label, e.secondary),
		edition(s.primary.label, e.primary), edition(s.secondary.label, e.secondary),
		s.versions(e), s.apart(e), s.noOther(e),
	}
}

// live: 32007 is what the server says otherwise.
func (s *shipping) live(e ends) engine.Gate {
	d, role := e.primary.Database, e.primary.Mirroring.Role
	g := engine.Gate{
		Name: "live primary", Holds: d.Online(), Seen: fmt.Sprintf("%s on %s is %s", s.db, s.primary.label, d.State), Want: "ONLINE",
		Do: "set log shipping up from the server that holds the live database",
	}
	if role == "MIRROR" {
		g.Holds = false
		g.Seen += ": it is the mirror now, and its partner has the chat"
		g.Do = "go back first: run ship-mirror --step M22, which is Invoke-CsDatabaseFailover -NewPrincipal Primary; then run ship-primary again"
	}
	if !d.Exists {
		g.Seen = fmt.Sprintf("no database %s on %s", s.db, s.primary.label)
	}
	if e.secondary.Database.Online() {
		g.Do = fmt.Sprintf("%s is ONLINE on %s, which looks like a failover: bring the chat back to %s first, and ship its log from there", s.db, s.secondary.label, s.primary.label)
	}
	return g
}

// fullRecovery: 32015 is what the server says otherwise.
func (s *shipping) fullRecovery(f status.Facts) engine.Gate {
	r := f.Database.Recovery
	return engine.Gate{
		Name: "recovery model", Holds: r == "FULL" || r == "BULK_LOGGED", Seen: r, Want: "FULL",
		Do: "set the recovery model of " + s.db + " to FULL; the full backup of this procedure then begins the chain of log backups",
	}
}

// edition: 32017 is what the server says otherwise.
func edition(label string, f status.Facts) engine.Gate {
	e := strings.ToLower(f.Edition)
	return engine.Gate{
		Name: "edition of " + label, Holds: !strings.HasPrefix(e, "express"), Seen: f.Edition, Want: "an edition with SQL Server Agent",
		Do: "log shipping needs Standard, Enterprise or Developer",
	}
}

// versions: a backup of a newer version cannot be restored (3169).
func (s *shipping) versions(e ends) engine.Gate {
	return engine.Gate{
		Name: "versions", Holds: !older(e.secondary.Version, e.primary.Version),
		Seen: fmt.Sprintf("primary %s, secondary %s", e.primary.Version, e.secondary.Version), Want: "a secondary that is not older than the primary",
		Do: "bring " + s.secondary.label + " to the version of " + s.primary.label + ": it could not restore a single backup",
	}
}

// older compares major and minor version: backups of one version fit whatever
// the build is.
func older(a, b string) bool {
	for i := range 2 {
		if x, y := part(a, i), part(b, i); x != y {
			return x < y
		}
	}
	return false
}

func part(version string, i int) int {
	parts := strings.Split(version, ".")
	if i >= len(parts) {
		return 0
	}
	n, _ := strconv.Atoi(parts[i]) // 0: not known
	return n
}

// apart keeps a mistake in the site file from restoring the database over itself.
func (s *shipping) apart(e ends) engine.Gate {
	p, sec := e.primary.ServerName, e.secondary.ServerName
	return engine.Gate{
		Name: "two servers", Holds: p != "" && sec != "" && !strings.EqualFold(p, sec), Seen: fmt.Sprintf("primary '%s', secondary '%s'", p, sec),
		Want: "two instances with names of their own",
		Do:   "correct the addresses in the site file; a server without a name (@@SERVERNAME is NULL) needs sp_addserver and a restart",
	}
}

// noOther: the database on the secondary may belong to another configuration.
func (s *shipping) noOther(e ends) engine.Gate {
	g := engine.Gate{
		Name: "no other log shipping", Holds: true, Seen: "none", Want: "no log shipping into " + s.db + " from another server",
		Do: "remove the other configuration first (unship)",
	}
	if ls := e.secondary.Secondary; ls != nil {
		g.Seen = "from " + ls.PrimaryServer
		g.Holds = strings.EqualFold(ls.PrimaryServer, s.nameOf(s.primary, e.primary)) && strings.EqualFold(ls.PrimaryDatabase, s.db)
	}
	return g
}
