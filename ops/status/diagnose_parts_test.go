package status

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
	"pchatops/ops/fault"
	"pchatops/ops/site"
)

// partCase is one change to the healthy site and the one finding it must make.
type partCase struct {
	change func(s *Snapshot, estate *site.Site)
	want   string // "" for none
	why    string // words of the evidence
}

func check(t *testing.T, cases map[string]partCase) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s, estate := healthy(), litware()
			c.change(s, estate)
			found := Diagnose(s, estate, now)
			if c.want == "" {
				require.Empty(t, found)
				return
			}
			require.Equal(t, []string{c.want}, codes(found))
			require.Contains(t, found[0].Why, c.why)
			require.NotEmpty(t, found[0].Do)
		})
	}
}

func primary(s *Snapshot) *Node            { return s.Node(site.Primary) }
func shipped(s *Snapshot) *ShippingPrimary { return primary(s).Facts.Primary }
func second(s *Snapshot) *Node             { return s.Node(site.Secondary) }
func received(s *Snapshot) *ShippingSecondary {
	return second(s).Facts.Secondary
}

func TestSituationsOfMirroring(t *testing.T) {
	state := func(state string) func(*Snapshot, *site.Site) {
		return func(s *Snapshot, _ *site.Site) {
			primary(s).Facts.Mirroring.State = state
			s.Node(site.Mirror).Facts.Mirroring.State = state
		}
	}
	check(t, map[string]partCase{
		"suspended":                   {state("SUSPENDED"), "mirror-suspended", "sql02.litwareinc.com:5022 is SUSPENDED"},
		"disconnected":                {state("DISCONNECTED"), "mirror-disconnected", `SQL01\RTC says`},
		"catching up":                 {state("SYNCHRONIZING"), "mirror-unsynchronised", "SYNCHRONIZING"},
		"not synchronised":            {state("UNSYNCHRONIZED"), "mirror-unsynchronised", "UNSYNCHRONIZED"},
		"in the middle of a failover": {state("PENDING_FAILOVER"), "", ""},
		"witness gone": {func(s *Snapshot, _ *site.Site) {
			primary(s).Facts.Mirroring.WitnessState = "DISCONNECTED"
		}, "witness-disconnected", "sql03"},
		"none, though the site has one": {func(s *Snapshot, _ *site.Site) {
			primary(s).Facts.Mirroring = Mirroring{}
			s.Node(site.Mirror).Facts.Mirroring = Mirroring{}
		}, "no-mirror", `not mirrored to SQL02\RTC`},
		"none, and the login could not see one": {func(s *Snapshot, _ *site.Site) {
			primary(s).Facts.Mirroring, primary(s).Facts.Sysadmin = Mirroring{}, false
			s.Node(site.Mirror).Facts.Mirroring = Mirroring{}
		}, "not-sysadmin", `SQL01\RTC`},
	})
}

func TestTheMirrorTellsWhereThePrincipalDoesNot(t *testing.T) {
	s := healthy()
	refuse(s, fault.Login, site.Primary)
	s.Node(site.Mirror).Facts.Mirroring.State = "SUSPENDED"
	require.Equal(t, []string{"no-login", "mirror-suspended"}, codes(Diagnose(s, litware(), now)))
}

func TestALiveSecondaryWithoutItsMirrorIsFound(t *testing.T) {
	s := failedOver()
	second(s).Facts.Mirroring = Mirroring{}
	found := Diagnose(s, litware(), now)
	require.Contains(t, codes(found), "no-mirror")
	for _, f := range found {
		if f.Code == "no-mirror" {
			require.Equal(t, "failover", f.Key, "F6 is still open")
			require.Contains(t, f.Why, `SQL12\RTC`)
		}
	}
}

func TestSituationsOfTheBackups(t *testing.T) {
	check(t, map[string]partCase{
		"no backup for an hour, the job fails to run": {func(s *Snapshot, _ *site.Site) {
			shipped(s).BackupAge = time.Hour - poll
			shipped(s).BackupJob.LastRun = now.Add(-time.Hour)
		}, "no-backup", "is 1h 0m old, the limit is 45m 0s"},
		"the job succeeds and writes nothing": {func(s *Snapshot, _ *site.Site) {
			shipped(s).BackupAge = time.Hour - poll
		}, "backup-without-file", "reported success 15m 0s ago"},
		"never a backup": {func(s *Snapshot, _ *site.Site) {
			shipped(s).BackupAge, shipped(s).BackupJob = -1, Job{}
			shipped(s).LastBackupFile, shipped(s).LastBackup = "", time.Time{}
		}, "no-backup", "has never written"},
		"an hour is within the server's own limit": {func(s *Snapshot, estate *site.Site) {
			estate.Thresholds.Backup = 0
			shipped(s).BackupAge, shipped(s).Threshold = time.Hour, 2*time.Hour
			s.Node(site.Mirror).Facts.Primary.Threshold = 2 * time.Hour
		}, "", ""},
		"the live database is not shipped": {func(s *Snapshot, _ *site.Site) {
			primary(s).Facts.Primary = nil
		}, "no-log-shipping", "no log shipping primary"},
		"the secondary is no secondary": {func(s *Snapshot, _ *site.Site) {
			second(s).Facts.Secondary = nil
		}, "no-log-shipping", "no log shipping secondary"},
		"the mirror's job succeeds without a file, as it must": {func(s *Snapshot, _ *site.Site) {
			s.Node(site.Mirror).Facts.Primary.BackupAge = 30 * 24 * time.Hour
		}, "", ""},
		"the share cannot be listed": {func(s *Snapshot, _ *site.Site) {
			s.Share.Err = &fault.Error{Class: fault.Access, Number: 53, Text: "The network path was not found."}
		}, "share-unreachable", "access 53: The network path was not found."},
	})
}

