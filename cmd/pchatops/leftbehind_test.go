package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
)

// newestOn is the newest log backup in a folder of the lab, by its name.
func newestOn(t testing.TB, w *world.World, folder string) string {
	t.Helper()
	names, err := w.Backups(folder)
	require.NoError(t, err)
	newest := ""
	for _, n := range names {
		if strings.HasPrefix(n, "mgc_") && n > newest {
			newest = n
		}
	}
	require.NotEmpty(t, newest)
	return newest
}

// asksFor is the phrase that a refused run asks for first, on a line of its own.
func asksFor(t testing.TB, r result) string {
	t.Helper()
	_, phrase, found := strings.Cut(r.stderr, "typing:\n")
	require.True(t, found, r.stderr)
	phrase, _, _ = strings.Cut(phrase, "\n")
	return phrase
}

func TestACopyFolderThatSQLServerMayNotReadIsNotApplied(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{})
		require.NoError(t, l.World().SetAccess(world.Secondary, world.Engine, world.Folder, world.Denied))
		r := consoleOn(t, l).run(append([]string{"run", "failover"}, confirm()...)...)
		require.Equal(t, 1, r.code, r.stderr)
		require.Contains(t, r.stderr, `the right to read E:\LogShip`)
		require.False(t, l.World().Ledger().Live, "nobody recovered over backups that nobody could read")
	})
}

func TestOneNameAndLengthAreNotOneBackup(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{})
		w := l.World()
		last := newestOn(t, w, world.Share)
		require.NoError(t, w.Copy(world.Share, world.Folder, last, last))
		require.NoError(t, w.Replace(world.Folder, last, ""))
		r := consoleOn(t, l).run(append([]string{"run", "failover"}, confirm()...)...)
		require.Equal(t, 0, r.code, r.stderr)
		require.Zero(t, w.Ledger().Lost)
	})
}

func TestABackupThatNobodyCanReadHasAPhraseOfItsOwnAndIsNamed(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{})
		w := l.World()
		last := newestOn(t, w, world.Share)
		require.NoError(t, w.Garble(world.Share, last))
		c := consoleOn(t, l)
		given := append([]string{"run", "failover"}, confirm()...)
		var phrases []string
		var r result
		for range 3 { // F3 asks once it has applied the others, and then F4b
			if r = c.run(given...); r.code != 3 {
				break
			}
			phrase := asksFor(t, r)
			phrases = append(phrases, phrase)
			given = append(given, "--confirm", r.summary(t)["stopped"].(string)+"="+phrase)
		}
		require.Equal(t, []string{"go on without " + last, "lose " + last}, phrases, r.stderr)
		require.Equal(t, 6, r.code, r.stderr)
		left := r.summary(t)["left_behind"].([]any)[0].(map[string]any)
		require.Equal(t, last, left["file"])
		require.Contains(t, left["why"], "unread")
		require.Positive(t, w.Ledger().Lost, "it did hold chat")
		for name, who := range map[string]*console{"the same console": c, "one that has no memory of it": consoleOn(t, l)} {
			verified := who.run("verify", "failover")
			require.Equal(t, 6, verified.code, "%s: a known loss is not as it should be: %s", name, verified.stderr)
			require.Contains(t, verified.stderr, last, name)
		}
	})
}

// What a name says and what others write beside it moves no figure.
func TestNamesAndOtherDatabasesDoNotChangeTheLoss(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{Speed: 1})
		w, c := l.World(), consoleOn(t, l)
		before := c.run("status").of("snapshot")[0]
		require.Equal(t, true, before["loss"], before["exposure_why"])
		names, err := w.Backups(world.Share)
		require.NoError(t, err)
		require.NoError(t, w.Duplicate(world.Share, names[0], "mgc_20991225000000.trn"))
		require.NoError(t, w.Foreigners(world.Share, "mgccomp", 3, true))
		after := c.run("status").of("snapshot")[0]
		require.InDelta(t, before["exposure_seconds"], after["exposure_seconds"], 30)
		require.NotContains(t, after["exposure_why"], "2099")
	})
}

