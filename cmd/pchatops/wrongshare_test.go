package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
)

func unshippedByHand(t testing.TB, l *lab.Lab) {
	ctl(t, l, "sql", map[string]string{"instance": `SQL11\RTC`, "text": "EXEC master.dbo.sp_delete_log_shipping_secondary_database N'mgc'"})
}

// Once log shipping is removed no server tells which share it used. A share on which
// nothing shows that it is the one is not taken for an empty one.
func TestASiteFileThatNamesAnotherShareThanLogShippingUsed(t *testing.T) {
	t.Parallel()
	move := func(t testing.TB, from, to string, n int) { // the n oldest; all, where that is negative
		names, err := filepath.Glob(filepath.Join(from, "*.trn"))
		require.NoError(t, err)
		if n < 0 {
			n = len(names)
		}
		for _, path := range names[:n] { // by their names in the order of their times
			content, err := os.ReadFile(path)
			require.NoError(t, err)
			info, err := os.Stat(path)
			require.NoError(t, err)
			other := filepath.Join(to, filepath.Base(path))
			require.NoError(t, os.WriteFile(other, content, 0o600))
			require.NoError(t, os.Chtimes(other, info.ModTime(), info.ModTime()))
		}
	}
	for name, c := range map[string]func(t testing.TB, w *world.World, there string){
		"an empty one": func(testing.TB, *world.World, string) {},
		"an old one": func(t testing.TB, w *world.World, there string) {
			move(t, w.SharePath(), there, 5)
		},
		"another database's": func(t testing.TB, w *world.World, there string) {
			require.NoError(t, w.Foreigners(world.Share, "hr", 3, true))
			names, err := filepath.Glob(filepath.Join(w.SharePath(), "hr*"))
			require.NoError(t, err)
			for _, path := range names {
				require.NoError(t, os.Rename(path, filepath.Join(there, filepath.Base(path))))
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				l := startSite(t, "failover", lab.Options{})
				w := l.World()
				unshippedByHand(t, l)
				there := filepath.Join(w.SharePath(), "moved")
				require.NoError(t, os.Mkdir(there, 0o700))
				c(t, w, there)
				edit(t, l.Describe().Config, `backup_share: \\FS01\LogShip`, `backup_share: \\FS01\LogShip\moved`)
				con := consoleOn(t, l)
				r := con.run(append([]string{"run", "failover"}, confirm()...)...)
				require.Equal(t, 3, r.code, r.stderr)
				require.Equal(t, "F2", r.summary(t)["stopped"], r.stderr)
				require.Contains(t, r.stderr, `\\FS01\LogShip\moved`)
				require.False(t, w.Ledger().Live)
				r, phrases := phrased(t, con)
				require.Equal(t, 6, r.code, r.stderr)
				require.Len(t, phrases, 2, phrases)
				require.Equal(t, "go on without the share", phrases[0])
				require.Regexp(t, `^lose chat after 2`, phrases[1])
				require.Equal(t, `\\FS01\LogShip\moved`, r.summary(t)["unread"].([]any)[0].(map[string]any)["place"])
				require.Positive(t, w.Ledger().Lost)
			})
		})
	}
}

// The right one shows itself: by what was restored or copied last, or by what follows.
func TestAShareThatNoServerNamesShowsItself(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]func(t testing.TB, w *world.World){
		"as it was": func(testing.TB, *world.World) {},
		"all is copied": func(t testing.TB, w *world.World) {
			names, err := w.Backups(world.Share)
			require.NoError(t, err)
			for _, n := range names {
				require.NoError(t, w.Copy(world.Share, world.Folder, n, n))
			}
		},
		"what was applied is gone from it": func(t testing.TB, w *world.World) {
			names, err := w.Backups(world.Folder)
			require.NoError(t, err)
			for _, n := range names {
				require.NoError(t, w.Remove(world.Share, n))
			}
		},
		"the copies are gone": func(t testing.TB, w *world.World) {
			names, err := w.Backups(world.Folder)
			require.NoError(t, err)
			for _, n := range names {
				require.NoError(t, w.Remove(world.Folder, n))
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				l := startSite(t, "failover", lab.Options{})
				w := l.World()
				w.StopAgent(world.Secondary)
				unshippedByHand(t, l)
				c(t, w)
				r := consoleOn(t, l).run(append([]string{"run", "failover"}, confirm()...)...)
				require.Equal(t, 0, r.code, r.stderr)
				require.Zero(t, w.Ledger().Lost)
			})
		})
	}
}

