package status

import "time"

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
