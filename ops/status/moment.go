package status

import (
	"slices"
	"strings"
	"time"

	"pchatops/ops/inventory"
)

// Moment is one moment by two clocks.
type Moment struct {
	Here  time.Time // the console's
	There time.Time // the secondary's
}

// SilentFact is the name under which an incident has on record since when a server is
// silent that is proved dead.
func SilentFact(address string) string { return silentFact + address }

const silentFact = "silent since: "

// String is what is put on record; "" for no moment.
func (m Moment) String() string {
	if m.Here.IsZero() || m.There.IsZero() {
		return ""
	}
	return m.Here.UTC().Format(time.RFC3339Nano) + "|" + m.There.UTC().Format(time.RFC3339Nano)
}

// momentOf reads it; what is none is zero.
func momentOf(text string) (m Moment) {
	here, there, _ := strings.Cut(text, "|")
	h, wrong := time.Parse(time.RFC3339Nano, here)
	t, bad := time.Parse(time.RFC3339Nano, there)
	if wrong != nil || bad != nil {
		return Moment{}
	}
	return Moment{Here: h, There: t}
}

// Noting is a snapshot with what an incident has on record of the servers.
func (s *Snapshot) Noting(recall func(name string) string) *Snapshot {
	out := *s
	out.Nodes = slices.Clone(s.Nodes)
	for i := range out.Nodes {
		n := &out.Nodes[i]
		n.Noted = momentOf(recall(SilentFact(n.Address)))
	}
	return &out
}

// Note is what an incident is to have on record of a server, and whether that is
// news: the begin of the first silence since it was last seen to live.
func (n *Node) Note(c inventory.Clocks) (value string, news bool) {
	was := n.Noted.String()
	switch {
	case n.Life.Verdict == Dead && (was == "" || !n.Answered.Before(n.Noted.Here)):
		value = Moment{Here: n.Life.Since, There: c.Of(n.Life.Since)}.String()
	case n.Life.Verdict == Alive:
	default: // nobody knows, or it is on record
		value = was
	}
	return value, value != was
}

// The paces that a clock is believed to run at: more than these apart, two
// measurements are of a clock that was set.
const (
	slowest = 1 / 1000.0
	pacedBy = 0.2
)

// Runs notes how fast the server's clock has run since its answer before, where that
// is not as fast as the console's. Once is a clock that was set; twice it runs so.
func (n *Node) Runs(there, here time.Duration) {
	before := n.measured
	n.Pace, n.measured = 0, 0
	if !n.Unsteady || here <= 0 || there <= 0 {
		return
	}
	n.measured = float64(there) / float64(here)
	if n.measured > slowest && before > n.measured*(1-pacedBy) && before < n.measured*(1+pacedBy) {
		n.Pace = n.measured
	}
}
