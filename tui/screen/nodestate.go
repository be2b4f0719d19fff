package screen

import (
	"time"

	"pchatops/ops/fault"
	"pchatops/ops/site"
	"pchatops/ops/status"
	"pchatops/tui/part/clean"
)

// defaultStale is when facts count as old where the site file does not say.
const defaultStale = 15 * time.Second

// nodeWord is the state of a node in one word.
func (v View) nodeWord(n *status.Node) word {
	switch {
	case n.Asked.IsZero():
		return word{"·", "ASKING", muted}
	case !n.Reachable && v.State.Busy[n.Address] != "":
		return word{"►", "NO ANSWER", busy}
	case !n.Reachable:
		return unreachable(n.Err)
	case !n.Role.HoldsChat():
		return word{"✓", "UP", good}
	}
	w := databaseWord(n)
	if v.State.Busy[n.Address] != "" {
		w.glyph, w.tone = "►", busy
	}
	return w
}

// unreachable tells a dead server from one that merely refuses the console.
func unreachable(err *fault.Error) word {
	if err == nil {
		return word{"✗", "DOWN", bad}
	}
	switch err.Class {
	case fault.Login:
		return word{"✗", "LOGIN", bad}
	case fault.Permission:
		return word{"✗", "NO RIGHT", bad}
	case fault.Certificate:
		return word{"✗", "CERTIFICATE", bad}
	case fault.Timeout:
		return word{"✗", "NO ANSWER", bad}
	case fault.Unreachable, fault.Lost:
		return word{"✗", "DOWN", bad}
	default:
		return word{"✗", "ERROR", bad}
	}
}

func databaseWord(n *status.Node) word {
	d, m := n.Facts.Database, n.Facts.Mirroring
	switch {
	case !d.Exists && n.Role == site.SecondaryMirror:
		return word{"·", "NO MIRROR", muted}
	case !d.Exists:
		return word{"✗", "NO DATABASE", bad}
	case m.Configured && m.Role == "MIRROR":
		return mirrored("MIRROR", m.State)
	case m.Configured && m.Role == "PRINCIPAL" && d.Online():
		return mirrored("PRINCIPAL", m.State)
	case d.Online():
		return word{"✓", "ONLINE", good}
	case d.Standby:
		return word{"◐", "STANDBY", waiting(n.Role)}
	case d.State == "RESTORING", d.State == "RECOVERING":
		return word{"◐", d.State, waiting(n.Role)}
	default:
		return word{"✗", clean.Line(d.State), bad}
	}
}

// waiting: a restoring database is as it should be on the secondary only.
func waiting(r site.Role) tone {
	if r == site.Secondary {
		return good
	}
	return warn
}

func mirrored(role, state string) word {
	if state == "SYNCHRONIZED" {
		return word{"✓", role, good}
	}
	return word{"!", role, warn}
}
