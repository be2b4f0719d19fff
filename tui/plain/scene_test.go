package plain

import (
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/incident"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

func estate() *site.Site {
	return &site.Site{
		Name: "litware-pchat", Danger: site.Production, Pool: "pchat.litwareinc.com",
		ChatServers: []site.ChatServer{{FQDN: "chat01.litwareinc.com", DataCentre: "dc1"}, {FQDN: "chat11.litwareinc.com", DataCentre: "dc2"}},
		Intervals:   site.Intervals{Stale: time.Hour},
	}
}

// lost is a site whose first data centre has just died.
func lost() *status.Snapshot {
	return &status.Snapshot{
		Seq: 1, Taken: night,
		Nodes: []status.Node{
			{
				Role: site.Primary, Address: `SQL01\RTC`, DataCentre: "dc1", Asked: night, Silent: night.Add(-134 * time.Second),
				Answered: night.Add(-136 * time.Second), Err: &fault.Error{Class: fault.Unreachable, Tried: "connect", Text: "connection refused"},
				Life:  status.Life{Verdict: status.Dead},
				Facts: status.Facts{Database: status.Database{Exists: true, State: "ONLINE"}},
			},
			{
				Role: site.Secondary, Address: `SQL11\RTC`, DataCentre: "dc2", Reachable: true, Asked: night, Answered: night,
				Facts: status.Facts{
					Sysadmin: true, Database: status.Database{Exists: true, State: "RESTORING"},
					Secondary: &status.ShippingSecondary{CopyAge: 4 * time.Minute, RestoreAge: 19 * time.Minute, Threshold: 15 * time.Minute},
				},
			},
		},
		Pool: status.Pool{
			FQDN: "pchat.litwareinc.com", State: "Normal", Asked: night, Answered: night,
			Active: []string{"chat01.litwareinc.com"}, Idle: []string{"chat11.litwareinc.com"},
		},
	}
}

// failover is the incident of the scenes, before its first step.
func failover() incident.State {
	s := incident.State{
		Site: "litware-pchat", Danger: "production", Procedure: "failover", Title: "Failover", Driver: "alice",
		Snapshot: lost(), Exposure: status.Exposure{Known: true, Loss: true, Seconds: 872, Why: "newest log backup on the share", Since: "mgc_1.trn"},
		Findings: []status.Finding{{
			Code: "primary-site-lost", Severity: status.Critical, Title: "PRIMARY SITE LOST",
			Why: "primary and mirror do not answer", Do: "fail over", Key: "failover",
		}},
	}
	for _, st := range []struct {
		id, title string
		risk      engine.Risk
	}{
		{"F1", "Remove log shipping", engine.Reversible},
		{"F3", "Apply remaining log backups", engine.Reversible},
		{"F4b", "Bring mgc online", engine.DataLoss},
		{"F5", "Set pool state FailedOver", engine.RoleChange},
		{"FX", "Look around", engine.Read},
	} {
		s.Steps = append(s.Steps, incident.StepState{ID: st.id, Title: st.title, Risk: st.risk, Why: "Needed."})
	}
	return s
}

// plan is a plan of one statement.
func plan(text, confirm string) *engine.Plan {
	return &engine.Plan{Actions: []engine.Action{{ID: text, Kind: engine.SQL, Target: `SQL11\RTC`, Text: text}}, Total: 1, Confirm: confirm}
}
