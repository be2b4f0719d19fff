package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
)

// waiting are the log backups that the secondary has not restored, all of them
// copied.
func waiting(t testing.TB, w *world.World) []string {
	t.Helper()
	names, err := w.Backups(world.Share)
	require.NoError(t, err)
	last := ""
	for _, path := range w.Restored(world.Secondary) {
		last = path[strings.LastIndexByte(path, '\\')+1:]
	}
	slices.Sort(names)
	names = slices.DeleteFunc(names, func(n string) bool { return n <= last })
	require.GreaterOrEqual(t, len(names), 2)
	for _, n := range names {
		if _, err := os.Stat(w.FolderPath() + "/" + n); err != nil {
			require.NoError(t, w.Copy(world.Share, world.Folder, n, n))
		}
	}
	return names
}

// A loss is stated up to what can be brought into the database, and not up to what
// lies there: what was not read is a finding, and is not counted.
func TestStatusCountsNoBackupThatItCouldNotRead(t *testing.T) {
	t.Parallel()
	const quarter = 15 * 60
	for name, c := range map[string]struct {
		happens func(t testing.TB, w *world.World, first string)
		more    bool   // more is lost than what the primary took last
		doubt   string // of what; "%s" is the first backup
	}{
		"nothing": {func(testing.TB, *world.World, string) {}, false, ""},
		"the copy is denied, and the share has lost it": {func(t testing.TB, w *world.World, first string) {
			require.NoError(t, w.Remove(world.Share, first))
			require.NoError(t, w.SetFileAccess(world.Folder, first, `SQL11\RTC`, world.Denied))
		}, true, `E:\LogShip\%s`},
		"the copy is denied": {func(t testing.TB, w *world.World, first string) {
			require.NoError(t, w.SetFileAccess(world.Folder, first, `SQL11\RTC`, world.Denied))
		}, false, `E:\LogShip\%s`},
		"it is garbled on both sides": {func(t testing.TB, w *world.World, first string) {
			require.NoError(t, w.Garble(world.Share, first))
			require.NoError(t, w.Garble(world.Folder, first))
		}, true, `E:\LogShip\%s`},
		"the folder has vanished, and the share has lost it": {func(t testing.TB, w *world.World, first string) {
			require.NoError(t, w.Remove(world.Share, first))
			require.NoError(t, os.RemoveAll(w.FolderPath()))
		}, true, `E:\LogShip`},
		"only a copy under another name is left": {func(t testing.TB, w *world.World, first string) {
			require.NoError(t, w.Remove(world.Share, first))
			require.NoError(t, w.Rename(world.Folder, first, "by hand.trn"))
		}, false, ""},
		"the share is away, and the copy is denied": {func(t testing.TB, w *world.World, first string) {
			require.NoError(t, w.SetFileAccess(world.Folder, first, `SQL11\RTC`, world.Denied))
			w.SetShareOffline(true)
		}, true, `E:\LogShip\%s`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				l := startSite(t, "failover", lab.Options{Speed: 1})
				w := l.World()
				w.StopAgent(world.Secondary) // its jobs do not come by
				all := waiting(t, w)
				c.happens(t, w, all[0])
				got := consoleOn(t, l).run("status").of("snapshot")[0]
				seconds, known := got["exposure_seconds"].(float64)
				if c.more {
					require.True(t, !known || seconds > float64(quarter*len(all)), got["exposure_why"])
				} else {
					require.True(t, known, got["exposure_why"])
					require.Less(t, seconds, 2.0*quarter, got["exposure_why"])
				}
				doubt := ""
				for _, f := range got["findings"].([]any) {
					if f := f.(map[string]any); f["code"] == "backups-in-doubt" {
						doubt = fmt.Sprint(f["why"])
					}
				}
				if c.doubt == "" {
					require.Empty(t, doubt)
					return
				}
				what := strings.ReplaceAll(c.doubt, "%s", all[0])
				require.Contains(t, doubt, what)
				require.Contains(t, got["exposure_why"], what)
			})
		})
	}
}
