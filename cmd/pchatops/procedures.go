package main

import (
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"pchatops/ops/engine"
	"pchatops/ops/procedures"
	"pchatops/ops/procedures/failover"
	"pchatops/ops/procedures/shipmirror"
	"pchatops/ops/procedures/shipping"
	"pchatops/ops/procedures/topology"
	"pchatops/ops/site"
)

// procedureNames are the names that PROCEDURE may have.
var procedureNames = []string{"failover", "ship-primary", "ship-mirror", "topology", "unship"}

// procedureHelp says what each of them is for.
const procedureHelp = `
Procedures:
  failover      bring the chat database back in data centre 2
  ship-primary  set up log shipping from the primary
  ship-mirror   let log shipping go on when the mirror takes over
  topology      check what has to be published in Topology Builder; sends nothing
  unship        remove log shipping`

// oneProcedure wants the name of a procedure, and nothing else.
func oneProcedure(_ *cobra.Command, args []string) error {
	names := strings.Join(procedureNames, ", ")
	switch {
	case len(args) != 1:
		return usage("give the name of one procedure: there are %s", names)
	case !slices.Contains(procedureNames, args[0]):
		return usage("no procedure %q: there are %s", clean(args[0]), names)
	}
	return nil
}

// choices are the procedures that the operator of a console can choose from.
// One that this site is not configured for is none.
func (e *estate) choices() []engine.Procedure {
	var out []engine.Procedure
	for _, name := range procedureNames {
		if p, err := e.procedure(name, func(string) string { return "" }, nil); err == nil {
			out = append(out, p)
		}
	}
	return out
}

// procedure makes a procedure by its name.
func (e *estate) procedure(name string, recall func(string) string, servers []string) (engine.Procedure, error) {
	p := &procedures.Estate{
		Site: e.site, SQL: map[site.Role]procedures.Instance{}, Shipping: map[site.Role]procedures.ShippingServer{}, Files: e.files, Shell: e.shell,
		ActiveServers: servers, Now: time.Now, Seen: e.node, Life: e.life, Knock: e.knock, Glance: e.glance, Reach: e.reach, Recall: recall,
		ChatService: e.chatService,
	}
	for role, s := range e.sql {
		p.SQL[role], p.Shipping[role] = s, s
	}
	switch name {
	case "failover":
		return failover.New(p)
	case "ship-primary":
		return shipping.New(p)
	case "ship-mirror":
		return shipmirror.New(p, e.shell)
	case "unship":
		return shipping.NewUnship(p)
	case "topology":
		return topology.New(p, e.shell)
	}
	return engine.Procedure{}, oneProcedure(nil, []string{name})
}
