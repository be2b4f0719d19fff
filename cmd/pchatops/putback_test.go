package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
)

const (
	ownBackup = `BACKUP DATABASE mgc TO DISK = N'E:\LogShip\x.bak' WITH INIT`
	ownLog    = `BACKUP LOG mgc TO DISK = N'E:\LogShip\x.log' WITH INIT`
	onlyMe    = `ALTER DATABASE mgc SET SINGLE_USER WITH ROLLBACK IMMEDIATE`
	everybody = `ALTER DATABASE mgc SET MULTI_USER`
	overIt    = `RESTORE DATABASE mgc FROM DISK = N'E:\LogShip\x.bak' WITH REPLACE, `
	beside    = `RESTORE DATABASE mgc_new FROM DISK = N'E:\LogShip\x.bak' WITH MOVE 'mgc' TO 'E:\new.mdf', MOVE 'mgc_log' TO 'E:\new.ldf', RECOVERY`
	aside     = "ALTER DATABASE mgc MODIFY NAME = mgc_old"
	instead   = "ALTER DATABASE mgc_new MODIFY NAME = mgc"
	unpaired  = "ALTER DATABASE mgc SET PARTNER OFF"
)

// inOneSession runs statements on an instance in one session, as an administrator does.
func inOneSession(t testing.TB, l *lab.Lab, role string, statements ...string) {
	t.Helper()
	session, err := onInstance(t, l, role).Conn(t.Context())
	require.NoError(t, err)
	defer session.Close()
	for _, s := range statements {
		_, err := session.ExecContext(t.Context(), s)
		require.NoError(t, err, s)
	}
}

// messages is how many the database of the new primary holds.
func messages(t testing.TB, l *lab.Lab) (n int) {
	t.Helper()
	require.NoError(t, onInstance(t, l, "secondary").QueryRowContext(t.Context(), "SELECT COUNT(*) FROM mgc.dbo.tblChat").Scan(&n))
	return n
}

// upTo runs a failover that ends before a step, as nothing confirms it; "": to its end.
func upTo(t testing.TB, c *console, step string) {
	t.Helper()
	given := confirm()
	if n := slices.IndexFunc(given, func(s string) bool { return step != "" && len(s) > 2 && s[:2] == step }); n > 0 {
		given = slices.Delete(given, n-1, n+1)
	}
	r := c.run(append([]string{"run", "failover"}, given...)...)
	if step == "" {
		require.Equal(t, exitDone, r.code, r.stderr)
		return
	}
	require.Equal(t, step, r.summary(t)["stopped"], r.stderr)
}

// openID names the incident that is open.
func openID(t testing.TB, c *console) string {
	t.Helper()
	for _, i := range c.run("history").of("incident") {
		if i["ended"] == false {
			return fmt.Sprint(i["id"])
		}
	}
	t.Fatal("no incident is open")
	return ""
}

