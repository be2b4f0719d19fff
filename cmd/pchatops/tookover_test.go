package main

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
)

const changeRoles = "ALTER DATABASE mgc SET PARTNER FAILOVER"

// takenOver has the mirror of the secondary take over, once it has caught up.
func takenOver(t testing.TB, l *lab.Lab) {
	t.Helper()
	synchronised(t, l, "secondary")
	inOneSession(t, l, "secondary", "USE master", changeRoles)
	synchronised(t, l, "secondary-mirror")
}

// byForce has it do so while the secondary is down, which comes back as its mirror.
func byForce(t testing.TB, l *lab.Lab) {
	t.Helper()
	synchronised(t, l, "secondary")
	require.NoError(t, l.World().StopService(world.Secondary))
	inOneSession(t, l, "secondary-mirror", "USE master", "ALTER DATABASE mgc SET PARTNER FORCE_SERVICE_ALLOW_DATA_LOSS")
	require.NoError(t, l.World().StartService(world.Secondary))
	inOneSession(t, l, "secondary-mirror", "USE master", "ALTER DATABASE mgc SET PARTNER RESUME")
	synchronised(t, l, "secondary-mirror")
}

// parted has the session ended behind it, while the secondary is off.
func parted(t testing.TB, l *lab.Lab) {
	t.Helper()
	takenOver(t, l)
	require.NoError(t, l.World().PowerOff(world.Secondary))
	l.World().Elapse(20 * time.Minute)
	inOneSession(t, l, "secondary-mirror", "USE master", "ALTER DATABASE mgc SET PARTNER OFF")
	require.NoError(t, l.World().PowerOn(world.Secondary))
	until(t, "the secondary answers again", func() bool {
		return len(atSQL(t, l, "secondary", "SELECT state_desc FROM sys.databases WHERE name = 'mgc' AND state_desc = 'RESTORING'")) == 1
	})
}

// findings are the codes of what status finds.
func findings(t testing.TB, c *console) (codes []string, snapshot map[string]any) {
	t.Helper()
	snapshot = c.run("status").of("snapshot")[0]
	for _, f := range snapshot["findings"].([]any) {
		codes = append(codes, fmt.Sprint(f.(map[string]any)["code"]))
	}
	return codes, snapshot
}

// Where the pair of the second data centre has changed roles, the failover is as done as it
// was: nothing is sent to a mirror, and nothing is to be failed over.
func TestARecoveredDatabaseWhoseMirrorHasTakenOverIsDone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		happens func(t testing.TB, l *lab.Lab)
		before  string // the step that the failover stands before; "": it has ended
		fresh   bool   // on another host, without a record
		back    bool   // the pool does not use it yet, or no more
	}{
		"in turn":                           {happens: takenOver},
		"by force":                          {happens: byForce},
		"on another host":                   {happens: takenOver, fresh: true},
		"before the active servers are set": {before: "F7", back: true, happens: func(t testing.TB, l *lab.Lab) { takenOver(t, l) }},
		"and the pool was set back": {back: true, happens: func(t testing.TB, l *lab.Lab) {
			takenOver(t, l)
			identity, _ := l.World().PoolState()
			require.NoError(t, l.World().SetPoolState(identity, "Normal"))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				l := startSite(t, "failover", lab.Options{})
				console := consoleOn(t, l)
				upTo(t, console, c.before)
				if c.before != "" {
					r := console.run(append([]string{"run", "failover", "--step", "F6"}, confirm()...)...)
					require.Equal(t, exitDone, r.code, r.stderr)
				}
				c.happens(t, l)
				if c.fresh {
					console = consoleOn(t, l)
				}
				codes, seen := findings(t, console)
				require.Contains(t, codes, "secondary-mirror-live")
				require.NotContains(t, codes, "primary-site-lost")
				require.Equal(t, c.back && c.before == "", slices.Contains(codes, "pool-mismatch"))
				require.Nil(t, seen["exposure_seconds"])
				require.NotEqual(t, true, seen["loss"])
				v := console.run("verify", "failover")
				for _, step := range []string{"F2", "F3", "F4a", "F4b", "F6"} {
					require.Len(t, steps(v, step, "done"), 1, "%s: %s", step, v.stderr)
				}
				r := console.run(append([]string{"run", "failover"}, confirm()...)...)
				want := exitDone
				if c.fresh { // nobody knows there what the recovery left behind
					want = exitIncomplete
				}
				require.Equal(t, want, r.code, r.stderr)
				if !c.back {
					require.Empty(t, r.of("action"))
				}
				require.Contains(t, fmt.Sprint(r.of("step")), `on SQL12\RTC: ALTER DATABASE [mgc] SET PARTNER FAILOVER`)
				require.Equal(t, "ONLINE", l.World().StateOf(world.SecondaryMirror))
				require.Zero(t, l.World().Ledger().Lost)

				inOneSession(t, l, "secondary-mirror", "USE master", changeRoles)
				synchronised(t, l, "secondary")
				require.Len(t, steps(console.run("verify", "failover"), "F4b", "done"), 1)
			})
		})
	}
}

