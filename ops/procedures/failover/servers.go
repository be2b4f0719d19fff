package failover

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/site"
)

// setActiveServers is F7: the active chat servers are those beside the new
// primary.
func (f *failover) setActiveServers() engine.Step {
	return engine.Step{
		ID: "F7", Title: "Set active servers", Source: document + "7", Risk: engine.RoleChange,
		Why:  "All active servers must be in the data centre of the new primary, or in one with a low latency, high bandwidth link to it.",
		Plan: f.planServers,
		Verify: func(ctx context.Context) (*engine.Proof, error) {
			pool, err := f.Shell.Pool(ctx)
			if err != nil {
				return nil, err
			}
			far := f.far(pool.Active)
			p := &engine.Proof{Facts: []engine.Fact{{Name: "active", Value: strings.Join(pool.Active, ", ")}, {Name: "idle", Value: strings.Join(pool.Idle, ", ")}}}
			p.Facts = append(p.Facts, f.choice()...)
			chat := f.seenChatting(ctx)
			p.Holds = f.suits(pool.Active)
			p.Says = fmt.Sprintf("%s active, %d of them away from %s; %s", plural(len(pool.Active), "server"), len(far), f.secondary.DataCentre, chat)
			if !p.Holds {
				p.Says += "; to be active: " + strings.Join(f.wanted(), ", ")
			}
			p.Rivals, p.Unread = f.rivals(ctx)
			return p, nil
		},
	}
}

func (f *failover) planServers(ctx context.Context) (*engine.Plan, error) {
	wanted := f.wanted()
	if len(wanted) == 0 {
		return nil, &fault.Error{
			Class: fault.Config, Tried: "choose the active servers", Target: f.Site.Pool,
			Text: "the site file names no chat server in data centre " + f.secondary.DataCentre,
			Do:   "add the chat servers of that data centre to the site file",
		}
	}
	pool, err := f.Shell.Pool(ctx)
	if err != nil {
		return nil, err
	}
	if f.suits(pool.Active) {
		return &engine.Plan{Already: "active already: " + strings.Join(pool.Active, ", ")}, nil
	}
	a := f.Shell.SetActiveServers(wanted)
	return &engine.Plan{
		Facts:   f.choice(),
		Sets:    strings.Join(wanted, ", "),
		Actions: []engine.Action{observing(a, "active servers before", strings.Join(pool.Active, ", "))}, Total: 1,
		Gates:   []engine.Gate{f.databaseOnline(ctx), f.oneLive(ctx), f.near(wanted)},
		Notes:   []string{"active now: " + strings.Join(pool.Active, ", ")},
		Confirm: f.Confirm(f.secondary.Address()),
	}, nil
}

// activeChosen is the fact that holds which active servers the operator chose: a later
// run of the incident, and verify, go by it.
const activeChosen = "active servers chosen"

// choice is that fact, where he did.
func (f *failover) choice() []engine.Fact {
	if len(f.ActiveServers) == 0 {
		return nil
	}
	return []engine.Fact{{Name: activeChosen, Value: strings.Join(f.ActiveServers, " ")}}
}

// wanted is the list to set: what the operator chose, else all chat servers of
// the new primary's data centre.
func (f *failover) wanted() []string {
	if len(f.ActiveServers) > 0 {
		return f.ActiveServers
	}
	if chosen := strings.Fields(f.Recall(activeChosen)); len(chosen) > 0 {
		return chosen
	}
	var out []string
	for _, c := range f.Site.ChatServers {
		if c.DataCentre == f.secondary.DataCentre {
			out = append(out, c.FQDN)
		}
	}
	return out
}

// suits reports whether these may be the active servers: they are those to set, or,
// where nobody has chosen, some of them. A choice of an earlier incident stands.
func (f *failover) suits(active []string) bool {
	wanted := f.wanted()
	if len(f.choice()) > 0 || f.Recall(activeChosen) != "" || len(active) == 0 {
		return same(active, wanted)
	}
	return !slices.ContainsFunc(active, func(s string) bool {
		return !slices.ContainsFunc(wanted, func(w string) bool { return strings.EqualFold(w, s) })
	})
}

// near is the gate of the document's warning about the place of active servers.
func (f *failover) near(servers []string) engine.Gate {
	far := f.far(servers)
	g := engine.Gate{
		Name: "active servers near the database", Holds: len(far) == 0, Seen: "all in or near " + f.secondary.DataCentre,
		Want: "every active server in " + f.secondary.DataCentre + " or across a link that the site file declares fast",
	}
	if !g.Holds {
		g.Seen = "far or unknown: " + strings.Join(far, ", ")
		g.Do = "leave these out, or declare the link in fast_links of the site file"
	}
	return g
}

func (f *failover) far(servers []string) []string {
	var far []string
	for _, s := range servers {
		i := slices.IndexFunc(f.Site.ChatServers, func(c site.ChatServer) bool { return strings.EqualFold(c.FQDN, s) })
		if i < 0 || !f.Site.Fast(f.Site.ChatServers[i].DataCentre, f.secondary.DataCentre) {
			far = append(far, s)
		}
	}
	return far
}

func same(a, b []string) bool {
	norm := func(in []string) []string {
		out := make([]string, len(in))
		for i, s := range in {
			out[i] = strings.ToLower(s)
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	return slices.Equal(norm(a), norm(b))
}
