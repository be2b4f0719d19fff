package main

import (
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
)

// renamed is a console that calls the site otherwise: the servers are the same.
func (c *console) renamed(name string) *console {
	c.t.Helper()
	raw, err := os.ReadFile(c.config)
	require.NoError(c.t, err)
	other := *c
	other.config = filepath.Join(filepath.Dir(c.config), name+".yaml")
	require.NoError(c.t, os.WriteFile(other.config, []byte(strings.Replace(string(raw), "name: litware-lab", "name: "+name, 1)), 0o600))
	return &other
}

// Somebody drives. Whatever others call the site, and whatever becomes of the lock's
// files, each of them is told who it is, sends nothing, and changes no journal.
func TestWhoeverComesSecondOnThisHostIsToldWhoDrives(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{Speed: 10, MirrorTime: time.Hour})
	c := consoleOn(t, l)
	driver, out := c.begin(append([]string{"run", "failover"}, confirm()...)...)
	go io.Copy(io.Discard, out)
	until(t, "the mirror is being made", func() bool { return c.journalSays(`"type":"intent"`, `"step":"F6"`) })
	id, who := incidentIn(t, c.state), "process "+strconv.Itoa(driver.Process.Pid)

	told := func(t testing.TB, c *console) {
		for _, args := range [][]string{
			append([]string{"run", "failover"}, confirm()...),
			{"run", "failover", "--step", "F1"},
			{"run", "failover", "--new"},
			{"run", "failover", "--resume", id},
			{"run", "ship-primary"},
			{"close", id, "--reason", "it hangs"},
		} {
			r := c.run(args...)
			require.Equal(t, 5, r.code, "%v: %s", args, r.stderr)
			require.Contains(t, r.stderr, who, args)
			require.Empty(t, r.of("action"), args)
		}
		look := c.run("status").of("snapshot")[0]
		require.Contains(t, look["incident"].(map[string]any)["driver"], who)
		require.Equal(t, "F6", look["incident"].(map[string]any)["step"])
		require.Contains(t, c.run("history").of("incident")[0]["driver"], who)
	}
	told(t, c)
	for _, spoil := range []func(){
		func() {},
		func() { removeAll(t, c.state, "*.lock") },
		func() { removeAll(t, c.state, "*.lock"); removeAll(t, c.state, "*.driver") },
	} {
		spoil()
		told(t, c.renamed("renamed"))
	}
	require.NoError(t, driver.Process.Kill())
	_ = driver.Wait()
	require.Equal(t, 0, c.run("history", id, "--audit").code, "one has written it")
	require.Equal(t, 1, l.World().MirrorInstalls())
}

// The state folder is copied while its console drives. The copy holds the same
// incident; but the session that holds the servers' locks is no leftover as long as
// its process lives.
func TestACopyOfTheStateFolderDoesNotTakeALivingConsolesSessionForItsOwn(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{Speed: 10, MirrorTime: time.Hour})
	c := consoleOn(t, l)
	driver, out := c.begin(append([]string{"run", "failover"}, confirm()...)...)
	go io.Copy(io.Discard, out)
	until(t, "the mirror is being made", func() bool { return c.journalSays(`"type":"intent"`, `"step":"F6"`) })
	copied := *c
	copied.state = filepath.Join(t.TempDir(), "state")
	require.NoError(t, os.CopyFS(copied.state, os.DirFS(c.state)))
	require.NoError(t, os.Chmod(copied.state, 0o700))
	for _, name := range []string{"*.jsonl", "*.lock"} { // as cp -a does, and not CopyFS
		found, err := filepath.Glob(filepath.Join(copied.state, name))
		require.NoError(t, err)
		require.NotEmpty(t, found)
		for _, f := range found {
			require.NoError(t, os.Chmod(f, 0o600))
		}
	}
	sessions := drivers(t, l, "secondary")
	require.Len(t, sessions, 1)
	for _, other := range []*console{&copied, copied.renamed("renamed")} {
		r := other.run(append([]string{"run", "failover"}, confirm()...)...)
		require.Equal(t, 5, r.code, r.stderr)
		require.Contains(t, r.stderr, "process "+strconv.Itoa(driver.Process.Pid))
		require.Contains(t, r.stderr, "has been driving this site since")
	}
	require.Equal(t, sessions, drivers(t, l, "secondary"), "it was left alone")

	require.NoError(t, driver.Process.Kill())
	_ = driver.Wait()
	watcher, out := copied.begin(append([]string{"run", "failover"}, confirm()...)...)
	go io.Copy(io.Discard, out)
	until(t, "the copy drives", func() bool {
		now := drivers(t, l, "secondary")
		return len(now) == 1 && now[0] != sessions[0]
	})
	require.NoError(t, watcher.Process.Kill())
	_ = watcher.Wait()
	require.Equal(t, 1, l.World().MirrorInstalls())
}

func removeAll(t testing.TB, dir, pattern string) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, pattern))
	require.NoError(t, err)
	require.NotEmpty(t, found)
	for _, f := range found {
		require.NoError(t, os.Remove(f))
	}
}

// Two sites are called alike, and one is driven. That keeps nobody from the other,
// and is not told of it.
func TestASiteIsNotHeldByAnotherOfItsName(t *testing.T) {
	t.Parallel()
	first := startSite(t, "failover", lab.Options{Speed: 10, MirrorTime: time.Hour})
	second := startSite(t, "failover", lab.Options{})
	c, other := consoleOn(t, first), consoleOn(t, second)
	other.state = c.state
	driver, out := c.begin(append([]string{"run", "failover"}, confirm()...)...)
	go io.Copy(io.Discard, out)
	until(t, "the mirror is being made", func() bool { return c.journalSays(`"type":"intent"`, `"step":"F6"`) })
	require.NotContains(t, other.run("status").of("snapshot")[0], "incident")
	r := other.run(append([]string{"run", "failover"}, confirm()...)...)
	require.Equal(t, 0, r.code, r.stderr)
	require.NoError(t, driver.Process.Kill())
	_ = driver.Wait()
	appliedOnce(t, second)
}