func TestSituationsOfTheSecondary(t *testing.T) {
	const newest = `\\FS01\LogShip\mgc_20261121025500.trn`
	check(t, map[string]partCase{
		"a backup waits on the share": {func(s *Snapshot, _ *site.Site) {
			s.Share.Newest, s.Share.Log = newest, shipping(newest, now.Add(-5*time.Minute))
			received(s).LastCopied, received(s).CopyAge = now.Add(-time.Hour), time.Hour-poll
		}, "no-copy", "1h 0m ago, the limit is 45m 0s; mgc_20261121025500.trn waits on the share"},
		"never copied": {func(s *Snapshot, _ *site.Site) {
			received(s).LastCopiedFile, received(s).LastCopied, received(s).CopyAge = "", time.Time{}, -1
		}, "no-copy", "has never copied"},
		"old copies, but nothing newer to copy": {func(s *Snapshot, _ *site.Site) {
			received(s).CopyAge = time.Hour
		}, "", ""},
		"a copied backup waits": {func(s *Snapshot, _ *site.Site) {
			received(s).RestoreAge = time.Hour - poll
		}, "no-restore", "mgc_20261121024500.trn is copied and waits"},
		"within the configured delay": {func(s *Snapshot, _ *site.Site) {
			received(s).RestoreAge, received(s).RestoreDelay = time.Hour, 30*time.Minute
		}, "", ""},
		"all that was copied is restored": {func(s *Snapshot, _ *site.Site) {
			received(s).RestoreAge, received(s).LastRestoredFile = time.Hour, lastBackup
		}, "", ""},
		"restores, but far behind": {func(s *Snapshot, _ *site.Site) {
			received(s).LastRestoredFile, received(s).Latency = `E:\LogShip\mgc_20261121010000.trn`, 92*time.Minute
		}, "secondary-behind", "1h 45m behind mgc_20261121024500.trn"},
		"restores late, names without a time": {func(s *Snapshot, _ *site.Site) {
			received(s).LastRestoredFile, received(s).Latency = `E:\LogShip\a.trn`, 2*time.Hour
		}, "secondary-behind", "2h 13m behind mgc_20261121024500.trn"},
		"a name out of the past": {func(s *Snapshot, _ *site.Site) {
			received(s).LastRestoredFile = `E:\LogShip\mgc_20260101010000.trn`
		}, "", ""},
		"a name out of the future": {func(s *Snapshot, _ *site.Site) {
			s.Share.Newest, received(s).CopyAge = `\\FS01\LogShip\mgc_20991225000000.trn`, time.Hour
		}, "", ""},
		"the restore job meets a gap": {func(s *Snapshot, _ *site.Site) {
			received(s).RestoreJob.Outcome = "failed"
			received(s).RestoreJob.Message = "The log in this backup set begins at LSN 12, which is too recent (Error 4305)."
		}, "chain-gap", "Error 4305"},
		"the restore job fails otherwise": {func(s *Snapshot, _ *site.Site) {
			received(s).RestoreJob.Outcome, received(s).RestoreJob.Message = "failed", "Error 43051"
		}, "job-failed", "Error 43051"},
		"the restore job runs and leaves what is there": {func(s *Snapshot, _ *site.Site) {
			received(s).RestoreAge = time.Hour
			received(s).RestoreJob.LastRun = now.Add(-time.Minute)
		}, "no-restore", "ran without error 1m 0s ago, and whether log is missing is not known"},
		"the restore job leaves what fits": {func(s *Snapshot, _ *site.Site) {
			received(s).RestoreAge, s.Share.Next = time.Hour, lastBackup
			received(s).RestoreJob.LastRun = now.Add(-time.Minute)
		}, "no-restore", "mgc_20261121024500.trn continues the database by its header"},
		"the restore job is refused, and no log is missing": {func(s *Snapshot, _ *site.Site) {
			received(s).RestoreJob.Outcome, s.Share.Next = "failed", lastBackup
			received(s).RestoreJob.Message = "The log in this backup set begins at LSN 12, which is too recent (Error 4305)."
		}, "no-restore", "yet no log is missing: mgc_20261121024500.trn continues"},
		"log is missing by the headers, whatever the clocks say": {func(s *Snapshot, _ *site.Site) {
			s.Share.Gap = &chain.Gap{Next: lastBackup}
		}, "chain-gap", "and mgc_20261121024500.trn begins behind it"},
		"log was missing when the share could be listed": {func(s *Snapshot, _ *site.Site) {
			s.Share.Gap = &chain.Gap{Next: lastBackup}
			s.Share.Err = &fault.Error{Class: fault.Access}
		}, "share-unreachable", ""},
		"the copy job fails": {func(s *Snapshot, _ *site.Site) {
			received(s).CopyJob.Outcome, received(s).CopyJob.Message = "failed", "Access is denied."
		}, "job-failed", "copy job LSCopy_SQL01_mgc"},
		"the copy job is disabled": {func(s *Snapshot, _ *site.Site) {
			received(s).CopyJob.Enabled = false
		}, "job-disabled", "copy job"},
		"no database at all": {func(s *Snapshot, _ *site.Site) {
			second(s).Facts.Database, second(s).Facts.Secondary = Database{}, nil
		}, "database-missing", "no database mgc"},
		"suspect": {func(s *Snapshot, _ *site.Site) {
			second(s).Facts.Database.State = "SUSPECT"
		}, "database-suspect", "is SUSPECT"},
		"does not answer": {func(s *Snapshot, _ *site.Site) {
			silence(s, site.Secondary)
		}, "secondary-unreachable", "no route to host"},
	})
}