// What a backup held is lost when another is written over it on both sides, for a
// console too that only its journal tells of the first.
func TestABackupThatIsWrittenOverIsLostByName(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{Speed: 1}) // the restore job does not come by
		w := l.World()
		last := newestOn(t, w, world.Share)
		require.NoError(t, w.Copy(world.Share, world.Folder, last, last))
		c := consoleOn(t, l)
		for _, step := range []string{"F1", "F2"} {
			r := c.run("run", "failover", "--step", step)
			require.Equal(t, 0, r.code, r.stderr)
		}
		names, err := w.Backups(world.Share)
		require.NoError(t, err)
		require.NoError(t, w.Duplicate(world.Share, names[0], last))
		require.NoError(t, w.Duplicate(world.Folder, names[0], last))
		given := append([]string{"run", "failover"}, confirm()...)
		r := c.run(given...)
		require.Equal(t, 3, r.code, r.stderr)
		phrase := asksFor(t, r)
		require.Equal(t, "go on without "+last, phrase)
		w.Clock.SetSpeed(60)
		given = append(given, "--confirm", "F3="+phrase)
		r = c.run(given...)
		require.Equal(t, 3, r.code, r.stderr)
		phrase = asksFor(t, r)
		require.Equal(t, "lose "+last, phrase)
		r = c.run(append(given, "--confirm", "F4b="+phrase)...)
		require.Equal(t, 6, r.code, r.stderr)
		require.Equal(t, last, r.summary(t)["left_behind"].([]any)[0].(map[string]any)["file"])
		require.Positive(t, w.Ledger().Lost)
	})
}

// A copy that an earlier look has seen and that is in no place which anybody can
// read now is not "applied": F3 asks, and names it.
func TestACopyThatIsInNoReadablePlaceIsNoTickOfF3(t *testing.T) {
	t.Parallel()
	remove := func(t testing.TB, w *world.World, last string) {
		require.NoError(t, w.Remove(world.Folder, last))
	}
	for name, c := range map[string]struct {
		happens func(t testing.TB, w *world.World, last string)
		says    string
	}{
		"deleted on both sides": {func(t testing.TB, w *world.World, last string) {
			remove(t, w, last)
			require.NoError(t, w.Remove(world.Share, last))
		}, `bring %s back into E:\LogShip`},
		"deleted, and the share is away": {func(t testing.TB, w *world.World, last string) {
			remove(t, w, last)
			w.SetShareOffline(true)
		}, `bring %s back into E:\LogShip`},
		"under another name, and garbled": {func(t testing.TB, w *world.World, last string) {
			require.NoError(t, w.Rename(world.Folder, last, "by hand.trn"))
			require.NoError(t, w.Garble(world.Folder, "by hand.trn"))
			require.NoError(t, w.Remove(world.Share, last))
		}, `read E:\LogShip\by hand.trn, which may be %s`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				l := startSite(t, "failover", lab.Options{})
				w, c0 := l.World(), consoleOn(t, l)
				w.StopAgent(world.Secondary) // its jobs do not come by
				last := newestOn(t, w, world.Share)
				for _, step := range []string{"F1", "F2"} {
					r := c0.run("run", "failover", "--step", step)
					require.Equal(t, 0, r.code, r.stderr)
				}
				c.happens(t, w, last)
				given := append([]string{"run", "failover"}, confirm()...)
				r := c0.run(given...)
				if strings.Contains(r.stderr, "go on without the share") {
					given = append(given, "--confirm", "F2=go on without the share")
					r = c0.run(given...)
				}
				require.Equal(t, 3, r.code, r.stderr)
				require.Equal(t, "F3", r.summary(t)["stopped"], r.stderr)
				require.Equal(t, "go on without "+last, asksFor(t, r))
				require.Contains(t, r.stderr, fmt.Sprintf(c.says, last))
				require.False(t, w.Ledger().Live)
				r = c0.run(append(given, "--confirm", "F3=go on without "+last)...)
				require.Equal(t, "F4b", r.summary(t)["stopped"], r.stderr)
			})
		})
	}
}

// A file that was written over before anybody looked leaves nothing that knows better:
// the run goes on, and says it.
func TestARunSaysOfAFileThatItMayHaveBeenWrittenOver(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{})
		w, c := l.World(), consoleOn(t, l)
		w.StopAgent(world.Secondary) // its jobs do not come by
		onShare, err := w.Backups(world.Share)
		require.NoError(t, err)
		last := newestOn(t, w, world.Share)
		require.NoError(t, w.Replace(world.Share, last, onShare[len(onShare)-3]))
		r := c.run(append([]string{"run", "failover"}, confirm()...)...)
		require.Equal(t, 0, r.code, r.stderr)
		require.Contains(t, fmt.Sprint(r.of("step")), last+" holds the same backup as ")
	})
}

