package journal

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
)

// drive takes a site up as a console does: its lock, its journal, and who drives.
func drive(t *testing.T, dir string, o Opening) (*Lock, *Journal) {
	t.Helper()
	me := Myself(threeInTheMorning)
	lock, err := Acquire(dir, o, me)
	require.NoError(t, err)
	j, err := Create(dir, o, options())
	require.NoError(t, err)
	data, err := json.Marshal(me)
	require.NoError(t, err)
	_, err = j.Append(Line{Type: Driver, By: me.User, Data: data})
	require.NoError(t, err)
	t.Cleanup(func() { _, _ = j.Close(), lock.Release() })
	return lock, j
}

// A site is what its servers are. Who calls it otherwise meets the same lock; what
// is called alike and is another site does not.
func TestASiteIsLockedByWhatItIs(t *testing.T) {
	dir := t.TempDir()
	a := Opening{ID: "i1", Site: "litware-pchat", Identity: "aa", Procedure: "failover"}
	drive(t, dir, a)
	for name, c := range map[string]struct {
		o    Opening
		held bool
	}{
		"the same":                      {a, true},
		"under another name":            {Opening{Site: "litware", Identity: "aa", Procedure: "failover"}, true},
		"another procedure of it":       {Opening{Site: "litware", Identity: "aa", Procedure: "ship-primary"}, true},
		"another site of the same name": {Opening{Site: "litware-pchat", Identity: "bb", Procedure: "failover"}, false},
		"another site":                  {Opening{Site: "litware", Identity: "bb", Procedure: "failover"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			who, drives, err := Driving(dir, c.o)
			require.NoError(t, err)
			require.Equal(t, c.held, drives)
			lock, err := Acquire(dir, c.o, Myself(threeInTheMorning))
			if !c.held {
				require.NoError(t, err)
				require.NoError(t, lock.Release())
				return
			}
			var held *HeldError
			require.ErrorAs(t, err, &held)
			require.Equal(t, os.Getpid(), held.Holder.PID)
			require.Equal(t, os.Getpid(), who.PID)
		})
	}
}

// Whatever is done to the files around a journal that is written, there is no
// second one who writes it, and everybody is told who does.
func TestAJournalThatIsWrittenIsNotForked(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, dir string){
		"nothing":                  func(*testing.T, string) {},
		"the lock is removed":      func(t *testing.T, dir string) { remove(t, dir, "*.lock") },
		"the side file is removed": func(t *testing.T, dir string) { remove(t, dir, "*.driver") },
		"both are removed":         func(t *testing.T, dir string) { remove(t, dir, "*.lock"); remove(t, dir, "*.driver") },
		"the lock is another's": func(t *testing.T, dir string) {
			remove(t, dir, "*.lock")
			require.NoError(t, os.WriteFile(filepath.Join(dir, "aa.lock"), nil, 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "state")
			o := Opening{ID: "i1", Site: "litware-pchat", Identity: "aa", Procedure: "failover"}
			_, j := drive(t, dir, o)
			spoil(t, dir)
			who, drives, err := Driving(dir, o)
			require.NoError(t, err)
			require.True(t, drives)
			require.Equal(t, os.Getpid(), who.PID)
			for _, other := range []Opening{o, {Site: "other", Identity: "aa", Procedure: "ship-primary"}} {
				_, err = Acquire(dir, other, Myself(threeInTheMorning))
				var held *HeldError
				require.ErrorAs(t, err, &held)
				require.Equal(t, os.Getpid(), held.Holder.PID)
			}
			_, err = Reopen(j.Path(), options(), nothing)
			var held *HeldError
			require.ErrorAs(t, err, &held)
			require.Equal(t, os.Getpid(), held.Holder.PID)
			require.NoError(t, j.AppendData(Note, "it goes on"))
			require.NoError(t, j.Close())
			again, err := Reopen(j.Path(), options(), nothing)
			require.NoError(t, err, "the lock goes with the file")
			require.NoError(t, again.Close())
		})
	}
}

func remove(t *testing.T, dir, pattern string) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, pattern))
	require.NoError(t, err)
	require.NotEmpty(t, found)
	for _, f := range found {
		require.NoError(t, os.Remove(f))
	}
}

// Somebody who asks for no lock has his hands in the journal of a console that
// drives: it writes no line that a reader would not find, or not behind the last.
func TestAConsoleNoticesThatItsJournalIsNotItsOwn(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, path string){
		"removed": func(t *testing.T, path string) { require.NoError(t, os.Remove(path)) },
		"moved":   func(t *testing.T, path string) { require.NoError(t, os.Rename(path, path+".old")) },
		"replaced": func(t *testing.T, path string) {
			raw, err := os.ReadFile(path)
			require.NoError(t, err)
			require.NoError(t, os.Remove(path))
			require.NoError(t, os.WriteFile(path, raw, 0o600))
		},
		"written to": func(t *testing.T, path string) { add(t, path, "{}\n") },
		"cut short":  func(t *testing.T, path string) { require.NoError(t, os.Truncate(path, 10)) },
	} {
		t.Run(name, func(t *testing.T) {
			_, j := drive(t, t.TempDir(), opening("i1"))
			require.NoError(t, j.AppendData(Note, "mine"))
			spoil(t, j.Path())
			before, _ := os.ReadFile(j.Path())
			err := j.AppendData(Note, "mine, too")
			require.True(t, fault.Is(err, fault.State), "%v", err)
			require.ErrorContains(t, err, "while this console drives")
			require.Equal(t, err, j.AppendData(Note, "nor this"))
			after, _ := os.ReadFile(j.Path())
			require.Equal(t, before, after, "evidence stays as it was found")
		})
	}
}
