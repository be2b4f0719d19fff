package main

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
)

// fromFull restores the database of data centre 2 from the full backup, as an
// administrator does by hand.
func fromFull(t testing.TB, l *lab.Lab, before ...string) {
	t.Helper()
	db := onInstance(t, l, "secondary")
	for _, s := range append(before, `RESTORE DATABASE mgc FROM DISK = '\\FS01\LogShip\mgc_full.bak' WITH REPLACE`) {
		_, err := db.ExecContext(t.Context(), s)
		require.NoError(t, err, s)
	}
}

// Nobody remembers anything: the server's history and the files tell that the
// database that is online is the full backup only.
func TestADatabaseThatSomebodyPutOnlineFromTheFullBackupIsNotDone(t *testing.T) {
	t.Parallel()
	for name, before := range map[string][]string{"replaced": nil, "dropped first": {"DROP DATABASE mgc"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				l := startSite(t, "failover", lab.Options{})
				w := l.World()
				fromFull(t, l, before...)
				r := consoleOn(t, l).run(append([]string{"run", "failover"}, confirm()...)...)
				require.Positive(t, w.Ledger().Lost)
				require.Equal(t, 6, r.code, r.stderr)
				require.Contains(t, fmt.Sprint(r.summary(t)["left_behind"]), newestOn(t, w, world.Share))
				require.Nil(t, r.summary(t)["recovered_to"])
			})
		})
	}
}

// After F4b another database takes the name: what is on record is not so any
// more, and chat is not sent there unasked.
func TestADatabaseThatIsReplacedAfterItsRecoveryIsNoTick(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{Speed: 30})
		s := sessionOn(t, l)
		carried(t, s, "F1", "F2", "F3", "F4a", "F4b")
		require.Zero(t, l.World().Ledger().Lost)
		fromFull(t, l)
		require.Positive(t, l.World().Ledger().Lost)
		sum := s.incident.RunAll(t.Context(), "F5", best(nil), nil)
		require.NotContains(t, []engine.Ending{engine.EndDone, engine.EndIncomplete}, sum.Outcome)
		require.ErrorContains(t, sum.Error, "F4b")
		require.ErrorContains(t, sum.Error, "is not so any more")
	})
}

// atRecovery runs a failover in which something happens in the moment before
// the recovery arrives.
func atRecovery(t testing.TB, happens func(l *lab.Lab)) (*lab.Lab, result) {
	t.Helper()
	var l *lab.Lab
	var once atomic.Bool
	l = startSite(t, "failover", lab.Options{OnRequest: func(r lab.Request) lab.Verdict {
		if strings.Contains(r.Text, "RESTORE DATABASE") && strings.Contains(r.Text, "WITH RECOVERY") && once.CompareAndSwap(false, true) {
			happens(l)
		}
		return lab.Verdict{}
	}})
	r := consoleOn(t, l).run(append([]string{"run", "failover"}, confirm()...)...)
	require.True(t, once.Load(), r.stderr)
	return l, r
}

func TestATailThatComesInTheMomentOfRecoveryIsNamed(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		for _, name := range []string{"mgc_tail.trn", "last words.trn"} {
			l, r := atRecovery(t, func(l *lab.Lab) { require.NoError(t, l.World().Tail(world.Primary, name)) })
			require.Positive(t, l.World().Ledger().Lost, "it did hold chat")
			require.Equal(t, 6, r.code, r.stderr)
			require.Contains(t, fmt.Sprint(r.summary(t)["left_behind"]), name)
		}
	})
}

// The recovery meets another database than it was planned for.
func TestARecoveryTellsWhatItRecoveredAndNotWhatItPlanned(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l, r := atRecovery(t, func(l *lab.Lab) {
			_, err := onInstance(t, l, "secondary").ExecContext(t.Context(), `RESTORE DATABASE mgc FROM DISK = '\\FS01\LogShip\mgc_full.bak' WITH REPLACE, NORECOVERY`)
			require.NoError(t, err)
		})
		w := l.World()
		require.Positive(t, w.Ledger().Lost)
		require.Equal(t, 6, r.code, r.stderr)
		require.Contains(t, fmt.Sprint(r.summary(t)["left_behind"]), newestOn(t, w, world.Share))
		require.Nil(t, r.summary(t)["recovered_to"])
		require.NotContains(t, r.stderr, "no record")
	})
}

// Somebody else recovered the database over known backups: the outcome names them and
// says how much that is, as far as their headers tell.
func TestWhatSomebodyElseLeftBehindIsMeasured(t *testing.T) {
	t.Parallel()
	online := func(t testing.TB, l *lab.Lab) {
		_, err := onInstance(t, l, "secondary").ExecContext(t.Context(), `RESTORE DATABASE mgc WITH RECOVERY`)
		require.NoError(t, err)
	}
	for name, c := range map[string]struct {
		happens func(t testing.TB, l *lab.Lab, all []string)
		says    string
	}{
		"all of them can be read": {func(t testing.TB, l *lab.Lab, _ []string) { online(t, l) }, `: \d+[hm] \d\d[ms] of chat, written after 2\S+ \S+ UTC and up to 2`},
		"one of them cannot": {func(t testing.TB, l *lab.Lab, all []string) {
			require.NoError(t, l.World().Garble(world.Share, all[len(all)-1]))
			require.NoError(t, l.World().Garble(world.Folder, all[len(all)-1]))
			online(t, l)
		}, `: at least \d+[hm] \d\d[ms] of chat, written after 2\S+ \S+ UTC and at least up to 2`},
		"from the full backup": {func(t testing.TB, l *lab.Lab, _ []string) { fromFull(t, l) }, `: an unknown amount of chat, written up to 2`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				l := startSite(t, "failover", lab.Options{})
				w := l.World()
				w.StopAgent(world.Secondary) // its jobs do not come by
				all := waiting(t, w)
				c.happens(t, l, all)
				r := consoleOn(t, l).run(append([]string{"run", "failover"}, confirm()...)...)
				require.Equal(t, 6, r.code, r.stderr)
				require.Positive(t, w.Ledger().Lost)
				require.Contains(t, fmt.Sprint(r.summary(t)["left_behind"]), all[len(all)-1])
				for _, id := range []string{"F2", "F3"} {
					skipped := steps(r, id, "skipped")
					require.Len(t, skipped, 1)
					require.Regexp(t, c.says, skipped[0]["reason"])
				}
				require.Regexp(t, c.says, fmt.Sprint(steps(r, "F4b", "done")))
			})
		})
	}
}
