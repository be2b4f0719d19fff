package failover

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/site"
	"pchatops/ops/status"
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
			where := "all near " + f.secondary.DataCentre
			if len(far) > 0 {
				where = fmt.Sprintf("%d of them far from %s", len(far), f.secondary.DataCentre)
			}
			p.Says = fmt.Sprintf("%s active, %s; %s", plural(len(pool.Active), "server"), where, chat)
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
	a := f.changing(f.Shell.SetActiveServers(pool, wanted))
	return &engine.Plan{
		Facts:   f.choice(),
		Sets:    strings.Join(wanted, ", "),
		Actions: []engine.Action{observing(a, "active servers before", strings.Join(pool.Active, ", "))}, Total: 1,
		Gates:   []engine.Gate{f.storeWritable(pool), f.databaseOnline(ctx), f.oneLive(ctx), f.near(wanted)},
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
		return status.SameServers(active, wanted)
	}
	return !slices.ContainsFunc(active, func(s string) bool {
		return !slices.ContainsFunc(wanted, func(w string) bool { return strings.EqualFold(w, s) })
	})
}

// near is the gate of the document's warning about the place of active servers.
func (f *failover) near(servers []string) engine.Gate {
	g := engine.Gate{
		Name: "active servers near the database",
		Want: "every active server in " + f.secondary.DataCentre + " or across a link that the site file declares fast",
	}
	g.Seen, g.Do = unfit(f.Site, servers)
	if g.Holds = g.Seen == ""; g.Holds {
		g.Seen = "all in or near " + f.secondary.DataCentre
	}
	return g
}

// unfit says which servers may not be active ones, and the way out; "": all may.
func unfit(s *site.Site, servers []string) (seen, do string) {
	var strange, far, says, out []string
	for _, name := range servers {
		switch c := s.ChatServer(name); {
		case c == nil:
			strange = append(strange, name)
		case !near(s, c):
			far = append(far, c.FQDN+" ("+c.DataCentre+")")
		}
	}
	if strange != nil {
		says = append(says, "the site file has no chat server "+strings.Join(strange, ", "))
		out = append(out, "leave out what the site file does not have, or add it to chat_servers with its data centre")
	}
	if far != nil {
		says = append(says, "far from the database: "+strings.Join(far, ", "))
		out = append(out, "leave out what is far, or declare the link in fast_links of the site file")
	}
	return fault.Said(says...), fault.Said(out...)
}

// near reports whether a chat server is near the database of data centre 2.
func near(s *site.Site, c *site.ChatServer) bool {
	in, _ := s.Instance(site.Secondary)
	return s.Fast(c.DataCentre, in.DataCentre)
}

// ActiveServers are the chat servers that somebody names for F7, as the site file
// spells them and each once. What F7 would refuse is refused while nothing is down.
func ActiveServers(s *site.Site, names []string) ([]string, error) {
	var out []string
	for _, name := range names {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		if c := s.ChatServer(name); c != nil {
			name = c.FQDN
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	seen, do := unfit(s, out)
	if len(out) == 0 {
		seen, do = "no server is named", "name some, or leave it out: all beside the new primary are made active then"
	}
	if seen == "" {
		return out, nil
	}
	return nil, &fault.Error{Class: fault.Config, Tried: "choose the active servers", Target: s.Pool, Text: seen, Do: do}
}

func (f *failover) far(servers []string) []string {
	return slices.DeleteFunc(slices.Clone(servers), func(name string) bool {
		c := f.Site.ChatServer(name)
		return c != nil && near(f.Site, c)
	})
}
