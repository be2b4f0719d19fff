package shipping

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
	"pchatops/ops/fault"
	"pchatops/ops/lab/world"
	"pchatops/ops/procedures"
	"pchatops/ops/site"
)

func TestADatabaseThatHoldsDataIsReplacedOnlyByItsPhrase(t *testing.T) {
	t.Parallel()
	r := newRig(t, "healthy")
	require.NoError(t, r.send("U2"))
	r.sql("secondary", "RESTORE DATABASE mgc WITH RECOVERY")
	require.Empty(t, r.unmet("P13a"))
	require.NoError(t, r.send("P13a"))
	g, asked := r.unmet("P13b")["nothing is overwritten"]
	require.True(t, asked)
	require.Regexp(t, `^replace the ONLINE mgc on SQL11\\RTC, fork [0-9a-f]{8}$`, g.Override, "the phrase for a leftover of a restore is another")
	require.Contains(t, r.plan("P13b").Loss, "ONLINE")
	require.Contains(t, r.plan("P13b").Actions[0].Text, "REPLACE")
	require.NoError(t, r.send("P13b"))
	require.True(t, r.proof("P13b").Holds)
}

func TestSomebodyElsesLogBackupBreaksTheChainAndIsNamed(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-primary")
	r.ship("P13a", "P13b")
	r.sql("primary", `BACKUP LOG mgc TO DISK = 'C:\Backup\nightly.trn' WITH COPY_ONLY`)
	r.already("P13a", "P13b") // a copy cuts no log off
	r.sql("primary", `BACKUP LOG mgc TO DISK = 'C:\Backup\nightly.trn'`)
	p := r.proof("P13b")
	require.False(t, p.Holds)
	require.Contains(t, p.Says, `C:\Backup\nightly.trn`)
	require.NoError(t, r.send("P13a"), "a new full backup begins behind it")
	require.Contains(t, r.unmet("P13b"), "nothing is overwritten")
	require.NoError(t, r.send("P13b"))
	require.True(t, r.proof("P13b").Holds)
}

func TestServersThatCannotShipAreRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-primary")
	r.lab.World().StopAgent(world.Secondary)
	require.Contains(t, r.unmet("P0"), `SQL Server Agent on SQL11\RTC`)
	require.False(t, r.proof("P0").Holds)
	r.lab.World().StartAgent(world.Secondary)
	require.Empty(t, r.unmet("P0"))

	r.lab.World().SetShareOffline(true)
	require.Len(t, r.plan("P4-P6").Notes, 2, "neither server sees the share")
	err := r.send("P13a")
	require.Error(t, err)
	require.Contains(t, []fault.Class{fault.Access, fault.NotFound, fault.Unreachable}, fault.ClassOf(err), err)
	r.lab.World().SetShareOffline(false)

	r.sql("primary", "ALTER DATABASE mgc SET PARTNER OFF")
	r.sql("primary", "ALTER DATABASE mgc SET RECOVERY SIMPLE")
	require.Contains(t, r.unmet("P0"), "recovery model")
	require.Contains(t, r.unmet("P1-P9"), "recovery model")
	require.ErrorContains(t, r.send("P1-P9"), "32015")
	require.Empty(t, r.sql("primary", "SELECT primary_id FROM msdb.dbo.log_shipping_primary_databases"), "nothing is half set up")
}

func TestABackupJobThatOnlyReportsSuccessIsCaught(t *testing.T) {
	t.Parallel()
	r := newRig(t, "healthy")
	r.sql("primary", "ALTER DATABASE mgc SET PARTNER FAILOVER") // the old principal's job goes on, without a backup
	tr := &traveller{shipping: r.procedure()}
	f, err := tr.primary.Facts(t.Context())
	require.NoError(t, err)
	tr.file = lastBackup(f.Primary)
	a := tr.primary.RunJob("LSBackup_mgc", tr.written)
	require.ErrorContains(t, a.Do(t.Context(), silent{}), "reported success without writing a backup")
}

