package screen_test

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
	"pchatops/ops/incident"
	"pchatops/ops/site"
	"pchatops/ops/status"
	"pchatops/themes"
	"pchatops/tui/screen"
	"pchatops/tui/style"
)

var now = time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)

func view(t *testing.T, s incident.State) screen.View {
	t.Helper()
	theme, err := themes.Load("dark")
	require.NoError(t, err)
	return screen.View{State: &s, Now: now, Style: style.New(theme, site.Lab), Site: &site.Site{
		Intervals:   site.Intervals{Stale: 10 * time.Second},
		ChatServers: []site.ChatServer{{FQDN: "a", DataCentre: "dc1"}, {FQDN: "b", DataCentre: "dc2"}},
	}}
}

// up is a node that has just answered.
func up(role site.Role, f status.Facts) status.Node {
	f.Sysadmin, f.Agent.State = true, "running"
	return status.Node{Role: role, Address: `S\I`, DataCentre: "dc1", Reachable: true, Asked: now, Answered: now, Facts: f}
}

func database(state string) status.Facts {
	return status.Facts{Database: status.Database{Exists: true, State: state}}
}

func TestANodeIsSaidInAWordAndItsEvidence(t *testing.T) {
	mirrored := func(role, state, database string) status.Facts {
		return status.Facts{
			Database:  status.Database{Exists: true, State: database},
			Mirroring: status.Mirroring{Configured: true, Role: role, State: state},
		}
	}
	down := func(class fault.Class, number int32) status.Node {
		n := up(site.Primary, database("ONLINE"))
		n.Reachable, n.Silent, n.Err = false, now.Add(-90*time.Minute), &fault.Error{Class: class, Number: number}
		return n
	}
	secondary := database("RESTORING")
	secondary.Secondary = &status.ShippingSecondary{CopyAge: 30 * time.Second, RestoreAge: -1}
	busy := database("RESTORING")
	busy.Restoring, busy.Sessions = &status.Request{Command: "RESTORE LOG", Percent: 45}, 1
	stopped := up(site.Secondary, database("RESTORING"))
	stopped.Facts.Agent.State = "stopped"
	old := up(site.Secondary, database("ONLINE"))
	old.Answered = now.Add(-40 * time.Second)
	limited := up(site.Primary, database("ONLINE"))
	limited.Facts.Sysadmin = false

	judged := func(l status.Life) status.Node {
		n := down(fault.Unreachable, 0)
		n.Life = l
		return n
	}

	for name, c := range map[string]struct {
		node status.Node
		want string
	}{
		"not asked yet":    {status.Node{Role: site.Primary}, "· ASKING"},
		"principal":        {up(site.Primary, mirrored("PRINCIPAL", "SYNCHRONIZED", "ONLINE")), "✓ PRINCIPAL   synchronized"},
		"exposed":          {up(site.Primary, mirrored("PRINCIPAL", "DISCONNECTED", "ONLINE")), "! PRINCIPAL   disconnected"},
		"mirror":           {up(site.Mirror, mirrored("MIRROR", "SYNCHRONIZED", "RESTORING")), "✓ MIRROR      synchronized"},
		"secondary":        {up(site.Secondary, secondary), "◐ RESTORING   copied 30s ago · restored never"},
		"restoring":        {up(site.Secondary, busy), "◐ RESTORING   RESTORE LOG 45 % · 1 session"},
		"standby":          {up(site.Secondary, status.Facts{Database: status.Database{Exists: true, State: "ONLINE", Standby: true}}), "◐ STANDBY"},
		"suspect":          {up(site.Primary, database("SUSPECT")), "✗ SUSPECT"},
		"no mirror yet":    {up(site.SecondaryMirror, status.Facts{}), "· NO MIRROR"},
		"database missing": {up(site.Secondary, status.Facts{}), "✗ NO DATABASE"},
		"witness":          {up(site.Witness, status.Facts{}), "✓ UP"},
		"dead":             {judged(status.Life{Verdict: status.Dead}), "✗ DOWN        no answer for 90m · STALE: was ONLINE"},
		"silent":           {judged(status.Life{Lacks: "a second place"}), "? NO ANSWER   no answer for 90m · STALE: was ONLINE · missing for a verdict: a second place"},
		"disputed":         {judged(status.Life{Disputed: true}), "? DISPUTED    no answer for 90m"},
		"seen by a mirror": {judged(status.Life{Verdict: status.Alive, Because: []string{"SQL02 says so"}}), "? NO ANSWER   no answer for 90m · yet it lives: SQL02 says so"},
		"password":         {down(fault.Login, 18456), "✗ NO LOGIN    no answer for 90m · error 18456"},
		"hangs":            {down(fault.Timeout, 0), "? NO ANSWER"},
		"certificate":      {down(fault.Certificate, 0), "✗ CERTIFICATE"},
		"right missing":    {down(fault.Permission, 0), "✗ NO RIGHT"},
		"agent":            {stopped, "Agent stopped"},
		"stale":            {old, "✓ ONLINE      STALE 40s"},
		"not sysadmin":     {limited, "login is not sysadmin"},
	} {
		t.Run(name, func(t *testing.T) {
			v := view(t, incident.State{Snapshot: &status.Snapshot{Taken: now, Nodes: []status.Node{c.node}}})
			require.Contains(t, ansi.Strip(v.SiteTable(106, 5)[0]), c.want)
		})
	}
}

