package tui_test

import (
	"testing"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/incident"
	"pchatops/ops/site"
	"pchatops/ops/status"
	"pchatops/tui"
	"pchatops/tui/drive"
	"pchatops/tui/tuitest"
)

// night is when the scenes play.
var night = time.Date(2026, 11, 21, 2, 59, 32, 0, time.UTC)

// estate is the site of the scenes.
func estate() *site.Site {
	return &site.Site{
		Name: "litware-pchat", Danger: site.Production, Pool: "pchat.litwareinc.com",
		ChatServers: []site.ChatServer{
			{FQDN: "chat01.litwareinc.com", DataCentre: "dc1"},
			{FQDN: "chat02.litwareinc.com", DataCentre: "dc1"},
			{FQDN: "chat11.litwareinc.com", DataCentre: "dc2"},
		},
		Intervals: site.Intervals{Stale: 15 * time.Second},
	}
}

// lost is a site whose first data centre has just died.
func lost() *status.Snapshot {
	down := func(r site.Role, address, centre string) status.Node {
		return status.Node{
			Role: r, Address: address, DataCentre: centre, Asked: night, Silent: night.Add(-134 * time.Second), Failures: 9,
			Answered: night.Add(-136 * time.Second),
			Err:      &fault.Error{Class: fault.Unreachable, Tried: "connect", Target: address, Text: "connection refused"},
			Life:     status.Life{Verdict: status.Dead},
			Facts:    status.Facts{Sysadmin: true, Database: status.Database{Exists: true, State: "ONLINE"}},
		}
	}
	up := func(r site.Role, address string, f status.Facts) status.Node {
		f.Sysadmin, f.Agent.State = true, "running"
		return status.Node{Role: r, Address: address, DataCentre: "dc2", Reachable: true, Asked: night, Answered: night, Facts: f}
	}
	return &status.Snapshot{
		Seq: 1, Taken: night,
		Nodes: []status.Node{
			down(site.Primary, `SQL01\RTC`, "dc1"), down(site.Mirror, `SQL02\RTC`, "dc1"),
			up(site.Secondary, `SQL11\RTC`, status.Facts{
				Database:  status.Database{Exists: true, State: "RESTORING"},
				Secondary: &status.ShippingSecondary{CopyAge: 4 * time.Minute, RestoreAge: 19 * time.Minute, Threshold: time.Hour},
			}),
			up(site.SecondaryMirror, `SQL12\RTC`, status.Facts{}),
		},
		Pool: status.Pool{
			FQDN: "pchat.litwareinc.com", State: "Normal", Asked: night, Answered: night,
			Active: []string{"chat01.litwareinc.com", "chat02.litwareinc.com"}, Idle: []string{"chat11.litwareinc.com"},
		},
	}
}

// failover is the incident of the scenes, before its first step.
func failover() incident.State {
	s := incident.State{
		Site: "litware-pchat", Danger: "production", Procedure: "failover", Title: "Failover", Driver: "alice",
		Snapshot: lost(), Exposure: status.Exposure{Known: true, Loss: true, Seconds: 872},
		Findings: []status.Finding{{
			Code: "primary-site-lost", Severity: status.Critical, Title: "PRIMARY SITE LOST",
			Why: "primary and mirror do not answer, the secondary is healthy", Do: "fail over", Key: "failover",
		}},
		Notes: []incident.Entry{{Time: night, Kind: "journal", Text: "incident opened"}},
	}
	for _, st := range []struct {
		id, title string
		risk      engine.Risk
	}{
		{"F1", "Remove log shipping", engine.Reversible},
		{"F2", "Copy remaining backups", engine.Reversible},
		{"F3", "Apply remaining log backups", engine.Reversible},
		{"F4a", "End connections", engine.Reversible},
		{"F4b", "Bring mgc online", engine.DataLoss},
		{"F5", "Set pool state FailedOver", engine.RoleChange},
		{"F6", "Mirror to SQL12", engine.Reversible},
		{"F7", "Set active chat servers", engine.Reversible},
		{"FX", "Look around", engine.Read},
	} {
		s.Steps = append(s.Steps, incident.StepState{
			ID: st.id, Title: st.title, Risk: st.risk, Source: "Failing over Persistent Chat Server, step " + st.id[1:],
			Why: "Needed so that " + st.title + " is behind us.",
		})
	}
	return s
}

// plan is a plan of one statement.
func plan(target, text, confirm string) *engine.Plan {
	return &engine.Plan{Actions: []engine.Action{{ID: text, Kind: engine.SQL, Target: target, Text: text}}, Total: 1, Confirm: confirm}
}

// console starts a console on an incident at a size.
func console(t *testing.T, f *tuitest.Incident, w, h int) *drive.Console {
	t.Helper()
	return drive.Start(t, drive.Config{
		Options: tui.Options{Incident: f, Site: estate(), Theme: "dark", Width: w, Height: h},
		Inbox:   f, Clock: drive.NewClock(night), Latest: f.Latest,
	})
}
