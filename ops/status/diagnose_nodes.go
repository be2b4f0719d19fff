package status

import (
	"slices"

	"pchatops/ops/fault"
	"pchatops/ops/site"
)

// diagnoseNodes finds what is wrong with single servers.
func (v *view) diagnoseNodes() {
	for i := range v.Nodes {
		n := &v.Nodes[i]
		switch {
		case n.Asked.IsZero() && n.Answered.IsZero():
		case n.Reachable && !v.fresh(n):
			v.find(staleFacts, n.Address, "the facts of "+n.Address+" were read "+ago(v.now, n.Answered))
		case n.Reachable:
			v.diagnoseServer(n)
		case TurnsAway(n.Err):
			v.find(noLogin, n.Address, "the console cannot log in to "+n.Address+", so its state is unknown: "+trouble(n.Err))
		case slices.Contains(v.told, n.Address):
		case n.Role == site.Secondary:
			v.find(secondaryUnreachable, n.Address, v.quiet(n)+": "+trouble(n.Err))
		default:
			v.diagnoseSilent(n)
		}
	}
}

// diagnoseSilent finds a server that does not answer, under the word that it has
// everywhere.
func (v *view) diagnoseSilent(n *Node) {
	silent, why := *nodeUnreachable, ": "+trouble(n.Err)
	silent.title = n.Word()
	if n.Life.Verdict == Alive {
		why = ", and yet it lives: " + fault.Said(n.Life.Because...)
	}
	v.find(&silent, n.Address, v.quiet(n)+why)
}

// diagnoseServer looks at a server that answers.
func (v *view) diagnoseServer(n *Node) {
	if !n.Facts.Sysadmin {
		v.find(notSysadmin, n.Address, "the login on "+n.Address+" is not sysadmin")
	}
	agent := n.Facts.Agent
	ships := n.Role == site.Primary || n.Role == site.Mirror || n.Role == site.Secondary
	if ships && !agent.Running() && agent.State != "" && agent.State != "unknown" {
		v.find(agentStopped, n.Address, "SQL Server Agent on "+n.Address+" is "+quote(agent.State))
	}
}

// diagnoseDatabases finds databases that are gone or broken.
func (v *view) diagnoseDatabases() {
	live := v.sole()
	for i := range v.Nodes {
		n := &v.Nodes[i]
		if !v.fresh(n) {
			continue
		}
		d := n.Facts.Database
		switch {
		case d.State == "OFFLINE" && live != nil && live != n: // taken out of service, so that there is one live database
		case slices.Contains(hiding, d.State):
			unusable := *databaseSuspect
			unusable.do = Reveal(d, v.site.Database, n.Address)
			v.find(&unusable, n.Address, "the database on "+n.Address+" is "+d.State)
		case d.Exists:
		case n.Role == site.Secondary, n.Role == site.Primary && live == nil:
			missing := *databaseMissing
			if live == nil { // what the others have is not all chat
				missing.do, missing.procedure = Find(d, v.site.Database, n.Address, false), ""
			}
			v.find(&missing, n.Address, n.Address+" answers and has no database "+v.site.Database)
		}
	}
}

// diagnoseTrust recalls where the site file accepts any certificate.
func (v *view) diagnoseTrust() {
	for _, i := range v.site.Instances {
		if i.Trust.Any {
			v.find(certificateAny, i.Address(), "the site file accepts any certificate from "+i.Address())
		}
	}
	for _, h := range v.site.Hosts {
		if h.Trust.Any {
			v.find(certificateAny, h.Name, "the site file accepts any certificate from "+h.Name)
		}
	}
}