func TestThePoolTellsWhereItsActiveServersAre(t *testing.T) {
	for name, c := range map[string]struct {
		pool status.Pool
		want string
	}{
		"not asked":   {status.Pool{}, "· ASKING"},
		"normal":      {status.Pool{Asked: now, Answered: now, State: "Normal", Active: []string{"A"}, Idle: []string{"b"}}, "✓ NORMAL      1 of 2 servers active, all in dc1"},
		"failed over": {status.Pool{Asked: now, Answered: now, State: "FailedOver", Active: []string{"a", "b"}}, "✓ FAILED OVER 2 of 2 servers active, 1 in dc1, 1 in dc2"},
		"no shell":    {status.Pool{Asked: now, Err: &fault.Error{Class: fault.Login}}, "✗ NO LOGIN    no Management Shell: login"},
		"lost": {
			status.Pool{Asked: now, Answered: now.Add(-time.Hour), State: "Normal", Err: &fault.Error{Class: fault.Timeout}, Active: []string{"x"}},
			"no Management Shell: timeout · STALE: was Normal 60m ago · 1 of 1 servers active, all in an unknown place",
		},
	} {
		t.Run(name, func(t *testing.T) {
			v := view(t, incident.State{Snapshot: &status.Snapshot{Taken: now, Pool: c.pool}})
			require.Contains(t, ansi.Strip(v.SiteTable(160, 5)[1]), c.want)
		})
	}
}

func TestTheMostSevereFindingStandsBelowTheNodes(t *testing.T) {
	read := func() *status.Snapshot {
		return &status.Snapshot{
			Pool: status.Pool{Asked: now, Answered: now}, Share: status.Share{Answered: now}, Nodes: []status.Node{{Asked: now, Answered: now, Reachable: true}},
		}
	}
	s := incident.State{Snapshot: read()}
	require.Contains(t, table(view(t, s)), "✓ nothing is wrong with this site")
	for name, change := range map[string]func(*status.Snapshot){
		"the pool":  func(s *status.Snapshot) { s.Pool.Answered = time.Time{} },
		"the share": func(s *status.Snapshot) { s.Share.Answered = time.Time{} },
		"a server":  func(s *status.Snapshot) { s.Nodes[0].Answered = time.Time{} },
	} {
		s.Snapshot = read()
		change(s.Snapshot)
		require.NotContains(t, table(view(t, s)), "nothing is wrong", "%s was not read yet", name)
		require.NotContains(t, strings.Join(view(t, s).Findings("", 80), ""), "nothing is wrong", "%s was not read yet", name)
	}
	s.Findings = []status.Finding{{Severity: status.Warning, Title: "CHAIN GAP", Do: "copy the missing file", Why: "02:15 to 02:30 is missing"}, {}}
	got := table(view(t, s))
	require.Contains(t, got, "! CHAIN GAP: 02:15 to 02:30 is missing")
	require.Contains(t, got, "+1 (d)")
	require.Contains(t, got, "  → copy the missing file")
	require.Contains(t, ansi.Strip(view(t, s).Alert(60, 1)[0]), "! CHAIN GAP → copy the missing file")
}

func table(v screen.View) string {
	return ansi.Strip(strings.Join(v.SiteTable(100, v.SiteRows(100)), "\n"))
}
