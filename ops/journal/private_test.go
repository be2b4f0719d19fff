//go:build unix

package journal

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
)

// Whoever could have a hand in journal, lock or folder could tell the console
// what it has done: it takes no part in that.
func TestAStateFolderThatOthersHaveAHandInIsRefused(t *testing.T) {
	const id = "20261121t030000-000z-litware-pchat-failover"
	o := opening(id)
	for name, spoil := range map[string]func(t *testing.T, dir string){
		"the folder is a link": func(t *testing.T, dir string) {
			require.NoError(t, os.Rename(dir, dir+".real"))
			require.NoError(t, os.Symlink(dir+".real", dir))
		},
		"all may write the folder": func(t *testing.T, dir string) { require.NoError(t, os.Chmod(dir, 0o777)) },
		"the lock is a link": func(t *testing.T, dir string) {
			require.NoError(t, os.Symlink(filepath.Join(t.TempDir(), "elsewhere"), filepath.Join(dir, "litware-pchat.lock")))
		},
		"who drives is a link": func(t *testing.T, dir string) {
			require.NoError(t, os.Symlink(filepath.Join(t.TempDir(), "elsewhere"), filepath.Join(dir, "litware-pchat.driver")))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "state")
			require.NoError(t, os.Mkdir(dir, 0o700))
			spoil(t, dir)
			_, err := Acquire(dir, opening(""), Myself(threeInTheMorning))
			require.True(t, fault.Is(err, fault.Access), "%v", err)
		})
	}
	for name, spoil := range map[string]func(t *testing.T, path string){
		"a link": func(t *testing.T, path string) {
			require.NoError(t, os.Rename(path, path+".real"))
			require.NoError(t, os.Symlink(path+".real", path))
		},
		"all may write it": func(t *testing.T, path string) { require.NoError(t, os.Chmod(path, 0o666)) },
	} {
		t.Run("the journal, "+name, func(t *testing.T) {
			dir := t.TempDir()
			j, err := Create(dir, o, options())
			require.NoError(t, err)
			require.NoError(t, j.Close())
			spoil(t, j.Path())
			_, err = Reopen(j.Path(), options(), nothing)
			require.True(t, fault.Is(err, fault.Access), "%v", err)
			require.Error(t, Tail(t.Context(), j.Path(), nil, nothing, nil))
			all, err := List(dir)
			require.NoError(t, err)
			require.Error(t, all[0].Err, "it is listed, and said to be so")
			_, err = Unfinished(dir, opening("20261122t030000-000z-litware-pchat-failover"))
			require.True(t, fault.Is(err, fault.Access), "no other is begun beside it: %v", err)
		})
	}
}

// A process that was killed while it said who drives leaves half a file, which
// is in nobody's way; a link in its place is not followed.
func TestTheSideFileOfTheLockIsMadeAnew(t *testing.T) {
	dir := t.TempDir()
	victim := filepath.Join(t.TempDir(), "victim")
	require.NoError(t, os.WriteFile(victim, []byte("precious"), 0o600))
	require.NoError(t, os.Symlink(victim, filepath.Join(dir, "litware-pchat.driver.part")))
	lock, err := Acquire(dir, opening(""), Myself(threeInTheMorning))
	require.NoError(t, err)
	require.NoError(t, lock.Release())
	kept, err := os.ReadFile(victim)
	require.NoError(t, err)
	require.Equal(t, "precious", string(kept))
}
