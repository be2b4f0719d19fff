package shipmirror

import (
	"cmp"
	"fmt"
	"strings"

	"pchatops/ops/engine"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// wanted are the settings of the primary as the mirror is to have them. They
// are read from the primary's own configuration, whatever the site file says.
func (m *shipMirror) wanted(e ends) status.PrimarySettings {
	w := e.primary.Primary.Settings(m.db)
	if local(w.Directory) {
		w.Directory = w.Share // the primary's disk is not the mirror's
	}
	w.MonitorTold = w.Monitor != "" && m.SQL[site.Monitor] != nil && strings.EqualFold(w.Monitor, m.Site.Shipping.Monitor)
	w.Schedule.Name = status.WantedPrimary(m.Site, e.mirror.ServerName, "").Schedule.Name
	return w
}

func local(path string) bool { return len(path) > 1 && path[1] == ':' }

// differences are the settings of the mirror that are not the primary's; all
// of them where it has none.
func (m *shipMirror) differences(e ends) []status.Difference {
	if e.mirror.Primary == nil {
		return []status.Difference{{Setting: "log shipping", Have: "not configured", Want: "as on " + m.primary.label}}
	}
	out := e.mirror.Primary.Settings(m.db).Differ(m.wanted(e))
	job := e.mirror.Primary.BackupJob
	switch {
	case job.ID == "":
		out = append(out, status.Difference{Setting: "backup job", Have: "gone", Want: "there"})
	case job.Ownerless:
		out = append(out, status.Difference{Setting: "owner of the backup job", Have: "gone", Want: "a login that exists"})
	case !job.Enabled:
		out = append(out, status.Difference{Setting: "backup job", Have: "disabled", Want: "enabled"})
	}
	return out
}

// configured reports whether the mirror is a log shipping primary with the
// primary's settings.
func (m *shipMirror) configured(e ends) bool {
	return e.primary.Primary != nil && len(m.differences(e)) == 0
}

// settingGates ask for every setting that would not be carried over as it is,
// one by one and with from and to: those of a configuration that the mirror has
// already and that would be changed, and the folder that is only the primary's.
func (m *shipMirror) settingGates(e ends) []engine.Gate {
	gates := []engine.Gate{m.carried(e)}
	if have := e.primary.Primary.BackupDirectory; local(have) {
		gates = append(gates, engine.Gate{
			Name: "local path of the backup folder", Seen: have + " is a folder of " + m.primary.label, Want: "a folder that both partners reach by the same path",
			Do:       "let both partners write to the network path",
			Override: fmt.Sprintf("use the network path %s instead of %s", e.primary.Primary.BackupShare, have),
		})
	}
	if e.mirror.Primary == nil {
		return gates
	}
	for _, d := range m.differences(e) {
		g := engine.Gate{
			Name: d.Setting, Seen: d.Have + " on " + m.mirror.label, Want: d.Want + ", as on " + m.primary.label,
			Override: fmt.Sprintf("change %s from %s to %s", d.Setting, cmp.Or(d.Have, "none"), cmp.Or(d.Want, "none")),
		}
		if d.Setting == "monitor server" {
			g.Override, g.Do = "", "no procedure changes the monitor server: remove log shipping from "+m.mirror.label+" (sp_delete_log_shipping_primary_database) and run this step again"
		}
		gates = append(gates, g)
	}
	return gates
}

// carried is the gate that the primary's own configuration is whole.
func (m *shipMirror) carried(e ends) engine.Gate {
	g := engine.Gate{
		Name: "log shipping of " + m.primary.label, Want: "one secondary, and a schedule that repeats every few minutes",
		Do: m.first(e, "bring the primary's configuration in order first (ship-primary)"), Seen: "not configured",
	}
	p := e.primary.Primary
	if p == nil {
		return g
	}
	s := p.BackupJob.Schedule
	g.Seen = "to " + strings.Join(p.Secondaries, ", ") + ", " + s.String()
	g.Holds = len(p.Secondaries) == 1 && s.Enabled && s.Every > 0
	return g
}
