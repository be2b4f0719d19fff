package status

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/site"
)

// asWanted is the healthy site with log shipping exactly as its site file says.
func asWanted(declared bool) (*Snapshot, *site.Site) {
	s, estate := healthy(), litware()
	estate.CopyFolder, estate.Shipping = `E:\LogShip`, site.ProposedShipping()
	estate.Shipping.Declared = declared
	for i := range s.Nodes {
		n := &s.Nodes[i]
		n.Facts.ServerName = n.Address
		if p := n.Facts.Primary; p != nil {
			p.BackupShare, p.BackupDirectory, p.Retention, p.HistoryRetention = `\\fs01\LogShip\`, `\\FS01\LogShip`, 72*time.Hour, 96*time.Hour
			p.Threshold, p.Alerts, p.Compression, p.Secondaries = time.Hour, true, 2, []string{`SQL99`, `sql11\rtc`}
			p.BackupJob.Schedule = Schedule{Name: "any", Enabled: true, Every: 15 * time.Minute}
		}
		if ls := n.Facts.Secondary; ls != nil {
			ls.PrimaryServer, ls.Source, ls.Destination = `SQL01\RTC`, `\\FS01\LogShip`, `E:\LogShip`
			ls.FileRetention, ls.HistoryRetention, ls.Threshold, ls.Alerts = 72*time.Hour, 96*time.Hour, 45*time.Minute, true
			ls.CopyJob.Name, ls.RestoreJob.Name = `LSCopy_SQL01\RTC_mgc`, `LSRestore_SQL01\RTC_mgc`
			ls.CopyJob.Schedule = Schedule{Name: "any", Enabled: true, Every: 15 * time.Minute}
			ls.RestoreJob.Schedule = ls.CopyJob.Schedule
		}
	}
	return s, estate
}

func drift(s *Snapshot, estate *site.Site) []Finding {
	var out []Finding
	for _, f := range Diagnose(s, estate, now) {
		if f.Code == "shipping-drift" {
			out = append(out, f)
		}
	}
	return out
}

func TestLogShippingAsTheSiteFileSaysIsNoDrift(t *testing.T) {
	for _, declared := range []bool{true, false} {
		require.Empty(t, drift(asWanted(declared)), "paths and names are compared as Windows does")
	}
}

func TestDriftOfLogShipping(t *testing.T) {
	both := func(s *Snapshot, change func(*ShippingPrimary)) {
		change(s.Node(site.Primary).Facts.Primary)
		change(s.Node(site.Mirror).Facts.Primary)
	}
	for name, c := range map[string]struct {
		change  func(*Snapshot)
		says    string
		on      []string
		certain bool // also without a log_shipping section
	}{
		"another share": {
			func(s *Snapshot) { both(s, func(p *ShippingPrimary) { p.BackupShare = `\\FS02\Other` }) },
			`network path of the backup folder is \\FS02\Other instead of \\FS01\LogShip`,
			[]string{`SQL01\RTC`, `SQL02\RTC`},
			true,
		},
		"a schedule is disabled": {
			func(s *Snapshot) { s.Node(site.Secondary).Facts.Secondary.CopyJob.Schedule.Enabled = false },
			"copy schedule is disabled instead of every 15m",
			[]string{`SQL11\RTC`},
			true,
		},
		"a job without a schedule": {
			func(s *Snapshot) { s.Node(site.Secondary).Facts.Secondary.RestoreJob.Schedule = Schedule{} },
			"restore schedule is none instead of every 15m",
			[]string{`SQL11\RTC`},
			true,
		},
		"a job without an owner": {
			func(s *Snapshot) { s.Node(site.Secondary).Facts.Secondary.RestoreJob.Ownerless = true },
			"the login that owns the job",
			[]string{`SQL11\RTC`},
			true,
		},
		"copies go elsewhere": {
			func(s *Snapshot) { s.Node(site.Secondary).Facts.Secondary.Destination = `D:\Old` },
			`destination of the copies is D:\Old instead of E:\LogShip`,
			[]string{`SQL11\RTC`},
			true,
		},
		"another threshold": {
			func(s *Snapshot) { both(s, func(p *ShippingPrimary) { p.Threshold = 90 * time.Minute }) },
			"alert if no backup within is 90m instead of 1h",
			[]string{`SQL01\RTC`, `SQL02\RTC`},
			false,
		},
		"alert off": {
			func(s *Snapshot) { s.Node(site.Secondary).Facts.Secondary.Alerts = false },
			"restore alert is off instead of on",
			[]string{`SQL11\RTC`},
			false,
		},
		"job renamed": {
			func(s *Snapshot) { both(s, func(p *ShippingPrimary) { p.BackupJob.Name = "nightly" }) },
			"backup job is nightly instead of LSBackup_mgc",
			[]string{`SQL01\RTC`, `SQL02\RTC`},
			false,
		},
		"standby": {
			func(s *Snapshot) { s.Node(site.Secondary).Facts.Secondary.Standby = true },
			"restore mode is standby instead of no recovery",
			[]string{`SQL11\RTC`},
			false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, estate := asWanted(true)
			c.change(s)
			found := drift(s, estate)
			var on []string
			for _, f := range found {
				on = append(on, f.Subject)
				require.Contains(t, f.Why, c.says)
			}
			require.Equal(t, c.on, on)
			s, estate = asWanted(false)
			c.change(s)
			require.Equal(t, c.certain, len(drift(s, estate)) > 0, "without a log_shipping section")
		})
	}
}

func TestTheMirrorHasToShipAsThePrimaryDoes(t *testing.T) {
	s, estate := asWanted(false)
	s.Node(site.Mirror).Facts.Primary.Retention = time.Hour
	found := drift(s, estate)
	require.Len(t, found, 1)
	require.Equal(t, `SQL02\RTC`, found[0].Subject)
	require.Equal(t, "ship-mirror", found[0].Key)
	require.Contains(t, found[0].Why, "delete files older than is 1h instead of 72h")
}

// watchedSite is the site of asWanted with a monitor server that watches as it
// should.
func watchedSite() (*Snapshot, *site.Site) {
	s, estate := asWanted(true)
	estate.Shipping.Monitor = `SQL21\RTC`
	for _, n := range []*Node{s.Node(site.Primary), s.Node(site.Mirror)} {
		n.Facts.Primary.ID, n.Facts.Primary.Monitor = n.Address, `sql21\rtc`
	}
	p, mirror, sec := s.Node(site.Primary), s.Node(site.Mirror), s.Node(site.Secondary)
	sec.Facts.Secondary.ID, sec.Facts.Secondary.Monitor = sec.Address, `SQL21\RTC`
	m := *sec
	m.Role, m.Address, m.Facts = site.Monitor, `SQL21\RTC`, Facts{
		ServerName: `SQL21\RTC`, Sysadmin: true, ServerTime: sec.Facts.ServerTime, Agent: sec.Facts.Agent,
		Watch: &Watch{AlertJob: true, Rows: []Watched{p.Facts.Primary.Watched(p.Address, "mgc"), sec.Facts.Secondary.Watched(sec.Address, "mgc"), mirror.Facts.Primary.Watched(mirror.Address, "mgc")}},
	}
	s.Nodes = append(s.Nodes, m)
	return s, estate
}

func TestDriftOfTheMonitorServer(t *testing.T) {
	require.Empty(t, drift(watchedSite()))
	for says, change := range map[string]func(*Snapshot, *Watch){
		`the monitor server does not watch SQL01\RTC.mgc`:                func(_ *Snapshot, w *Watch) { w.Rows = w.Rows[1:] },
		`the monitor server does not watch SQL02\RTC.mgc`:                func(_ *Snapshot, w *Watch) { w.Rows = w.Rows[:2] },
		`the monitor server does not watch SQL11\RTC.mgc`:                func(s *Snapshot, _ *Watch) { s.Node(site.Secondary).Facts.Secondary.ID = "set up anew" },
		`the threshold of SQL01\RTC.mgc is 10h instead of 1h`:            func(_ *Snapshot, w *Watch) { w.Rows[0].Threshold = 10 * time.Hour },
		`the alert of SQL11\RTC.mgc is off instead of on`:                func(_ *Snapshot, w *Watch) { w.Rows[1].Alerts = false },
		`the history retention of SQL11\RTC.mgc is 1h instead of 96h`:    func(_ *Snapshot, w *Watch) { w.Rows[1].HistoryRetention = time.Hour },
		"there is no alert job on the monitor server, or it is disabled": func(_ *Snapshot, w *Watch) { w.AlertJob = false },
	} {
		s, estate := watchedSite()
		change(s, s.Node(site.Monitor).Facts.Watch)
		found := drift(s, estate)
		require.Len(t, found, 1, says)
		require.Equal(t, `on SQL21\RTC `+says, found[0].Why)
		require.Equal(t, `SQL21\RTC`, found[0].Subject)
		require.Equal(t, "ship-primary", found[0].Key)
	}
}

func TestAMonitorServerIsComparedOnlyWithWhoNamesIt(t *testing.T) {
	for name, change := range map[string]func(*Snapshot){
		"the servers name none": func(s *Snapshot) {
			s.Node(site.Primary).Facts.Primary.Monitor, s.Node(site.Secondary).Facts.Secondary.Monitor = "", ""
		},
		"log shipping was removed": func(s *Snapshot) {
			s.Node(site.Primary).Facts.Primary, s.Node(site.Secondary).Facts.Secondary = nil, nil
		},
		"the servers do not answer": func(s *Snapshot) {
			s.Node(site.Primary).Reachable, s.Node(site.Secondary).Reachable = false, false
		},
		"the monitor server does not answer": func(s *Snapshot) { s.Node(site.Monitor).Reachable = false },
		"the login may not see its tables":   func(s *Snapshot) { s.Node(site.Monitor).Facts.Watch = nil },
	} {
		s, estate := watchedSite()
		*s.Node(site.Monitor).Facts.Watch = Watch{} // whoever compared would find everything missing
		change(s)
		s.Node(site.Mirror).Facts.Primary = nil
		for _, f := range drift(s, estate) {
			require.NotContains(t, f.Why, "the monitor server", name)
			require.NotContains(t, f.Why, "alert job", name)
		}
	}
}

func TestAServersWordsInADriftAreHarmless(t *testing.T) {
	s, estate := asWanted(true)
	s.Node(site.Primary).Facts.Primary.BackupShare = "\\\\FS02\\\x1b[2Jx"
	require.NotContains(t, drift(s, estate)[0].Why, "\x1b")
}