// A shipped tail under a name that nobody can open is known, and nothing else is.
func TestABackupUnderANameThatNobodyCanOpenIsNotPassedOver(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{})
		w := l.World()
		require.NoError(t, w.Tail(world.Primary, "tail.trn"))
		require.NoError(t, w.Duplicate(world.Share, "tail.trn", "mgc_h\x01and.trn"))
		require.NoError(t, w.Remove(world.Share, "tail.trn"))
		c := consoleOn(t, l)
		given := append([]string{"run", "failover"}, confirm()...)
		var phrases []string
		var r result
		for range 3 {
			if r = c.run(given...); r.code != 3 {
				break
			}
			phrases = append(phrases, asksFor(t, r))
			given = append(given, "--confirm", r.summary(t)["stopped"].(string)+"="+phrases[len(phrases)-1])
		}
		require.Equal(t, []string{`go on without copying mgc_h\x01and.trn`, `lose mgc_h\x01and.trn`}, phrases, r.stderr)
		require.Equal(t, 6, r.code, r.stderr)
		require.Contains(t, fmt.Sprint(r.summary(t)["left_behind"]), `mgc_h\x01and.trn`)
		require.Positive(t, w.Ledger().Lost)
	})
}

func TestThousandsOfForeignFilesHoldNothingUp(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{})
		w := l.World()
		require.NoError(t, w.Foreigners(world.Share, "erp", 3_000, true))
		require.NoError(t, w.Foreigners(world.Share, "sap", 3_000, false))
		require.NoError(t, w.Tail(world.Primary, "last words.trn"))
		c := consoleOn(t, l)
		r := c.run(append([]string{"run", "failover"}, confirm()...)...)
		require.Equal(t, 6, r.code, r.stderr)
		require.Contains(t, fmt.Sprint(r.summary(t)["unread"]), "cannot be read")
		require.Zero(t, w.Ledger().Lost, "the tail among them is found")
	})
}

// What a returned primary ships after a finished failover is neither a loss nor
// anything to copy: a console that has no memory of the failover tells it apart.
func TestWhatAReturnedPrimaryShipsIsNoLoss(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{})
		w := l.World()
		r := consoleOn(t, l).run(append([]string{"run", "failover"}, confirm()...)...)
		require.Equal(t, 0, r.code, r.stderr)
		before := newestOn(t, w, world.Share)
		require.NoError(t, w.PowerOn("dc1"))
		w.Elapse(31 * time.Minute)
		require.NotEqual(t, before, newestOn(t, w, world.Share), "it ships again")

		fresh := consoleOn(t, l)
		require.Contains(t, fmt.Sprint(fresh.run("status").lines), "old-path-backups")
		verified := fresh.run("verify", "failover")
		require.Equal(t, 1, verified.code, "two live principals: %s", verified.stderr)
		require.Equal(t, "two-live-principals", verified.of("finding")[0]["code"])
		require.NotContains(t, fmt.Sprint(verified.lines), "left behind")
		w.SetShareOffline(true)
		require.Contains(t, fmt.Sprint(fresh.run("status").lines), `SQL01\RTC takes log of the recovery path`, "the share is away, and its server tells")
		w.SetShareOffline(false)
		r = fresh.run(append([]string{"run", "failover"}, confirm()...)...)
		require.NotContains(t, fmt.Sprint(r.summary(t)["left_behind"]), "mgc_", r.stderr)
		require.NotContains(t, r.stderr, "to copy")
		require.Equal(t, 6, r.code, "the old primary lives, and its database is online, too")
		require.Contains(t, fmt.Sprint(r.summary(t)["rivals"]), `SQL01\RTC`)
		for _, step := range []string{"F1", "F4b", "F5", "F7"} {
			r = fresh.run(append([]string{"run", "failover", "--step", step}, confirm()...)...)
			require.Equal(t, 6, r.code, "%s: %s", step, r.stderr)
			require.Contains(t, r.stderr, `two live principals: mgc is ONLINE on SQL01\RTC, too: take that one offline`)
		}
	})
}

