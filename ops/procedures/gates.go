package procedures

import (
	"fmt"
	"strings"

	"pchatops/ops/engine"
	"pchatops/ops/status"
)

// AgentRuns is the gate that the Agent of a server runs: log shipping is its
// jobs.
func AgentRuns(label string, f status.Facts) engine.Gate {
	return engine.Gate{
		Name: "SQL Server Agent on " + label, Holds: f.Agent.Running(), Seen: f.Agent.State, Want: "running",
		Do: "start SQL Server Agent on " + label + " and let it start automatically",
	}
}

// Sysadmin is the gate that the console's login may do what the procedures of
// log shipping demand.
func Sysadmin(label string, f status.Facts) engine.Gate {
	seen := "the login is sysadmin"
	if !f.Sysadmin {
		seen = "the login is not sysadmin"
	}
	return engine.Gate{
		Name: "rights on " + label, Holds: f.Sysadmin, Seen: seen, Want: "sysadmin: all log shipping procedures need it",
		Do: "give the console's login the server role sysadmin",
	}
}

// LocalSystem knows the account Local System by the names that services and
// views give it. It reaches no share of another machine.
func LocalSystem(account string) bool {
	switch strings.ToLower(account) {
	case "localsystem", `.\localsystem`, `nt authority\system`, `nt authority\localsystem`:
		return true
	}
	return false
}

// ProofOf makes a proof of gates: it holds when all of them do.
func ProofOf(gates []engine.Gate, says string) *engine.Proof {
	p := &engine.Proof{Holds: true, Says: says}
	for _, g := range gates {
		p.Facts = append(p.Facts, engine.Fact{Name: g.Name, Value: g.Seen})
		if !g.Holds && p.Holds {
			p.Holds, p.Says = false, fmt.Sprintf("%s: %s; wanted: %s. %s", g.Name, g.Seen, g.Want, g.Do)
		}
	}
	return p
}
