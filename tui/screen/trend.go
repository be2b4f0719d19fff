package screen

import (
	"strings"
	"time"

	"pchatops/ops/status"
)

// trendWidth is how many samples a trend keeps; one is taken each minute.
const trendWidth = 8

// Trends are how old the last restore on a node was against its limit, by
// address, oldest first. They are never changed: a sample makes new ones.
type Trends map[string][]int

// bars stand for eighths of the limit.
var bars = []rune("▁▂▃▄▅▆▇█")

// Sample adds what a snapshot shows.
func (v View) Sample() Trends {
	out := Trends{}
	if v.State.Snapshot == nil {
		return v.Trends
	}
	for i := range v.State.Snapshot.Nodes {
		n := &v.State.Snapshot.Nodes[i]
		before := v.Trends[n.Address]
		out[n.Address] = before
		if eighth, known := v.eighth(n); known {
			samples := append(append([]int(nil), before...), eighth)
			out[n.Address] = samples[max(len(samples)-trendWidth, 0):]
		}
	}
	return out
}

func (v View) eighth(n *status.Node) (int, bool) {
	s := n.Facts.Secondary
	if s == nil || !n.Reachable || s.RestoreAge < 0 {
		return 0, false
	}
	limit := v.limit(s.Threshold, n.Role)
	if limit <= 0 {
		limit = time.Hour
	}
	top := len(bars) - 1
	return min(int((s.RestoreAge+v.since(n.Answered))*time.Duration(len(bars))/limit), top), true
}

func (t Trends) draw(address string) string {
	var b strings.Builder
	for _, eighth := range t[address] {
		b.WriteRune(bars[eighth])
	}
	return b.String()
}
