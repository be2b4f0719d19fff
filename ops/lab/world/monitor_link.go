package world

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"pchatops/ops/lab/tsql"
)

// Link is what becomes of the connection that a procedure of log shipping opens from its
// server to the monitor server.
type Link string

// The links. None is the Agent's: its jobs log in as themselves.
const (
	LinkUp      Link = "up"
	LinkRefused Link = "refused" // the caller's credentials do not travel on: the monitor server sees an anonymous logon
	LinkMissing Link = "missing" // somebody removed the linked server
	LinkDenied  Link = "denied"  // the provider says no more than that
)

// Links are all of them.
var Links = []Link{LinkUp, LinkRefused, LinkMissing, LinkDenied}

// SetMonitorLink breaks what an instance reaches its monitor server by, or mends it.
func (w *World) SetMonitorLink(instance string, l Link) error {
	i := w.Instance(instance)
	if i == nil || !slices.Contains(Links, l) {
		return fmt.Errorf("no instance %q, or no link %q: %v", instance, l, Links)
	}
	w.locked(func() { i.link = l })
	return nil
}

// linkPatience is the login time-out of a linked server.
const linkPatience = 10 * time.Second

// linked tries the connection to a monitor server: what a client is told, the last of it
// as the error that ends the procedure, and how long that takes. The caller holds w.mu.
func (i *Instance) linked(name string) (said []*tsql.Error, e *tsql.Error, takes time.Duration) {
	if name == "" || strings.EqualFold(name, i.Name()) {
		return nil, nil, 0
	}
	switch i.link {
	case LinkUp:
	case LinkRefused:
		return nil, fail(18456, `NT AUTHORITY\ANONYMOUS LOGON`), 0
	case LinkMissing:
		return nil, fail(7202, "LOGSHIPLINK_"+name+"_-1178142848"), 0
	case LinkDenied:
		return []*tsql.Error{fail(7399, "LOGSHIPLINK_"+name+"_-1178142848")}, fail(32054), 0
	}
	if i.remote(name) != nil {
		return nil, nil, 0
	}
	unreached := &tsql.Error{Number: 53, State: 1, Class: 16, Message: "Named Pipes Provider: Could not open a connection to SQL Server [53]. "}
	return []*tsql.Error{fail(7412, "LOGSHIPLINK_"+name+"_-1178142848"), unreached}, fail(32055, name), linkPatience
}

// overLink makes a procedure that also works on the monitor server, which monitor names,
// unless it is told to leave that alone: it does nothing at all where it does not reach it.
func overLink(monitor func(*call) string, run func(*call) (int, *tsql.Error)) func(context.Context, *call) (int, *tsql.Error) {
	return func(ctx context.Context, c *call) (int, *tsql.Error) {
		w, name := c.inst().w, ""
		w.mu.Lock()
		if !c.yes("@ignoreremotemonitor") {
			name = monitor(c)
		}
		said, e, takes := c.inst().linked(name)
		c.s.command = "EXECUTE"
		w.mu.Unlock()
		killed := takes > 0 && w.Clock.Speed() > 0 && w.pause(ctx, takes) != nil
		w.mu.Lock()
		defer w.mu.Unlock()
		if c.s.command = ""; killed {
			return 1, fail(596)
		}
		if e == nil {
			return run(c)
		}
		for _, x := range said {
			c.say(x)
		}
		return 1, e
	}
}

// The monitor servers that the procedures find in their tables, or are given.
func monitorGiven(c *call) string { return c.str("@monitor_server") }

func monitorOfPrimary(c *call) string {
	if p := c.inst().primaryOf(c.str("@database")); p != nil && len(p.secondaries) == 0 {
		return p.monitor
	}
	return ""
}

func monitorChanged(c *call) string {
	if p := c.inst().primaryOf(c.str("@database")); p != nil {
		return p.monitor
	}
	return ""
}

func monitorOfSecondary(c *call) string {
	if s := c.inst().secondaryOf(c.str("@primary_server"), c.str("@primary_database")); s != nil {
		return s.monitor
	}
	return ""
}

func monitorOfDatabase(c *call) string {
	if d := c.inst().secondaryDatabase(c.str("@secondary_database")); d != nil {
		return d.of.monitor
	}
	return ""
}
