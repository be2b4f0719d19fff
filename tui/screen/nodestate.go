package screen

import (
	"time"

	"pchatops/ops/site"
	"pchatops/ops/status"
	"pchatops/tui/part/clean"
)

// defaultStale is when facts count as old where the site file does not say.
const defaultStale = 15 * time.Second

// nodeWord is the state of a node: its word, with a sign and a tone.
func (v View) nodeWord(n *status.Node) word {
	text := clean.Line(n.Word())
	switch {
	case text == status.Asking:
		return word{"·", text, muted}
	case !n.Reachable && v.State.Busy[n.Address] != "":
		return word{"►", status.NoAnswer, busy}
	case text == status.NoAnswer || text == status.Disputed:
		return word{"?", text, bad} // a cross is for what is certain
	case !n.Reachable:
		return word{"✗", text, bad}
	}
	w := held(n, text)
	if v.State.Busy[n.Address] != "" {
		w.glyph, w.tone = "►", busy
	}
	return w
}

// held is what a node holds, by its word.
func held(n *status.Node, text string) word {
	switch text {
	case status.Up, "ONLINE":
		return word{"✓", text, good}
	case status.NoMirror:
		return word{"·", text, muted}
	case status.MirrorOf, status.Principal:
		return mirrored(text, n.Facts.Mirroring.State)
	case status.Standby, "RESTORING", "RECOVERING":
		return word{"◐", text, waiting(n.Role)}
	default:
		return word{"✗", text, bad}
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
