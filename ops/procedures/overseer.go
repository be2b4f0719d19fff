package procedures

import (
	"context"
	"fmt"
	"strings"
	"time"

	"pchatops/ops/engine"
)

// Overseer is an instance with the monitor tables of log shipping: those of its
// own databases, and on a monitor server those of the servers that it watches.
type Overseer interface {
	// Watched reads the rows of a database.
	Watched(ctx context.Context, database string) (Watch, error)
	// ConfigureMonitor makes the action that completes a monitor server: rows
	// that are missing or differ, and the alert job.
	ConfigureMonitor(rows []Watched) engine.Action
	// ForgetMonitor makes the action that takes rows away, and the alert job if
	// nothing is watched any more.
	ForgetMonitor(rows []Watched) engine.Action
}

// Watch is what an instance watches.
type Watch struct {
	Server   string // its own name, @@SERVERNAME
	Rows     []Watched
	AlertJob bool // the job that raises 14420 and 14421 is there and enabled
}

// Watched is a row of a monitor table.
type Watched struct {
	Primary          bool   // of a primary database; otherwise of a secondary one
	ID               string // of the configuration: primary id or secondary id
	Server, Database string
	// Of a secondary: where its log backups come from.
	PrimaryServer, PrimaryDatabase string

	Threshold        time.Duration
	Alerts           bool
	HistoryRetention time.Duration
}

// Find gives the row of a configuration.
func (w Watch) Find(id string) (Watched, bool) {
	for _, r := range w.Rows {
		if strings.EqualFold(r.ID, id) {
			return r, true
		}
	}
	return Watched{}, false
}

// Differ says in what a row differs from the wanted one.
func (w Watched) Differ(want Watched) []string {
	var out []string
	what := w.Server + "." + w.Database
	say := func(setting string, have, want any) {
		if have != want {
			out = append(out, fmt.Sprintf("%s of %s is %v instead of %v", setting, what, have, want))
		}
	}
	say("the threshold", w.Threshold, want.Threshold)
	say("the alert", w.Alerts, want.Alerts)
	say("the history retention", w.HistoryRetention, want.HistoryRetention)
	return out
}
