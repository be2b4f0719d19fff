package status

import (
	"fmt"
	"strings"
	"time"
)

// Watch is what a monitor server of log shipping watches of the database.
type Watch struct {
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

// Watched is the row that a monitor server should have of a primary.
func (p *ShippingPrimary) Watched(server, database string) Watched {
	return Watched{
		Primary: true, ID: p.ID, Server: server, Database: database,
		Threshold: p.Threshold, Alerts: p.Alerts, HistoryRetention: p.HistoryRetention,
	}
}

// Watched is the row that a monitor server should have of a secondary.
func (s *ShippingSecondary) Watched(server, database string) Watched {
	return Watched{
		ID: s.ID, Server: server, Database: database, PrimaryServer: s.PrimaryServer, PrimaryDatabase: s.PrimaryDatabase,
		Threshold: s.Threshold, Alerts: s.Alerts, HistoryRetention: s.HistoryRetention,
	}
}

// Missing are the rows to be entered or changed.
func (w Watch) Missing(should []Watched) []Watched {
	var out []Watched
	for _, want := range should {
		if have, ok := w.find(want.ID); !ok || len(have.differ(want)) > 0 {
			out = append(out, want)
		}
	}
	return out
}

// Lacks says what the monitor server has not, or otherwise.
func (w Watch) Lacks(should []Watched) []string {
	var out []string
	for _, want := range should {
		have, ok := w.find(want.ID)
		if !ok {
			out = append(out, fmt.Sprintf("the monitor server does not watch %s.%s", quote(want.Server), quote(want.Database)))
			continue
		}
		out = append(out, have.differ(want)...)
	}
	if !w.AlertJob {
		out = append(out, "there is no alert job on the monitor server, or it is disabled")
	}
	return out
}

// find gives the row of a configuration.
func (w Watch) find(id string) (Watched, bool) {
	for _, r := range w.Rows {
		if strings.EqualFold(r.ID, id) {
			return r, true
		}
	}
	return Watched{}, false
}

// differ says in what a row differs from the wanted one.
func (w Watched) differ(want Watched) []string {
	what := " of " + quote(w.Server) + "." + quote(w.Database)
	var out []string
	for _, d := range []Difference{
		{Setting: "the threshold" + what, Have: minutes(w.Threshold), Want: minutes(want.Threshold)},
		{Setting: "the alert" + what, Have: onOff(w.Alerts), Want: onOff(want.Alerts)},
		{Setting: "the history retention" + what, Have: minutes(w.HistoryRetention), Want: minutes(want.HistoryRetention)},
	} {
		if d.Have != d.Want {
			out = append(out, d.String())
		}
	}
	return out
}
