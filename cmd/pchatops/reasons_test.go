package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
)

// doubts is what status says of backups in doubt.
func doubts(c *console) string {
	for _, f := range c.run("status").of("snapshot")[0]["findings"].([]any) {
		if f := f.(map[string]any); f["code"] == "backups-in-doubt" {
			return f["why"].(string)
		}
	}
	return ""
}

// Each file that cannot be read has the reason of its own.
func TestStatusGivesEachFileTheReasonOfItsOwn(t *testing.T) {
	t.Parallel()
	deny := func(a world.Access) func(*world.World, string, string) error {
		return func(w *world.World, folder, name string) error { return w.SetFileAccess(folder, name, `SQL11\RTC`, a) }
	}
	reasons := map[string]struct {
		do   func(*world.World, string, string) error
		says string
	}{
		"garbled": {(*world.World).Garble, "3242"},
		"denied":  {deny(world.Denied), "error 5(Access is denied"},
		"in use":  {deny(world.InUse), "error 32("},
		"sealed":  {(*world.World).Encrypt, "33111"},
		"newer":   {(*world.World).Newer, "3169"},
	}
	for _, mix := range [][]string{ // the oldest first; the newest are tried first
		{"garbled", "denied", "denied", "denied"}, {"sealed", "denied", "in use", "denied"}, {"denied", "garbled", "newer"}, {"in use", "in use", "denied", "denied", "denied"},
	} {
		t.Run(strings.Join(mix, ", "), func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				l := startSite(t, "failover", lab.Options{Speed: 1})
				w := l.World()
				w.StopAgent(world.Secondary)
				names, err := w.Backups(world.Share)
				require.NoError(t, err)
				names = names[len(names)-len(mix):]
				for i, n := range names {
					require.NoError(t, w.Copy(world.Share, world.Folder, n, n))
					require.NoError(t, reasons[mix[i]].do(w, world.Folder, n))
				}
				w.SetShareOffline(true) // else they are broken copies of what lies there
				said := doubts(consoleOn(t, l))
				for i, n := range names[:2] {
					_, of, found := strings.Cut(said, `E:\LogShip\`+n+": ")
					require.True(t, found, said)
					of, _, _ = strings.Cut(of, `; E:\LogShip`)
					if mix[i] != "denied" && strings.Contains(of, "not tried, as nothing else") {
						continue // it says so
					}
					require.Contains(t, of, reasons[mix[i]].says, fmt.Sprint(n, ": ", said))
					for _, other := range names {
						require.True(t, other == n || !strings.Contains(of, other), "%s: %s", n, of)
					}
				}
			})
		})
	}
}

// What the copy folder lacks is told by headers, not by names.
func TestStatusCountsWhatIsNotCopiedByItsHeader(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{Speed: 1})
		w, c := l.World(), consoleOn(t, l)
		w.StopAgent(world.Secondary)
		uncopied := func() int {
			return int(c.run("status").of("snapshot")[0]["share"].(map[string]any)["uncopied"].(float64))
		}
		names, err := w.Backups(world.Share)
		require.NoError(t, err)
		before := uncopied()
		last := names[len(names)-1]
		require.NoError(t, w.Copy(world.Share, world.Folder, last, "brought by hand.trn"))
		require.Equal(t, before-1, uncopied(), "under another name")
		require.NoError(t, w.Replace(world.Folder, "brought by hand.trn", ""))
		require.Equal(t, before, uncopied(), "it is another backup now")
		require.NoError(t, w.Copy(world.Share, world.Folder, last, last))
		require.Equal(t, before-1, uncopied())
		require.NoError(t, w.Replace(world.Folder, last, ""))
		require.Equal(t, before, uncopied(), "of the same name and length, and another")
	})
}
