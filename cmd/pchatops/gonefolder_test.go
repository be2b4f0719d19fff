package main

import (
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/faults"
	"pchatops/ops/lab/world"
)

// A copy folder that is away costs nothing while the share has the backups: F2
// says what to do, and goes on once the folder is there, though it is empty.
func TestACopyFolderThatIsAwayIsMadeAnew(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{})
		w, c := l.World(), consoleOn(t, l)
		w.StopAgent(world.Secondary) // its jobs do not come by
		given := append([]string{"run", "failover"}, confirm()...)
		for _, step := range []string{"", "F2"} { // before F2, and when its copies are away again
			if step != "" {
				r := c.run("run", "failover", "--step", step)
				require.Equal(t, 0, r.code, r.stderr)
			}
			require.NoError(t, os.RemoveAll(w.FolderPath()))
			require.Nil(t, c.run("status").of("snapshot")[0]["share"].(map[string]any)["uncopied"], "nobody knows what is copied")
			r := c.run(given...)
			require.Equal(t, 3, r.code, r.stderr)
			stopped := "F2"
			if step != "" { // its tick stands, and F3 asks
				stopped = "F3"
			}
			require.Equal(t, stopped, r.summary(t)["stopped"])
			require.Contains(t, r.stderr, `the copy folder E:\LogShip cannot be listed on SQL11: 3: `)
			require.Contains(t, r.stderr, `on SQL11, bring the disk back that holds it, or make it anew: New-Item -ItemType Directory -Path 'E:\LogShip'`)
			require.Regexp(t, `go on without E:\\LogShip and lose chat after 2\S+ \S+ UTC`, r.stderr)
			require.False(t, w.Ledger().Live)
			require.NoError(t, os.Mkdir(w.FolderPath(), 0o755))
		}
		r := c.run(append(given, "--resume", incidentIn(t, c.state))...) // the new folder contradicts F2: its copies are gone
		require.Equal(t, 0, r.code, r.stderr)
		require.Zero(t, w.Ledger().Lost)
	})
}

// Once all is applied nobody needs the copy folder. What it alone held is unknown.
func TestACopyFolderThatIsAwayDoesNotHoldUpWhatIsApplied(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{})
		w, c := l.World(), consoleOn(t, l)
		w.StopAgent(world.Secondary) // its jobs do not come by
		for _, step := range []string{"F1", "F2", "F3"} {
			r := c.run("run", "failover", "--step", step)
			require.Equal(t, 0, r.code, r.stderr)
		}
		require.NoError(t, os.RemoveAll(w.FolderPath()))
		r, phrases := phrased(t, c)
		require.Equal(t, 6, r.code, r.stderr)
		require.Len(t, phrases, 1)
		require.Regexp(t, `^lose chat after 2\S+ \S+ UTC$`, phrases[0])
		require.Zero(t, w.Ledger().Lost)
		sum := r.summary(t)
		require.Equal(t, `E:\LogShip`, sum["unread"].([]any)[0].(map[string]any)["place"])
		require.Nil(t, sum["left_behind"])
	})
}

// Who goes on without the copy folder says since when chat is lost, and the
// summary names what is.
func TestGoingOnWithoutTheCopyFolderStatesTheLoss(t *testing.T) {
	t.Parallel()
	for name, shareToo := range map[string]bool{"the share is there": false, "the share is away too": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				l := startSite(t, "failover", lab.Options{})
				w, c := l.World(), consoleOn(t, l)
				w.StopAgent(world.Secondary) // its jobs do not come by
				require.NoError(t, os.RemoveAll(w.FolderPath()))
				if shareToo {
					w.SetShareOffline(true)
				}
				r, phrases := phrased(t, c)
				require.Equal(t, 6, r.code, r.stderr)
				require.Contains(t, r.summary(t)["unread"].([]any)[0].(map[string]any)["place"], map[bool]string{false: `E:\LogShip`, true: `\\FS01\LogShip`}[shareToo])
				require.Positive(t, w.Ledger().Lost)
				if shareToo {
					require.Contains(t, phrases, "go on without the share")
					require.Len(t, r.summary(t)["unread"], 2)
				} else {
					require.Contains(t, r.summary(t)["left_behind"].([]any)[0].(map[string]any)["why"], "could not be copied: the copy folder")
				}
				require.Regexp(t, `go on without E:\\LogShip and lose chat after 2`, phrases)
			})
		})
	}
}

// It goes while F2 copies: the step asks at once, and no file is held to be bad.
func TestACopyFolderThatGoesWhileItIsCopiedTo(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		var site atomic.Pointer[lab.Lab]
		var gone atomic.Bool
		l := startSite(t, "failover", lab.Options{OnRequest: func(r lab.Request) lab.Verdict {
			if l := site.Load(); l != nil && r.Kind == faults.PowerShell && strings.Contains(r.Text, "job-start") && gone.CompareAndSwap(false, true) {
				_ = os.RemoveAll(l.World().FolderPath())
			}
			return lab.Verdict{}
		}})
		site.Store(l)
		w, c := l.World(), consoleOn(t, l)
		w.StopAgent(world.Secondary) // its jobs do not come by
		given := append([]string{"run", "failover"}, confirm()...)
		r := c.run(given...)
		require.True(t, gone.Load())
		require.Equal(t, 3, r.code, r.stderr)
		require.Contains(t, r.stderr, `New-Item -ItemType Directory -Path 'E:\LogShip'`)
		require.False(t, w.Ledger().Live)
		require.NoError(t, os.Mkdir(w.FolderPath(), 0o755))
		r = c.run(given...)
		require.Equal(t, 0, r.code, r.stderr)
		require.Zero(t, w.Ledger().Lost)
	})
}