func TestSituationsOfTheServers(t *testing.T) {
	check(t, map[string]partCase{
		"Agent stopped on the primary":      {func(s *Snapshot, _ *site.Site) { primary(s).Facts.Agent.State = "stopped" }, "agent-stopped", "stopped"},
		"Agent stopped on the secondary":    {func(s *Snapshot, _ *site.Site) { second(s).Facts.Agent.State = "stopped" }, "agent-stopped", `SQL11\RTC`},
		"Agent unknown":                     {func(s *Snapshot, _ *site.Site) { primary(s).Facts.Agent.State = "unknown" }, "", ""},
		"Agent of the witness is no matter": {func(s *Snapshot, _ *site.Site) { s.Node(site.Witness).Facts.Agent.State = "stopped" }, "", ""},
		"mirror gone":                       {func(s *Snapshot, _ *site.Site) { silence(s, site.Mirror) }, "node-unreachable", "2m 0s"},
		"poller stuck":                      {func(s *Snapshot, _ *site.Site) { s.Node(site.Mirror).Answered = now.Add(-time.Minute) }, "stale-facts", "1m 0s ago"},
		"any certificate":                   {func(_ *Snapshot, e *site.Site) { e.Hosts = []site.Host{{Name: "FE11", Trust: site.Trust{Any: true}}} }, "certificate-any", "FE11"},
	})
}

func TestSituationsOfThePool(t *testing.T) {
	check(t, map[string]partCase{
		"failed over while the primary is live": {func(s *Snapshot, _ *site.Site) {
			s.Pool.State = "FailedOver"
		}, "pool-mismatch", `SQL01\RTC ONLINE`},
		"nobody active": {func(s *Snapshot, _ *site.Site) { s.Pool.Active = nil }, "no-active-servers", "no active"},
		"active in the other data centre": {func(s *Snapshot, _ *site.Site) {
			s.Pool.Active = []string{"chat01.litwareinc.com", "CHAT11.litwareinc.com"}
		}, "active-servers-elsewhere", "in dc1, but active are CHAT11.litwareinc.com (dc2)"},
		"active over a fast link": {func(s *Snapshot, e *site.Site) {
			s.Pool.Active, e.FastLinks = []string{"chat11.litwareinc.com"}, [][2]string{{"dc2", "dc1"}}
		}, "", ""},
		"active and unknown": {func(s *Snapshot, _ *site.Site) {
			s.Pool.Active = []string{"chat99.litwareinc.com"}
		}, "active-servers-elsewhere", "not in the site file"},
		"no management host answers": {func(s *Snapshot, _ *site.Site) {
			s.Pool.Err = &fault.Error{Class: fault.Timeout, Text: "no answer"}
			s.Pool.State = "FailedOver"
		}, "pool-unreachable", "timeout: no answer"},
		"read long ago": {func(s *Snapshot, _ *site.Site) {
			s.Pool.Answered, s.Pool.State = now.Add(-10*time.Minute), "FailedOver"
		}, "stale-facts", "10m 0s ago"},
		"no management host configured": {func(s *Snapshot, _ *site.Site) { s.Pool = Pool{} }, "", ""},
	})
}
