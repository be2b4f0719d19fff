package procedures

import (
	"pchatops/ops/engine"
	"pchatops/ops/status"
)

// Overseer makes the actions on a monitor server of log shipping.
type Overseer interface {
	// ConfigureMonitor makes the action that completes a monitor server: rows
	// that are missing or differ, and the alert job.
	ConfigureMonitor(rows []status.Watched) engine.Action
	// ForgetMonitor makes the action that takes rows away, and the alert job if
	// nothing is watched any more.
	ForgetMonitor(rows []status.Watched) engine.Action
}
