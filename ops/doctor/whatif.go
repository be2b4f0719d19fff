package doctor

import (
	"fmt"
	"slices"
	"strings"

	"pchatops/ops/site"
	"pchatops/ops/status"
)

// Serving gives why F5 and F7 are not tried with -WhatIf, "" where they may be: a
// cmdlet that does not heed it would take chat from people who have it. A server of
// which is not known whether it serves them counts as one that does.
func Serving(s *status.Snapshot) string {
	if s.Pool.Answered.IsZero() || s.Pool.Err != nil {
		return "the state of the pool could not be read"
	}
	if s.Pool.State != status.NotFailedOver {
		return ""
	}
	for _, n := range s.Nodes {
		if n.Role != site.Primary && n.Role != site.Mirror || n.Life.Verdict == status.Dead {
			continue
		}
		switch {
		case !n.Reachable:
			return "the pool is Normal, and whether " + n.Address + " lives is not known"
		case n.Facts.Database.Online():
			return "the pool is Normal, and " + n.Address + " serves it"
		}
	}
	return ""
}

// Printed gives what the cmdlets of a host printed with -WhatIf.
func Printed(h Host) (out []Check) {
	l := &list{node: h.Site.Name}
	for _, w := range h.Asked.WhatIf {
		code := "whatif " + w.Cmdlet
		n := -1
		if h.Probe != nil {
			n = slices.IndexFunc(h.Probe.WhatIf, func(r WhatIfRun) bool { return r.Cmdlet == w.Cmdlet })
		}
		if n < 0 {
			l.unread(code, "the job has not told", "see job")
			continue
		}
		r := h.Probe.WhatIf[n]
		printed := clip(strings.Join(slices.Concat(r.Lines, h.Probe.Host), " | "), 2000)
		switch {
		case r.Error != nil:
			l.is(code, false, r.Error.said(), "see what it names; the step would meet the same")
		case printed == "":
			l.is(code, true, "it printed nothing", "")
		default:
			l.is(code, true, printed, "")
		}
	}
	return append(out, l.all...)
}

// Changed compares what was read before the cmdlets ran with -WhatIf and afterwards.
// Whatever has changed is critical, with what puts it back.
func Changed(before, after *status.Snapshot, database string) (out []Check) {
	add := func(node, seen, do string) {
		no := false
		out = append(out, Check{Type: "check", Node: node, Code: "whatif-changed", Holds: &no, Seen: seen, Do: do, Critical: true})
	}
	was, is := before.Pool, after.Pool
	unread := &list{node: is.FQDN}
	switch {
	case was.Answered.IsZero() || was.Err != nil || is.Answered.IsZero() || is.Err != nil:
		unread.unread("whatif-changed", "the pool could not be read before and afterwards", "read it again: pchatops status")
	default:
		if was.State != is.State {
			add(is.FQDN, "the state of the pool was "+was.State+", and is "+is.State, fmt.Sprintf("on %s: Set-CsPersistentChatState -Identity '%s' -PoolState '%s' -Confirm:$false", is.Host, strings.ReplaceAll(is.Identity, "'", "''"), was.State))
		}
		if !slices.Equal(was.Active, is.Active) {
			add(is.FQDN, fmt.Sprintf("the active servers were %s, and are %s", strings.Join(was.Active, ", "), strings.Join(is.Active, ", ")),
				fmt.Sprintf("on %s: Set-CsPersistentChatActiveServer -Identity '%s' -ActiveServers @{Replace='%s'} -Confirm:$false", is.Host, strings.ReplaceAll(is.Identity, "'", "''"), strings.Join(was.Active, "','")))
		}
	}
	for _, n := range after.Nodes {
		b := before.Node(n.Role)
		if b == nil || !n.Role.HoldsChat() {
			continue
		}
		if !b.Reachable || !n.Reachable {
			if b.Reachable || n.Reachable {
				unread.all = append(unread.all, Check{Type: "check", Node: n.Address, Code: "whatif-changed", Seen: "not read: it answered only once", Do: "look at it: pchatops status"})
			}
			continue
		}
		if w, i := standing(b.Facts), standing(n.Facts); w != i {
			add(n.Address, "the database was "+w+", and is "+i, fmt.Sprintf("on %s: ALTER DATABASE [%s] SET PARTNER OFF where it is the principal; on its mirror DROP DATABASE [%[2]s] if it was missing there", n.Address, strings.ReplaceAll(database, "]", "]]")))
		}
	}
	out = append(out, unread.all...)
	if len(out) == 0 {
		yes := true
		out = append(out, Check{Type: "check", Node: is.FQDN, Code: "whatif-changed", Holds: &yes, Seen: "everything reads as it did before"})
	}
	return out
}

func standing(f status.Facts) string {
	if !f.Mirroring.Configured {
		return f.Database.Word() + ", not mirrored"
	}
	return f.Database.Word() + ", " + f.Mirroring.Role
}