func TestAnotherPrimarysSecondaryIsLeftAlone(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-primary")
	r.sql("secondary", `EXEC master.dbo.sp_add_log_shipping_secondary_primary @primary_server = 'SQL99', @primary_database = 'mgc',
		@backup_source_directory = '\\FS01\LogShip', @backup_destination_directory = 'E:\LogShip', @copy_job_name = 'c', @restore_job_name = 'r';
		EXEC master.dbo.sp_add_log_shipping_secondary_database @secondary_database = 'mgc', @primary_server = 'SQL99', @primary_database = 'mgc', @restore_threshold = 45`)
	require.Contains(t, r.unmet("P0")["no other log shipping"].Seen, "SQL99")
	require.Contains(t, r.unmet("P10-P19"), "no other log shipping")
}

func TestAJobOfThatNameThatIsNoneOfLogShippingStays(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-primary")
	r.sql("secondary", `EXEC master.dbo.sp_add_log_shipping_alert_job`)
	r.sql("secondary", `EXEC msdb.dbo.sp_update_job @job_name = 'LSAlert_SQL11\RTC', @new_name = 'LSCopy_SQL01\RTC_mgc'`)
	err := r.send("P10-P19")
	require.True(t, fault.Is(err, fault.State), err)
	require.ErrorContains(t, err, "32022")
	require.ErrorContains(t, err, "rename or delete it")
	require.Nil(t, r.facts(site.Secondary).Secondary)
	require.Len(t, r.sql("secondary", "SELECT name FROM msdb.dbo.sysjobs"), 1, "nothing is half made")
}

func TestAPrincipalThatMovedIsNotConfigured(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-primary")
	r.ship("P13a", "P13b")
	r.sql("primary", "ALTER DATABASE mgc SET PARTNER FAILOVER")
	require.Contains(t, r.unmet("P0")["live primary"].Do, "NewPrincipal Primary")
	require.Contains(t, r.unmet("P1-P9"), "live primary")
	require.EqualValues(t, fault.State, fault.ClassOf(r.send("P1-P9")), "and the server refuses it too (32007)")
}

// A copy that was recovered and put back to RESTORING is on a fork of its own,
// whatever its LSN: the server refuses every log backup of the primary (4330).
func TestACopyOnARecoveryForkOfItsOwnIsInitialisedAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-primary")
	r.ship(setUp...)
	r.sql("secondary", `RESTORE DATABASE mgc WITH RECOVERY`)
	r.sql("secondary", `BACKUP LOG mgc TO DISK = N'E:\LogShip\x_tail.trn' WITH NORECOVERY`)
	require.Equal(t, "RESTORING", r.facts(site.Secondary).Database.State)
	p := r.proof("P13b")
	require.False(t, p.Holds, p.Says)
	require.Contains(t, p.Says, "another recovery fork")

	ship := func() error {
		r.lab.World().Elapse(5 * time.Minute) // people chat
		require.NoError(t, r.Shipping[site.Primary].RunJob("LSBackup_mgc", nil).Do(t.Context(), silent{}))
		require.NoError(t, r.Shipping[site.Secondary].RunJob(`LSCopy_SQL01\RTC_mgc`, nil).Do(t.Context(), silent{}))
		return r.Shipping[site.Secondary].RunJob(`LSRestore_SQL01\RTC_mgc`, nil).Do(t.Context(), silent{})
	}
	require.ErrorContains(t, ship(), "a recovery path that is inconsistent with the database")
	p = r.proof("P20")
	require.False(t, p.Holds, "a job fails: %s", p.Says)
	require.Contains(t, p.Says, `LSRestore_SQL01\RTC_mgc failed`)
	require.False(t, r.proof("P13b").Holds, "with a backup more on the primary, too")

	require.NoError(t, r.send("P13a"))
	d := r.facts(site.Secondary).Database
	require.Equal(t, `replace the RESTORING mgc on SQL11\RTC, fork `+strings.ToLower(d.RedoFork[:8])+" at LSN "+d.RedoLSN.String(),
		r.unmet("P13b")["nothing is overwritten"].Override, "it is of this one, and of no other")
	require.NoError(t, r.send("P13b"))
	require.NoError(t, ship(), "the servers are on one fork again")
	r.already(setUp...)
}

