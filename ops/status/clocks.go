package status

import (
	"strings"
	"time"

	"pchatops/ops/inventory"
	"pchatops/ops/site"
)

// ClocksOf compares the clocks of servers with that of the one by which moments
// are told, ours, each as it last answered. The console's own clock lies between
// them, and need not be right.
func ClocksOf(ours Node, now time.Time, writers ...Node) inventory.Clocks {
	c := inventory.Clocks{Ours: ours.Address, Zone: ours.Facts.Ahead, Now: now, Here: now, Pace: ours.Pace, Writers: map[string]inventory.Writer{}}
	var off time.Duration // of ours from the console's
	if ours.Facts.ServerTime.IsZero() {
		c.Ours = "this console"
	} else {
		off = ours.Facts.ServerTime.Sub(ours.Answered)
		c.Now = ours.Facts.ServerTime.Add(inventory.Paced(now.Sub(ours.Answered), ours.Pace))
	}
	for _, n := range writers {
		if n.Facts.ServerTime.IsZero() || n.Answered.IsZero() || n.Unsteady || ours.Unsteady {
			continue
		}
		w := inventory.Writer{Zone: n.Facts.Ahead, Ahead: n.Facts.ServerTime.Sub(n.Answered) - off}
		for _, name := range []string{n.Address, n.Facts.ServerName} {
			if name != "" {
				c.Writers[strings.ToLower(name)] = w
			}
		}
	}
	return c
}

// clocks are those of a snapshot, by the secondary's.
func (v *view) clocks() inventory.Clocks {
	var ours Node
	var writers []Node
	for _, n := range v.Nodes {
		switch n.Role {
		case site.Secondary:
			ours = n
		case site.Primary, site.Mirror:
			writers = append(writers, n)
		default:
		}
	}
	return ClocksOf(ours, v.now, writers...)
}
