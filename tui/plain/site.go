package plain

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pchatops/ops/incident"
	"pchatops/ops/status"
)

// overview says where everything stands: the site a node a line, what is
// wrong, what is at stake, the checklist.
func (c *console) overview() {
	s := c.state
	if s.Snapshot == nil {
		c.say("No server has answered yet.")
	} else {
		for i := range s.Snapshot.Nodes {
			n := &s.Snapshot.Nodes[i]
			c.say("%s: %s", nodeName(n), stop(some(c.nodeState(n), c.nodeMore(n))))
		}
		c.say("pool %s: %s", s.Snapshot.Pool.FQDN, stop(some(c.poolState(s.Snapshot.Pool), c.poolMore(s.Snapshot.Pool), s.Snapshot.OnRecord(c.Site))))
		c.chat()
		c.worst()
		c.say("%s", c.exposure())
	}
	c.checklist()
}

// chat says where nobody can chat, and since when; or how long that took to be
// mended.
func (c *console) chat() {
	switch chat := c.state.Snapshot.Chat; {
	case chat.State == status.ChatDown:
		down := span(c.since(chat.Since))
		if chat.Least {
			down += " or longer"
		}
		c.say("%s", stop(some("Chat is down for "+down, chat.Why)))
	case c.state.ChatBack != nil:
		c.say("Chat was back after %s.", span(*c.state.ChatBack))
	}
}

// worst is the most severe finding with its remedy.
func (c *console) worst() {
	list := c.state.Findings
	if len(list) == 0 {
		c.say("Nothing is wrong with this site.")
		return
	}
	c.finding(list[0])
	if n := len(list) - 1; n > 0 {
		c.say("%d more: choose the findings.", n)
	}
}

func (c *console) finding(f status.Finding) {
	c.say("%s", stop(findingName(f)))
	c.point("Why", f.Why)
	c.point("To do", f.Do)
}

func findingName(f status.Finding) string {
	name := string(f.Severity) + " finding: " + f.Title
	if f.Subject != "" {
		name += ", " + f.Subject
	}
	return name
}

// exposure is what is lost at most where no primary lives, and else what is at
// risk, grown by the time since it was measured.
func (c *console) exposure() string {
	e := c.state.Exposure
	chat := time.Duration(e.Seconds * float64(time.Second))
	switch {
	case !e.Known && e.Loss:
		return stop("How much chat is lost is unknown: " + e.Why)
	case !e.Known:
		return stop("How much chat is at risk is unknown: " + e.Why)
	case e.Loss:
		return stop(some("Loss: up to "+span(chat)+" of chat", e.Why, e.Since))
	}
	if c.state.Ended.IsZero() {
		chat += c.since(c.state.Snapshot.Taken)
	}
	return stop(some("At risk since the last shipped backup: "+span(chat)+" of chat", e.Why, e.Since))
}

// poolState is the state of the pool in words that only change when it does.
func (c *console) poolState(p status.Pool) string {
	busy := ""
	if step := c.state.Busy[p.FQDN]; step != "" {
		busy = "in progress (" + step + ")"
	}
	switch {
	case p.Asked.IsZero():
		return some(p.Word(), busy)
	case p.Err != nil:
		return some(p.Word()+" from a Management Shell", string(p.Err.Class), busy)
	case p.Answered.IsZero():
		return some(p.Word()+" from a Management Shell", busy)
	}
	active := fmt.Sprintf("%d of %d servers active", len(p.Active), len(p.Active)+len(p.Idle))
	return some(p.Word(), active, c.centres(p.Active), busy)
}

func (c *console) poolMore(p status.Pool) string {
	if p.Err == nil || p.Answered.IsZero() {
		return ""
	}
	return "STALE: was " + p.State + " " + span(c.since(p.Answered)) + " ago"
}

// centres says in which data centres chat servers are: "4 in dc1".
func (c *console) centres(fqdns []string) string {
	if c.Site == nil {
		return ""
	}
	found := map[string]int{}
	for _, f := range fqdns {
		centre := "an unknown place"
		for _, s := range c.Site.ChatServers {
			if strings.EqualFold(s.FQDN, f) {
				centre = s.DataCentre
			}
		}
		found[centre]++
	}
	var parts []string
	for centre, n := range found {
		parts = append(parts, fmt.Sprintf("%d in %s", n, centre))
	}
	slices.Sort(parts)
	return some(parts...)
}

// answered reports whether every node was asked at least once.
func answered(s *incident.State) bool {
	return s != nil && s.Snapshot != nil && !slices.ContainsFunc(s.Snapshot.Nodes, func(n status.Node) bool { return n.Asked.IsZero() })
}