// So does the copy folder, in the history of what was restored from it.
func TestASiteFileThatNamesAnotherCopyFolderThanLogShippingUsed(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{})
		w := l.World()
		w.StopAgent(world.Secondary)
		last := newestOn(t, w, world.Share)
		require.NoError(t, w.Copy(world.Share, world.Folder, last, last))
		require.NoError(t, w.Remove(world.Share, last))
		unshippedByHand(t, l)
		require.NoError(t, os.Mkdir(filepath.Join(filepath.Dir(w.FolderPath()), "Other"), 0o700))
		edit(t, l.Describe().Config, `copy_folder: E:\LogShip`, `copy_folder: E:\Other`)
		r := consoleOn(t, l).run(append([]string{"run", "failover"}, confirm()...)...)
		require.Equal(t, 3, r.code, r.stderr)
		require.Equal(t, "go on without "+last, asksFor(t, r))
		require.Contains(t, r.stderr, `copy the backups that lie in E:\LogShip, such as `+last+`, into E:\Other`)
		require.NoError(t, w.Copy(world.Folder, world.Share, last, last)) // from which F2 takes it
		r = consoleOn(t, l).run(append([]string{"run", "failover"}, confirm()...)...)
		require.Equal(t, 0, r.code, r.stderr)
		require.Zero(t, w.Ledger().Lost)
	})
}

// What lies on the share only and is of no use is named by F2, and F3 asks about it.
func TestWhatIsOfNoUseOnTheShareIsAskedAboutByF3(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		happens func(t testing.TB, w *world.World, last string)
		says    string
	}{
		"a stripe without its first part": {func(t testing.TB, w *world.World, last string) {
			names, err := w.Stripe(world.Share, last, 3)
			require.NoError(t, err)
			require.NoError(t, w.Remove(world.Share, names[0]))
		}, "striped over 3 files, of which part 1 is missing"},
		"a stripe with one part left": {func(t testing.TB, w *world.World, last string) {
			names, err := w.Stripe(world.Share, last, 3)
			require.NoError(t, err)
			require.NoError(t, w.Remove(world.Share, names[0]))
			require.NoError(t, w.Remove(world.Share, names[2]))
		}, "of which part 1, 3 is missing"},
		"a stripe with a part that is no backup": {func(t testing.TB, w *world.World, last string) {
			names, err := w.Stripe(world.Share, last, 2)
			require.NoError(t, err)
			require.NoError(t, w.Garble(world.Share, names[1]))
		}, "of which part 2 is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				l := startSite(t, "failover", lab.Options{})
				w := l.World()
				w.StopAgent(world.Secondary)
				c.happens(t, w, newestOn(t, w, world.Share))
				con := consoleOn(t, l)
				for _, id := range []string{"F1", "F2"} {
					r := con.run("run", "failover", "--step", id)
					require.Equal(t, 0, r.code, r.stderr)
				}
				require.True(t, con.journalSays(`"step":"F2"`, "left on the share, as it is of no use", c.says), "F2 names it")
				r := con.run(append([]string{"run", "failover"}, confirm()...)...)
				require.Equal(t, 3, r.code, r.stderr)
				require.Equal(t, "F3", r.summary(t)["stopped"], r.stderr)
				require.Contains(t, r.stderr, c.says)
				r, phrases := phrased(t, con)
				require.Equal(t, 6, r.code, r.stderr)
				require.Len(t, phrases, 2)
			})
		})
	}
}

// The record of F1 names the share, for the incident and for those after it.
func TestASiteFileThatIsChangedOnceF1HasRun(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{})
		w, con := l.World(), consoleOn(t, l)
		w.StopAgent(world.Secondary)
		r := con.run("run", "failover", "--step", "F1")
		require.Equal(t, 0, r.code, r.stderr)
		require.NoError(t, os.Mkdir(filepath.Join(w.SharePath(), "moved"), 0o700))
		edit(t, l.Describe().Config, `backup_share: \\FS01\LogShip`, `backup_share: \\FS01\LogShip\moved`)
		for _, args := range [][]string{{"run", "failover"}, {"run", "failover", "--new"}} {
			r = con.run(append(args, confirm()...)...)
			require.Equal(t, 3, r.code, r.stderr)
			require.Equal(t, "F3", r.summary(t)["stopped"], r.stderr)
			require.Contains(t, r.stderr, `copy the backups that lie in \\FS01\LogShip, such as `)
			require.False(t, w.Ledger().Live)
		}
	})
}