// What was known of a recovery stays known when its incident has ended: log of the
// path that the database left and that turns up later is no loss of it, to verify and to
// another run, and has a finding of its own. A console without that record cannot tell
// it from what was left behind.
func TestWhatTurnsUpAfterAFinishedFailoverIsNoLoss(t *testing.T) {
	t.Parallel()
	for name, turnsUp := range map[string]func(t testing.TB, w *world.World){
		"the tail, under its name": func(t testing.TB, w *world.World) { require.NoError(t, w.Tail(world.Primary, "mgc_tail.trn")) },
		"the tail, under another":  func(t testing.TB, w *world.World) { require.NoError(t, w.Tail(world.Primary, "last words.trn")) },
		"the tail, in the copy folder": func(t testing.TB, w *world.World) {
			require.NoError(t, w.Tail(world.Primary, "mgc_tail.trn"))
			require.NoError(t, w.Copy(world.Share, world.Folder, "mgc_tail.trn", "mgc_tail.trn"))
		},
		"a primary that came, and is gone": func(t testing.TB, w *world.World) {
			require.NoError(t, w.PowerOn("dc1"))
			w.Elapse(31 * time.Minute)
			require.NoError(t, w.PowerOff("dc1"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				l := startSite(t, "failover", lab.Options{})
				w, c := l.World(), consoleOn(t, l)
				given := append([]string{"run", "failover"}, confirm()...)
				r := c.run(given...)
				require.Equal(t, 0, r.code, r.stderr)
				turnsUp(t, w)
				require.Zero(t, w.Ledger().Lost)

				require.Contains(t, fmt.Sprint(c.run("status").lines), `by the clock of SQL01\RTC: left behind then, or taken by the old primary since`)
				for range 2 {
					r = c.run("verify", "failover")
					require.Equal(t, 0, r.code, r.stderr)
					r = c.run(given...)
					require.Equal(t, 0, r.code, r.stderr)
					require.Nil(t, r.summary(t)["left_behind"])
				}
				fresh := consoleOn(t, l).run("verify", "failover")
				require.Equal(t, 6, fresh.code, fresh.stderr)
			})
		})
	}
}

// A loss that was accepted stays one, though the file is gone by now.
func TestWhatAnEndedIncidentLeftBehindStaysLost(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{})
		w, c := l.World(), consoleOn(t, l)
		last := newestOn(t, w, world.Share)
		require.NoError(t, w.Garble(world.Share, last))
		r, _ := phrased(t, c)
		require.Equal(t, 6, r.code, r.stderr)
		require.NoError(t, w.Remove(world.Share, last))
		for _, args := range [][]string{{"verify", "failover"}, append([]string{"run", "failover"}, confirm()...)} {
			r = c.run(args...)
			require.Equal(t, 6, r.code, r.stderr)
			require.Contains(t, r.stderr, last)
		}
	})
}

// What a dying primary left *** INCOMPLETE *** is named as its last backup, whatever
// lies before it, and is no loss.
func TestTheLastBackupOfADyingPrimaryIsNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		folder string
		before func(t testing.TB, w *world.World, name string)
		code   int
	}{
		"alone, on the share": {world.Share, func(testing.TB, *world.World, string) {}, 0},
		"alone, copied":       {world.Folder, func(testing.TB, *world.World, string) {}, 0},
		"behind what nobody can read": {world.Share, func(t testing.TB, w *world.World, name string) {
			require.NoError(t, w.Garble(world.Share, name))
			require.NoError(t, w.Garble(world.Folder, name))
		}, 6},
		"copied, behind what is denied": {world.Folder, func(t testing.TB, w *world.World, name string) {
			require.NoError(t, w.Remove(world.Share, name))
			require.NoError(t, w.SetFileAccess(world.Folder, name, `SQL11\RTC`, world.Denied))
		}, 6},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				l := startSite(t, "failover", lab.Options{})
				w := l.World()
				w.StopAgent(world.Secondary) // its jobs do not come by
				all := waiting(t, w)
				last := all[len(all)-1]
				for _, folder := range []string{world.Share, world.Folder} {
					if folder == c.folder {
						require.NoError(t, w.Unfinished(folder, last))
					} else {
						require.NoError(t, w.Remove(folder, last))
					}
				}
				c.before(t, w, all[len(all)-2])
				console := consoleOn(t, l)
				says := lossOf(t, console)
				require.Contains(t, says, "*** INCOMPLETE ***, and of no use: "+last)
				r, _ := phrased(t, console)
				require.Equal(t, c.code, r.code, r.stderr)
				require.Contains(t, fmt.Sprint(r.lines), "*** INCOMPLETE ***, and of no use: "+last)
				require.NotContains(t, fmt.Sprint(r.summary(t)["left_behind"]), last, "it never shipped")
			})
		})
	}
}