// What the mirror has that has taken over is newer than what waits on the secondary, and
// may be where it does not tell: the secondary is not recovered for the ordinary text.
func TestASecondaryThatItsMirrorIsAheadOfIsNotRecovered(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		happens func(t testing.TB, l *lab.Lab)
		finding string
		says    string
		phrase  string // "": nothing is sent for any
		never   string
		fresh   bool // on another host, without a record
	}{
		"the session was ended": {parted, "secondary-mirror-live", `leave SQL12\RTC in service`, `lose the chat that only SQL12\RTC has`, "SET PARTNER OFF", false},
		"and an older copy restored": {func(t testing.TB, l *lab.Lab) {
			takenOver(t, l)
			inOneSession(t, l, "secondary-mirror", ownBackup)
			l.World().Elapse(20 * time.Minute)
			inOneSession(t, l, "secondary-mirror", "USE master", "ALTER DATABASE mgc SET PARTNER OFF", onlyMe, overIt+"RECOVERY", everybody)
		}, "secondary-mirror-live", `leave SQL12\RTC in service`, `lose the chat that only SQL12\RTC has`, "SET PARTNER OFF", false},
		"and it does not answer": {func(t testing.TB, l *lab.Lab) {
			parted(t, l)
			require.NoError(t, l.World().PowerOff(world.SecondaryMirror))
		}, "principal-unseen", `see what SQL12\RTC serves`, `lose the chat that SQL12\RTC may have`, "SET PARTNER OFF", false},
		"and it was taken offline": {func(t testing.TB, l *lab.Lab) {
			parted(t, l)
			inOneSession(t, l, "secondary-mirror", "USE master", "ALTER DATABASE mgc SET OFFLINE WITH ROLLBACK IMMEDIATE")
		}, "principal-unseen", `SET ONLINE`, `lose the chat that SQL12\RTC may have`, "SET PARTNER OFF", false},
		"it is the principal, and does not answer": {func(t testing.TB, l *lab.Lab) {
			takenOver(t, l)
			require.NoError(t, l.World().PowerOff(world.SecondaryMirror))
		}, "principal-unseen", `on SQL11\RTC`, "", "SET PARTNER OFF", false},
		"and it was renamed":                  {renamed, "principal-unseen", "under another name", `lose the chat that SQL12\RTC may have`, "SET PARTNER OFF", false},
		"and it was renamed, on another host": {renamed, "principal-unseen", "under another name", `lose the chat that SQL12\RTC may have`, "SET PARTNER OFF", true},
		"and it was dropped": {func(t testing.TB, l *lab.Lab) {
			parted(t, l)
			inOneSession(t, l, "secondary-mirror", "USE master", onlyMe, "DROP DATABASE mgc")
		}, "principal-unseen", "in a backup", `lose the chat that SQL12\RTC may have`, "SET PARTNER OFF", true},
		"and its tail was taken":                                          {tailTaken, "principal-unseen", "in a backup", `lose the chat that SQL12\RTC may have`, "SET PARTNER OFF", false},
		"and its tail was taken, on another host":                         {tailTaken, "principal-unseen", "in a backup", `lose the chat that SQL12\RTC may have`, "SET PARTNER OFF", true},
		"the secondary was made anew from its backup, and it was renamed": {rebuilt(rename), "principal-unseen", "under another name", `lose the chat that SQL12\RTC may have`, "SET PARTNER OFF", false},
		"so it was, on another host":                                      {rebuilt(rename), "principal-unseen", `was restored from a backup that SQL12\RTC took`, `lose the chat that SQL12\RTC may have`, "SET PARTNER OFF", true},
		"so it was, and its tail was taken, on another host":              {rebuilt(takeTail), "principal-unseen", "in a backup", `lose the chat that SQL12\RTC may have`, "SET PARTNER OFF", true},
		"so it was, and does not answer, on another host": {rebuilt(func(t testing.TB, l *lab.Lab) {
			require.NoError(t, l.World().PowerOff(world.SecondaryMirror))
		}), "principal-unseen", `see what SQL12\RTC serves`, `lose the chat that SQL12\RTC may have`, "SET PARTNER OFF", true},
		"it does not answer, on another host": {func(t testing.TB, l *lab.Lab) {
			parted(t, l)
			require.NoError(t, l.World().PowerOff(world.SecondaryMirror))
		}, "principal-unseen", `see what SQL12\RTC serves`, `lose the chat that SQL12\RTC may have`, "SET PARTNER OFF", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				l := startSite(t, "failover", lab.Options{})
				console := consoleOn(t, l)
				upTo(t, console, "")
				c.happens(t, l)
				if c.fresh {
					console = consoleOn(t, l)
				}
				if codes, seen := findings(t, console); c.finding != "" {
					require.Contains(t, codes, c.finding)
					require.Nil(t, seen["exposure_seconds"])
					require.NotContains(t, codes, "primary-site-lost")
					require.NotContains(t, codes, "pool-mismatch")
				}
				args := append([]string{"run", "failover"}, confirm()...)
				r := console.run(args...)
				require.Equal(t, exitRefused, r.code, r.stderr)
				require.Contains(t, r.stderr, c.says)
				require.NotContains(t, r.stderr, c.never)
				require.Equal(t, "RESTORING", l.World().StateOf(world.Secondary))
				if c.phrase == "" {
					require.NotContains(t, r.stderr, "type:")
					return
				}
				require.Contains(t, r.stderr, c.phrase)
				require.Equal(t, "F4b", r.summary(t)["stopped"])
				r = console.run(append(args, "--confirm", "F4b="+c.phrase)...)
				require.Len(t, steps(r, "F4b", "done"), 1, r.stderr)
				require.Equal(t, "ONLINE", l.World().StateOf(world.Secondary))
				if c.finding == "secondary-mirror-live" { // both live now
					require.Equal(t, exitIncomplete, r.code, r.stderr)
					require.Contains(t, r.stderr, "nobody can tell")
					require.Contains(t, r.stderr, "which may hold the newer chat")
					require.Contains(t, fmt.Sprint(r.summary(t)["rivals"]), `SQL12\RTC`)
				}
			})
		})
	}
}

