package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
)

// An intact copy in the place of a file that cannot be read ends what was asked about
// it. While that still lies somewhere nobody knows what it holds.
func TestAnIntactCopyInItsPlaceEndsTheQuestion(t *testing.T) {
	t.Parallel()
	garble, newer := (*world.World).Garble, (*world.World).Newer
	cut := func(w *world.World, folder, name string) error { return w.Truncate(folder, name, 0.02) }
	for name, c := range map[string]struct {
		spoil  func(w *world.World, folder, name string) error
		places []string // where it is spoilt
		put    string   // where the intact copy goes
		moved  bool     // and what cannot be read is moved away
	}{
		"garbled on both sides, put into the folder":     {garble, []string{world.Share, world.Folder}, world.Folder, true},
		"garbled on both sides, put on the share":        {garble, []string{world.Share, world.Folder}, world.Share, true},
		"garbled on the share only, put into the folder": {garble, []string{world.Share}, world.Folder, true},
		"newer on both sides, put beside it":             {newer, []string{world.Share, world.Folder}, world.Share, false}, // its header can be read
		"cut short on both sides, put beside it":         {cut, []string{world.Share, world.Folder}, world.Folder, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				l := startSite(t, "failover", lab.Options{})
				w := l.World()
				w.StopAgent(world.Secondary)
				names, err := w.Backups(world.Share)
				require.NoError(t, err)
				last := names[len(names)-2]
				intact, err := os.ReadFile(filepath.Join(w.SharePath(), last))
				require.NoError(t, err)
				for _, folder := range c.places {
					if folder == world.Folder {
						require.NoError(t, w.Copy(world.Share, world.Folder, last, last))
					}
				}
				for _, folder := range c.places {
					require.NoError(t, c.spoil(w, folder, last))
				}
				con := consoleOn(t, l)
				given := append([]string{"run", "failover"}, confirm()...)
				r := con.run(given...)
				require.Equal(t, 3, r.code, r.stderr)
				require.Equal(t, "F3", r.summary(t)["stopped"], r.stderr)
				require.Contains(t, r.stderr, strings.TrimSuffix(last, ".trn"))
				to := map[string]string{world.Share: w.SharePath(), world.Folder: w.FolderPath()}[c.put]
				as := "intact.trn"
				if c.moved {
					as = last
					for _, folder := range []string{w.SharePath(), w.FolderPath()} {
						require.NoError(t, os.RemoveAll(filepath.Join(folder, last)))
					}
				}
				require.NoError(t, os.WriteFile(filepath.Join(to, as), intact, 0o600))
				r = con.run(given...)
				if id := regexp.MustCompile(`--resume (\S+),`).FindStringSubmatch(r.stderr); id != nil { // the servers contradict F2's tick
					r = con.run(append(given, "--resume", id[1])...)
				}
				if strings.HasPrefix(name, "cut short") {
					require.Equal(t, 3, r.code, r.stderr)
					require.Contains(t, r.stderr, "move it away")
					return
				}
				require.Equal(t, 0, r.code, r.stderr)
				require.Zero(t, w.Ledger().Lost)
			})
		})
	}
}
