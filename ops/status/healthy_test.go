package status

import (
	"time"

	"pchatops/ops/chain"
	"pchatops/ops/fault"
	"pchatops/ops/site"
)

// now is when the snapshots of these tests are judged.
var now = time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)

const (
	poll       = 2 * time.Second // age of the facts
	lastBackup = `\\FS01\LogShip\mgc_20261121024500.trn`
	before     = `\\FS01\LogShip\mgc_20261121023000.trn`
	family     = "6F1A0F5C-0000-4000-8000-000000000001"
)

// litware is the site of the tests: five instances and a witness, log shipping
// every 15 minutes, limits of 45 minutes.
func litware() *site.Site {
	s := &site.Site{
		Name: "litware-pchat", Pool: "pchat.litwareinc.com", Database: "mgc", BackupShare: `\\FS01\LogShip`,
		ChatServers: []site.ChatServer{
			{FQDN: "chat01.litwareinc.com", DataCentre: "dc1"}, {FQDN: "chat11.litwareinc.com", DataCentre: "dc2"},
		},
		Intervals:  site.Intervals{Poll: 5 * time.Second, Stale: 20 * time.Second, Shell: 30 * time.Second, ShellAnswer: 60 * time.Second},
		Thresholds: site.Thresholds{Backup: 45 * time.Minute, Copy: 45 * time.Minute, Restore: 45 * time.Minute},
	}
	s.Instances = []site.Instance{
		{Role: site.Primary, Label: `SQL01\RTC`, DataCentre: "dc1"},
		{Role: site.Mirror, Label: `SQL02\RTC`, DataCentre: "dc1"},
		{Role: site.Witness, Label: `SQL03\RTC`, DataCentre: "dc1"},
		{Role: site.Secondary, Label: `SQL11\RTC`, DataCentre: "dc2"},
		{Role: site.SecondaryMirror, Label: `SQL12\RTC`, DataCentre: "dc2"},
	}
	return s
}

// healthy is that site with everything as it should be at 03:00.
func healthy() *Snapshot {
	s := &Snapshot{
		Taken: now,
		Pool: Pool{
			FQDN: "pchat.litwareinc.com", State: "Normal", Active: []string{"chat01.litwareinc.com"},
			Asked: now.Add(-poll), Answered: now.Add(-poll),
		},
		Share: Share{
			Newest: lastBackup, Log: shipping(lastBackup, now.Add(-15*time.Minute)), Files: 12,
			Asked: now.Add(-poll), Answered: now.Add(-poll),
		},
	}
	for _, i := range litware().Instances {
		s.Nodes = append(s.Nodes, Node{
			Role: i.Role, Address: i.Label, DataCentre: i.DataCentre, Reachable: true,
			Asked: now.Add(-poll), Answered: now.Add(-poll),
			Facts: Facts{Sysadmin: true, Engine: Service{State: "running"}, Agent: Service{State: "running"}},
		})
	}
	p, m, sec := s.Node(site.Primary), s.Node(site.Mirror), s.Node(site.Secondary)
	p.Facts.Database = Database{Exists: true, State: "ONLINE", Recovery: "FULL", Family: family}
	p.Facts.Mirroring = Mirroring{
		Configured: true, Role: "PRINCIPAL", State: "SYNCHRONIZED", Partner: "TCP://sql02.litwareinc.com:5022",
		Witness: "TCP://sql03.litwareinc.com:5022", WitnessState: "CONNECTED",
	}
	p.Facts.Primary = shippingPrimary()
	m.Facts.Database = Database{Exists: true, State: "RESTORING"}
	m.Facts.Mirroring = p.Facts.Mirroring
	m.Facts.Mirroring.Role = "MIRROR"
	m.Facts.Primary = shippingPrimary()
	m.Facts.Primary.LastBackupFile, m.Facts.Primary.LastBackup, m.Facts.Primary.BackupAge = "", time.Time{}, -1
	sec.Facts.Database = Database{Exists: true, State: "RESTORING", Family: family}
	sec.Facts.Secondary = &ShippingSecondary{
		LastCopiedFile: lastBackup, LastCopied: now.Add(-13 * time.Minute), CopyAge: 13*time.Minute - poll,
		LastRestoredFile: before, LastRestored: now.Add(-28 * time.Minute), RestoreAge: 28*time.Minute - poll,
		CopyJob:    job("LSCopy_SQL01_mgc", now.Add(-13*time.Minute)),
		RestoreJob: job("LSRestore_SQL01_mgc", now.Add(-14*time.Minute)),
	}
	return s
}

// stocked lets all headers on the share and in the copy folder have been read: what
// the share has continues the database.
func stocked(s *Snapshot) *Snapshot {
	s.Share.Stock = Stock{Known: true, Whole: true, Log: s.Share.Log, Answered: s.Share.Answered}
	return s
}

// shipping is a log backup of the primary's, whose clock is UTC.
func shipping(file string, finished time.Time) []chain.Header {
	return []chain.Header{{File: file, Type: 2, Database: "mgc", Server: `SQL01\RTC`, Finished: finished}}
}

func shippingPrimary() *ShippingPrimary {
	return &ShippingPrimary{
		LastBackupFile: lastBackup, LastBackup: now.Add(-15 * time.Minute), BackupAge: 15*time.Minute - poll,
		BackupJob: job("LSBackup_mgc", now.Add(-15*time.Minute)),
	}
}

func job(name string, ran time.Time) Job {
	return Job{ID: "0001", Name: name, Enabled: true, LastRun: ran, Outcome: "succeeded"}
}

// silence lets nodes be silent for two minutes, and proves them dead; their facts
// stay.
func silence(s *Snapshot, roles ...site.Role) {
	refuse(s, fault.Unreachable, roles...)
	for _, r := range roles {
		s.Node(r).Life = Life{Verdict: Dead, Since: now.Add(-2 * time.Minute), Because: []string{"the console: no answer to SYN"}}
	}
}

func refuse(s *Snapshot, class fault.Class, roles ...site.Role) {
	for _, r := range roles {
		n := s.Node(r)
		n.Reachable, n.Silent, n.Failures = false, now.Add(-2*time.Minute), 9
		n.Answered = n.Silent.Add(-poll)
		n.Err = &fault.Error{Class: class, Tried: "connect", Target: n.Address, Text: "no route to host"}
	}
}

// failedOver is the site after a failover: data centre 1 silent, the secondary
// live and mirrored, the pool pointed at it.
func failedOver() *Snapshot {
	s := healthy()
	silence(s, site.Primary, site.Mirror, site.Witness)
	sec := s.Node(site.Secondary)
	sec.Facts.Database.State, sec.Facts.Secondary = "ONLINE", nil
	sec.Facts.Mirroring = Mirroring{Configured: true, Role: "PRINCIPAL", State: "SYNCHRONIZED", Partner: "TCP://sql12.litwareinc.com:5022"}
	s.Pool.State, s.Pool.Active = "FailedOver", []string{"chat11.litwareinc.com"}
	return s
}