func renamed(t testing.TB, l *lab.Lab) {
	parted(t, l)
	rename(t, l)
}

func rename(t testing.TB, l *lab.Lab) {
	inOneSession(t, l, "secondary-mirror", "USE master", onlyMe, "ALTER DATABASE mgc MODIFY NAME = mgc_x")
}

// rebuilt has the secondary wait for log of its mirror's, from a full backup of that, before
// what happens to the mirror.
func rebuilt(happens func(testing.TB, *lab.Lab)) func(testing.TB, *lab.Lab) {
	const full = `\\FS01\LogShip\n.bak`
	return func(t testing.TB, l *lab.Lab) {
		parted(t, l)
		inOneSession(t, l, "secondary-mirror", `BACKUP DATABASE mgc TO DISK = N'`+full+`' WITH INIT`)
		l.World().Elapse(20 * time.Minute)
		happens(t, l)
		inOneSession(t, l, "secondary", "USE master", `RESTORE DATABASE mgc FROM DISK = N'`+full+`' WITH NORECOVERY, REPLACE`)
	}
}

func tailTaken(t testing.TB, l *lab.Lab) {
	parted(t, l)
	takeTail(t, l)
}

func takeTail(t testing.TB, l *lab.Lab) {
	inOneSession(t, l, "secondary-mirror", "USE master", onlyMe, `BACKUP LOG mgc TO DISK = N'E:\tail.trn' WITH NORECOVERY`)
}

// A copy of long ago that is online on the secondary's mirror holds no first failover up:
// nobody chats there while the pool uses the first data centre.
func TestALeftoverOnTheSecondarysMirrorHoldsNoFailoverUp(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{})
		inOneSession(t, l, "secondary-mirror", `RESTORE DATABASE mgc FROM DISK = N'\\FS01\LogShip\mgc_full.bak' WITH RECOVERY`)
		r := consoleOn(t, l).run(append([]string{"run", "failover"}, confirm()...)...)
		require.Equal(t, exitIncomplete, r.code, r.stderr)
		require.Equal(t, "F6", r.summary(t)["stopped"])
		require.Len(t, steps(r, "F7", "done"), 1, r.stderr)
		require.NotContains(t, r.stderr, "newer chat")
		require.Zero(t, l.World().Ledger().Lost)
	})
}
