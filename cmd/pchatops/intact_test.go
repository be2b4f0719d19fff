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

// An intact copy under another name, wherever it is put, ends what was asked about
// a file that cannot be read.
func TestAnIntactCopyUnderAnotherNameEndsTheQuestion(t *testing.T) {
	t.Parallel()
	garble, newer := (*world.World).Garble, (*world.World).Newer
	cut := func(w *world.World, folder, name string) error { return w.Truncate(folder, name, 0.02) }
	for name, c := range map[string]struct {
		spoil  func(w *world.World, folder, name string) error
		places []string // where it is spoilt
		put    string   // where the intact copy goes
	}{
		"garbled on both sides, put into the folder":     {garble, []string{world.Share, world.Folder}, world.Folder},
		"garbled on both sides, put on the share":        {garble, []string{world.Share, world.Folder}, world.Share},
		"garbled on the share only, put on the share":    {garble, []string{world.Share}, world.Share},
		"garbled on the share only, put into the folder": {garble, []string{world.Share}, world.Folder},
		"newer on both sides, put on the share":          {newer, []string{world.Share, world.Folder}, world.Share},
		"cut short on both sides, put into the folder":   {cut, []string{world.Share, world.Folder}, world.Folder},
		"garbled on both sides, applied by hand":         {garble, []string{world.Share, world.Folder}, ""},
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
				to := map[string]string{world.Share: w.SharePath(), world.Folder: w.FolderPath(), "": filepath.Dir(w.FolderPath())}[c.put]
				require.NoError(t, os.WriteFile(filepath.Join(to, "intact.trn"), intact, 0o600))
				if c.put == "" {
					ctl(t, l, "sql", map[string]string{"instance": `SQL11\RTC`, "text": `RESTORE LOG mgc FROM DISK = N'E:\intact.trn' WITH NORECOVERY`})
					require.NoError(t, os.Remove(filepath.Join(to, "intact.trn")))
				}
				r = con.run(given...)
				if id := regexp.MustCompile(`--resume (\S+),`).FindStringSubmatch(r.stderr); id != nil { // the servers contradict F2's tick
					r = con.run(append(given, "--resume", id[1])...)
				}
				require.Equal(t, 0, r.code, r.stderr)
				require.Zero(t, w.Ledger().Lost)
			})
		})
	}
}