// The fork of a copy that the primary left behind is its own up to that point.
func TestTheWayOverARecoveryForkIsFollowed(t *testing.T) {
	t.Parallel()
	lsn := func(n string) chain.LSN { l, _ := chain.ParseLSN(n); return l }
	s := newRig(t, "ship-primary").procedure()
	e, err := s.read(t.Context())
	require.NoError(t, err)
	file := join(s.wantedPrimary(e).Directory, "mgc_1.trn")
	forked := procedures.LogTaken{
		Next: lsn("300"), FirstFork: "a", Fork: "b", ForkPoint: lsn("200"),
		Backups: []chain.Header{{File: file, Type: 2, Database: "mgc", First: lsn("100"), Last: lsn("300"), FirstFork: "A", Fork: "B", ForkPoint: lsn("200")}},
	}
	lately := procedures.LogTaken{Next: lsn("300"), FirstFork: "a", Fork: "b", ForkPoint: lsn("400")}
	for name, c := range map[string]struct {
		log  procedures.LogTaken
		at   chain.Position
		fits bool
	}{
		"before the fork, on the old path":           {forked, chain.Position{LSN: lsn("150"), Fork: "a"}, true},
		"behind the fork, on the old path":           {forked, chain.Position{LSN: lsn("250"), Fork: "a"}, false},
		"behind the fork, on the new path":           {forked, chain.Position{LSN: lsn("250"), Fork: "b"}, true},
		"on a path of its own":                       {forked, chain.Position{LSN: lsn("150"), Fork: "c"}, false},
		"all applied, on the primary's path":         {forked, chain.Position{LSN: lsn("300"), Fork: "b"}, true},
		"all applied, on a path of its own":          {forked, chain.Position{LSN: lsn("300"), Fork: "c"}, false},
		"all applied, on the path left":              {forked, chain.Position{LSN: lsn("300"), Fork: "a"}, false},
		"the fork is in the log not backed up yet":   {lately, chain.Position{LSN: lsn("300"), Fork: "a"}, true},
		"further than that fork, on the old path":    {lately, chain.Position{LSN: lsn("450"), Fork: "a"}, false},
		"a primary that has never been on a new one": {procedures.LogTaken{Next: lsn("300"), Fork: "a"}, chain.Position{LSN: lsn("300"), Fork: "a"}, true},
		"that one, and a path of its own further on": {procedures.LogTaken{Next: lsn("300"), Fork: "a"}, chain.Position{LSN: lsn("900"), Fork: "c"}, false},
	} {
		st := s.walk(e, c.at, c.log, name)
		require.Equal(t, c.fits, st.fits, "%s: %s", name, st.why)
	}
}

func TestAForkThatIsNotToldProvesNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-primary")
	r.ship("P13a", "P13b")
	s := r.procedure()
	e, err := s.read(t.Context())
	require.NoError(t, err)
	e.secondary.Database.RedoFork = ""
	st, err := s.stands(t.Context(), e)
	require.NoError(t, err)
	require.False(t, st.fits)
	require.Contains(t, st.why, "does not tell which recovery fork")
}

// The history of backups says that the log is whole. Retention has deleted files of it.
func TestABackupThatRetentionDeletedBreaksTheChain(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-primary")
	r.ship(setUp...)
	w := r.lab.World()
	w.StopAgent(world.Secondary)
	require.NoError(t, r.Shipping[site.Primary].RunJob("LSBackup_mgc", nil).Do(t.Context(), silent{}))
	require.True(t, r.proof("P13b").Holds)
	name := chain.Base(r.facts(site.Primary).Primary.LastBackupFile)
	require.NoError(t, w.SetPathsHang(world.Secondary, true))
	t.Cleanup(w.Mend)
	require.Contains(t, r.proof("P13b").Says, "is not known")
	w.Mend()
	require.NoError(t, os.Remove(filepath.Join(w.SharePath(), name)))
	p := r.proof("P13b")
	require.False(t, p.Holds)
	require.Contains(t, p.Says, name+", which mgc on SQL11\\RTC needs first, is gone")
}