// A backup of the recovered database is restored over it: the newer chat is gone, and
// chat goes on with what is there for a phrase only.
func TestAnOlderCopyOfTheRecoveredDatabaseIsNoTick(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before string // the step that the failover stands before; "": it has ended
		over   []string
		fresh  bool // another incident is begun
		plain  bool // which copy it is cannot be told: it was restored under another name
	}{
		"at once":                              {before: "F6", over: []string{ownBackup, "later", onlyMe, overIt + "RECOVERY", everybody}},
		"in two steps":                         {before: "F6", over: []string{ownBackup, "later", onlyMe, overIt + "NORECOVERY", "RESTORE DATABASE mgc WITH RECOVERY", everybody}},
		"with log, and chat since":             {before: "F6", over: []string{ownBackup, "later", ownLog, "later", onlyMe, overIt + "NORECOVERY", `RESTORE LOG mgc FROM DISK = N'E:\LogShip\x.log' WITH RECOVERY`, everybody, "later", "BACKUP LOG mgc TO DISK = N'E:\\LogShip\\y.log' WITH INIT"}},
		"dropped first":                        {before: "F6", over: []string{ownBackup, "later", onlyMe, "DROP DATABASE mgc", overIt + "RECOVERY"}},
		"before the pool's state":              {before: "F5", over: []string{ownBackup, "later", onlyMe, overIt + "RECOVERY", everybody}},
		"before the active servers":            {before: "F7", over: []string{ownBackup, "later", onlyMe, overIt + "NORECOVERY", "RESTORE DATABASE mgc WITH RECOVERY", everybody}},
		"once its mirror stands":               {over: []string{ownBackup, "later", unpaired, onlyMe, overIt + "RECOVERY", everybody}},
		"another incident is begun":            {before: "F5", fresh: true, over: []string{ownBackup, "later", onlyMe, overIt + "RECOVERY", everybody}},
		"under another name at first":          {before: "F6", plain: true, over: []string{ownBackup, "later", beside, onlyMe, aside, instead}},
		"under another name, another incident": {before: "F5", fresh: true, plain: true, over: []string{ownBackup, "later", beside, onlyMe, aside, instead}},
		"under another name, it has ended":     {plain: true, over: []string{ownBackup, "later", beside, unpaired, onlyMe, aside, instead}},
		"a copy of the copy": {over: []string{
			ownBackup, "later", unpaired, onlyMe, overIt + "RECOVERY", strings.ReplaceAll(ownBackup, "x.bak", "y.bak"), onlyMe, strings.ReplaceAll(overIt, "x.bak", "y.bak") + "RECOVERY", everybody,
		}},
		"a copy of the copy, another incident": {before: "F5", fresh: true, over: []string{
			ownBackup, "later", onlyMe, overIt + "RECOVERY", strings.ReplaceAll(ownBackup, "x.bak", "y.bak"), onlyMe, strings.ReplaceAll(overIt, "x.bak", "y.bak") + "RECOVERY", everybody,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				l := startSite(t, "failover", lab.Options{})
				console := consoleOn(t, l)
				upTo(t, console, c.before)
				require.Zero(t, l.World().Ledger().Lost)
				had := 0
				var now []string
				for _, s := range c.over {
					if s != "later" {
						now = append(now, s)
						continue
					}
					inOneSession(t, l, "secondary", append([]string{"USE master"}, now...)...)
					now = nil
					l.World().Elapse(40 * time.Minute)
					had = messages(t, l)
				}
				inOneSession(t, l, "secondary", append([]string{"USE master"}, now...)...)
				if c.before != "F5" && c.before != "F7" && name != "with log, and chat since" {
					require.Less(t, messages(t, l), had, "chat was lost")
				}

				says := "a backup of that one, taken 20"
				if c.plain {
					says = "another copy was renamed or attached"
				}
				v := console.run("verify", "failover")
				require.Equal(t, exitFailed, v.code)
				require.Contains(t, fmt.Sprint(steps(v, "F4b", "failed")), says)
				s := console.run("status")
				require.Equal(t, exitFailed, s.code, s.stderr)
				require.Contains(t, fmt.Sprint(s.of("snapshot")[0]["findings"]), "recovered-replaced")
				args := append([]string{"run", "failover"}, confirm()...)
				if c.fresh {
					args = append(args, "--new")
				}
				r := console.run(args...)
				require.Equal(t, exitRefused, r.code, r.stderr)
				require.Contains(t, r.stderr, says)
				if c.before == "" { // without a record nobody is asked, and it is not left out either
					other := consoleOn(t, l)
					codes, _ := findings(t, other)
					require.Contains(t, codes, "restored-copy")
					r := other.run("plan", "failover")
					require.Zero(t, r.code, r.stderr)
					require.Equal(t, "skipped", steps(other.run("verify", "failover"), "F3", "skipped")[0]["outcome"])
				}
				if c.fresh || c.before == "" {
					require.Contains(t, r.stderr, "a later backup")
				} else {
					require.Contains(t, r.stderr, "F4b was done, and is not so any more")
					args = append(args, "--resume", openID(t, console))
					r = console.run(args...)
					require.Equal(t, exitRefused, r.code, r.stderr)
					require.Equal(t, "F4b", r.summary(t)["stopped"])
				}
				if c.fresh {
					args = args[:len(args)-1]
				}
				r = console.run(append(args, "--confirm", "F4b=go on with the mgc that was put in its place")...)
				require.Equal(t, exitIncomplete, r.code, r.stderr)
				require.Contains(t, fmt.Sprint(r.summary(t)["left_behind"]), "mgc as it was recovered")
				if c.before != "" { // else what is left of its mirror has to be given up, too
					require.Empty(t, r.summary(t)["stopped"], r.stderr)
				}
			})
		})
	}
}

