package world

import (
	"slices"
	"strings"
	"time"

	"pchatops/ops/lab/world/media"
)

// watched is a row of log_shipping_monitor_primary or …_secondary on a monitor
// server: what another server has told it.
type watched struct {
	primary                        bool
	id                             media.GUID
	server, database               string
	primaryServer, primaryDatabase string // of a secondary
	threshold, alert               int
	alertEnabled                   bool
	historyRetention               int

	lastFile       string // backed up, or restored
	lastDate       time.Time
	lastCopied     string
	lastCopiedDate time.Time
	latency        int
}

// remote is the monitor server of that name, where the server's Agent reaches it; nil:
// it does not, or is its own monitor.
func (i *Instance) remote(name string) *Instance {
	if name == "" || strings.EqualFold(name, i.Name()) {
		return nil
	}
	for _, m := range i.w.instances {
		if strings.EqualFold(m.Name(), name) && m.up && !i.cutOff(m) {
			return m
		}
	}
	return nil
}

// cutOff reports whether a line between two data centres is down.
func (i *Instance) cutOff(m *Instance) bool {
	severed := i.w.faults.severed
	return i.dataCentre != m.dataCentre && (severed[i.dataCentre] || severed[m.dataCentre])
}

func (i *Instance) watchedBy(id media.GUID) *watched {
	for _, r := range i.shipping.watched {
		if r.id == id {
			return r
		}
	}
	return nil
}

// watch enters a row, or takes the place of one of the same id.
func (i *Instance) watch(r *watched) {
	i.unwatch(r.id)
	i.shipping.watched = append(i.shipping.watched, r)
}

func (i *Instance) unwatch(id media.GUID) {
	i.shipping.watched = slices.DeleteFunc(i.shipping.watched, func(r *watched) bool { return r.id == id })
}

// tell lets the monitor server know of a configuration or of what a job has
// done. One that does not answer is not told: the next run does it.
func (i *Instance) tell(monitor string, r *watched) {
	if m := i.remote(monitor); m != nil {
		m.watch(r)
	}
}

// report tells the monitor what became of the last run: thresholds it has from
// the configuration, and keeps them.
func (i *Instance) report(monitor string, r *watched) {
	m := i.remote(monitor)
	if m == nil {
		return
	}
	if old := m.watchedBy(r.id); old != nil {
		r.threshold, r.alert, r.alertEnabled, r.historyRetention = old.threshold, old.alert, old.alertEnabled, old.historyRetention
		m.watch(r)
	}
}

// forgotten takes a row away with the configuration that it was of.
func (i *Instance) forgotten(monitor string, id media.GUID) {
	if m := i.remote(monitor); m != nil {
		m.unwatch(id)
		m.dropAlertJob()
	}
}

// watched is the primary as its monitor sees it.
func (p *shipPrimary) watched(i *Instance) *watched {
	return &watched{
		primary: true, id: p.id, server: i.Name(), database: p.database, threshold: p.threshold, alert: p.alert,
		alertEnabled: p.alertEnabled, historyRetention: p.historyRetention, lastFile: p.lastFile, lastDate: p.lastDate,
	}
}

// watched is the secondary database as its monitor sees it.
func (d *shipDatabase) watched(i *Instance) *watched {
	return &watched{
		id: d.of.id, server: i.Name(), database: d.database, primaryServer: d.of.server, primaryDatabase: d.of.database,
		threshold: d.threshold, alert: d.alert, alertEnabled: d.alertEnabled, historyRetention: d.historyRetention,
		lastFile: d.lastFile, lastDate: d.lastDate, lastCopied: d.of.lastCopied, lastCopiedDate: d.of.lastCopiedDate, latency: d.latency,
	}
}

// monitored are the rows of an instance's monitor tables: its own, and those
// of the servers that it watches.
func (i *Instance) monitored(primaries bool) []*watched {
	var all []*watched
	for _, p := range i.shipping.primaries {
		all = append(all, p.watched(i))
	}
	for _, d := range i.secondaryDatabases() {
		all = append(all, d.watched(i))
	}
	all = append(all, i.shipping.watched...)
	return slices.DeleteFunc(all, func(r *watched) bool { return r.primary != primaries })
}

func (r *watched) latencyValue() any {
	if r.latency < 0 {
		return nil
	}
	return r.latency
}