// So is a copy that was made from a backup which its mirror took while that had the chat: when
// that was, the server's own history does not tell.
func TestAnOlderCopyOfTheMirrorsIsNoTick(t *testing.T) {
	t.Parallel()
	const full, log = `\\FS01\LogShip\n.bak`, `\\FS01\LogShip\n.log`
	over := `RESTORE DATABASE mgc FROM DISK = N'` + full + `' WITH REPLACE, `
	for name, restored := range map[string][]string{
		"at once":                   {over + "RECOVERY"},
		"in two steps":              {over + "NORECOVERY", "RESTORE DATABASE mgc WITH RECOVERY"},
		"with log that it took too": {over + "NORECOVERY", `RESTORE LOG mgc FROM DISK = N'` + log + `' WITH RECOVERY`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				l := startSite(t, "failover", lab.Options{})
				console := consoleOn(t, l)
				upTo(t, console, "")
				takenOver(t, l)
				inOneSession(t, l, "secondary-mirror", `BACKUP DATABASE mgc TO DISK = N'`+full+`' WITH INIT`, `BACKUP LOG mgc TO DISK = N'`+log+`' WITH INIT`)
				l.World().Elapse(20 * time.Minute)
				inOneSession(t, l, "secondary-mirror", "USE master", "ALTER DATABASE mgc SET PARTNER OFF", onlyMe, "DROP DATABASE mgc")
				inOneSession(t, l, "secondary", append([]string{"USE master"}, restored...)...)

				require.Equal(t, exitFailed, console.run("verify", "failover").code)
				for _, more := range [][]string{nil, {"--new"}} {
					r := console.run(append(append([]string{"run", "failover"}, confirm()...), more...)...)
					require.Equal(t, exitRefused, r.code, r.stderr)
					require.Contains(t, r.stderr, "a backup of that one, taken at a time that is not known, was restored over it")
				}
				stranger := consoleOn(t, l)
				codes, _ := findings(t, stranger)
				require.Contains(t, codes, "restored-copy")
				r := stranger.run(append([]string{"run", "failover"}, confirm()...)...)
				require.Equal(t, exitIncomplete, r.code, r.stderr)
				require.Contains(t, fmt.Sprint(r.summary(t)["unread"]), `restored from a backup that SQL12\RTC took`, "without a record")
			})
		})
	}
}

// A copy that somebody has accepted is the database from then on: that it is replaced once
// more, by the same backup, is no tick either.
func TestAnAcceptedCopyThatIsReplacedAgainIsNoTick(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{})
		console := consoleOn(t, l)
		upTo(t, console, "F6")
		again := []string{"USE master", onlyMe, overIt + "RECOVERY", everybody}
		inOneSession(t, l, "secondary", ownBackup)
		l.World().Elapse(40 * time.Minute)
		inOneSession(t, l, "secondary", again...)
		args := append([]string{"run", "failover"}, confirm()...)
		r := console.run(append(args, "--resume", openID(t, console), "--confirm", "F4b=go on with the mgc that was put in its place")...)
		require.Equal(t, exitIncomplete, r.code, r.stderr)
		require.Empty(t, r.summary(t)["stopped"])

		l.World().Elapse(40 * time.Minute)
		had := messages(t, l)
		inOneSession(t, l, "secondary", append([]string{"USE master", unpaired}, again...)...)
		require.Less(t, messages(t, l), had, "chat was lost")
		require.Equal(t, exitFailed, console.run("verify", "failover").code)
		for _, more := range [][]string{nil, {"--new"}} {
			r = console.run(append(args, more...)...)
			require.Equal(t, exitRefused, r.code, r.stderr)
			require.Equal(t, "F4b", r.summary(t)["stopped"])
		}
	})
}

// What keeps the recovered database as it is, or moves it with all its log, is no other one.
func TestTheRecoveredDatabaseStaysTheSame(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before  string
		happens func(t testing.TB, l *lab.Lab)
	}{
		"offline and online": {"F6", func(t testing.TB, l *lab.Lab) {
			inOneSession(t, l, "secondary", "USE master", "ALTER DATABASE mgc SET OFFLINE WITH ROLLBACK IMMEDIATE", "ALTER DATABASE mgc SET ONLINE")
		}},
		"a restart before the pool's state": {"F5", func(t testing.TB, l *lab.Lab) {
			require.NoError(t, l.World().StopService(world.Secondary))
			require.NoError(t, l.World().StartService(world.Secondary))
		}},
		"its own backups, and a copy beside it": {"F6", func(t testing.TB, l *lab.Lab) {
			inOneSession(t, l, "secondary", ownBackup, ownLog, `RESTORE DATABASE mgc_copy FROM DISK = N'E:\LogShip\x.bak' WITH MOVE 'mgc' TO 'E:\c.mdf', MOVE 'mgc_log' TO 'E:\c.ldf', RECOVERY`)
		}},
		"renamed and back": {"F6", func(t testing.TB, l *lab.Lab) {
			inOneSession(t, l, "secondary", "USE master", onlyMe, "ALTER DATABASE mgc MODIFY NAME = aside", "ALTER DATABASE aside MODIFY NAME = mgc", everybody)
		}},
		"a mirroring failover and back": {"", func(t testing.TB, l *lab.Lab) {
			for _, role := range []string{"secondary", "secondary-mirror"} {
				synchronised(t, l, role)
				inOneSession(t, l, role, "USE master", "ALTER DATABASE mgc SET PARTNER FAILOVER")
			}
			synchronised(t, l, "secondary")
		}},
		"a forced one, and back": {"", func(t testing.TB, l *lab.Lab) {
			synchronised(t, l, "secondary")
			l.World().Elapse(time.Hour)
			require.NoError(t, l.World().StopService(world.Secondary))
			inOneSession(t, l, "secondary-mirror", "USE master", "ALTER DATABASE mgc SET PARTNER FORCE_SERVICE_ALLOW_DATA_LOSS")
			require.NoError(t, l.World().StartService(world.Secondary))
			inOneSession(t, l, "secondary-mirror", "USE master", "ALTER DATABASE mgc SET PARTNER RESUME")
			synchronised(t, l, "secondary-mirror")
			inOneSession(t, l, "secondary-mirror", "USE master", "ALTER DATABASE mgc SET PARTNER FAILOVER")
			synchronised(t, l, "secondary")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				l := startSite(t, "failover", lab.Options{})
				console := consoleOn(t, l)
				upTo(t, console, c.before)
				c.happens(t, l)
				v := console.run("verify", "failover")
				require.Len(t, steps(v, "F4b", "done"), 1, v.stderr)
				require.NotContains(t, fmt.Sprint(console.run("status").of("snapshot")[0]["findings"]), "recovered-replaced")
				r := console.run(append([]string{"run", "failover"}, confirm()...)...)
				require.Equal(t, exitDone, r.code, r.stderr)
				require.Zero(t, l.World().Ledger().Lost)
			})
		})
	}
}

// synchronised waits until the principal says that its mirror has caught up.
func synchronised(t testing.TB, l *lab.Lab, role string) {
	t.Helper()
	until(t, "the mirror has caught up", func() bool {
		return slices.Contains(atSQL(t, l, role, "SELECT mirroring_state_desc FROM sys.database_mirroring WHERE mirroring_guid IS NOT NULL"), "SYNCHRONIZED")
	})
}
