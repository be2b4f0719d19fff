//go:build unix

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/journal"
	"pchatops/ops/lab"
	"pchatops/tui"
)

// Files that others could have a hand in are refused before anything is
// contacted, and links are not followed to make files elsewhere.
func TestFilesThatOthersHaveAHandInAreRefused(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{})
	good := consoleOn(t, l)
	raw, err := os.ReadFile(good.config)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		spoil func(t testing.TB, c *console)
		says  string
	}{
		"all may write the site file": {func(t testing.TB, c *console) { require.NoError(t, os.Chmod(c.config, 0o666)) }, "others may write it"},
		"all may exchange it":         {func(t testing.TB, c *console) { require.NoError(t, os.Chmod(filepath.Dir(c.config), 0o777)) }, "others may write it"},
		"all may write the authority that it names": {func(t testing.TB, c *console) {
			ca := filepath.Join(filepath.Dir(c.config), "ca.pem")
			require.NoError(t, os.WriteFile(ca, nil, 0o600))
			require.NoError(t, os.Chmod(ca, 0o666))
			require.NoError(t, os.WriteFile(c.config, regexp.MustCompile(`ca_file: .*`).ReplaceAll(raw, []byte("ca_file: "+ca)), 0o600))
		}, "ca.pem has mode 0666, so others may write it"},
		"it is a pipe": {func(t testing.TB, c *console) {
			require.NoError(t, os.Remove(c.config))
			require.NoError(t, syscall.Mkfifo(c.config, 0o600))
		}, "not a regular file"},
	} {
		t.Run(name, func(t *testing.T) {
			mine := &console{t: t, config: filepath.Join(t.TempDir(), "site.yaml"), state: t.TempDir()}
			require.NoError(t, os.WriteFile(mine.config, raw, 0o600))
			c.spoil(t, mine)
			for _, args := range [][]string{{"validate"}, {"status"}, {"run", "failover"}} {
				r := mine.run(args...)
				require.Equal(t, 2, r.code, "%v: %s", args, r.stderr)
				require.Contains(t, r.stderr, c.says)
			}
		})
	}
	for name, spoil := range map[string]func(t testing.TB, dir string){
		"a link": func(t testing.TB, dir string) {
			require.NoError(t, os.Rename(dir, dir+".real"))
			require.NoError(t, os.Symlink(dir+".real", dir))
		},
		"for all to write": func(t testing.TB, dir string) { require.NoError(t, os.Chmod(dir, 0o777)) },
	} {
		t.Run("the state folder is "+name, func(t *testing.T) {
			mine := consoleOn(t, l)
			spoil(t, mine.state)
			r := mine.run("run", "failover")
			require.Equal(t, 1, r.code, r.stderr)
			require.Contains(t, r.stderr, mine.state)
			require.Empty(t, r.of("action"))
			r = mine.run("history")
			require.Equal(t, 1, r.code, "it is read with the same care: %v", r.lines)
			require.Contains(t, r.stderr, mine.state)
			require.Contains(t, fmt.Sprint(mine.run("status").of("snapshot")[0]["findings"]), mine.state, "and is named beside what the servers say")
		})
	}
}

// What the console would not take a secret from, validate does not call valid.
func TestValidateLooksAtTheFilesOfSecretsAsTheConsoleDoes(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{})
	for name, c := range map[string]struct {
		spoil func(t testing.TB, secrets string)
		code  int
		says  string
	}{
		"as it is":                                {func(testing.TB, string) {}, 0, ""},
		"all may read it":                         {func(t testing.TB, s string) { require.NoError(t, os.Chmod(s, 0o644)) }, 2, "has mode 0644, so others may read it"},
		"all may write it":                        {func(t testing.TB, s string) { require.NoError(t, os.Chmod(s, 0o666)) }, 2, "others may write it"},
		"all may exchange it":                     {func(t testing.TB, s string) { require.NoError(t, os.Chmod(filepath.Dir(s), 0o777)) }, 2, "others may write it"},
		"a link of this account":                  {func(t testing.TB, s string) { lead(t, s, 0o700) }, 0, ""},
		"a link into a folder that all may write": {func(t testing.TB, s string) { lead(t, s, 0o777) }, 2, "others may write it"},
		"nothing is in it":                        {func(t testing.TB, s string) { require.NoError(t, os.Truncate(s, 0)) }, 2, "holds no list"},
		"an entry is missing":                     {func(t testing.TB, s string) { require.NoError(t, os.WriteFile(s, []byte("a: b\n"), 0o600)) }, 2, "has no entry"},
		"it is not there":                         {func(t testing.TB, s string) { require.NoError(t, os.Remove(s)) }, 0, "no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "site")
			require.NoError(t, os.Mkdir(dir, 0o700))
			for _, file := range []string{"site.yaml", "secrets.yaml"} {
				raw, err := os.ReadFile(filepath.Join(filepath.Dir(l.Describe().Config), file))
				require.NoError(t, err)
				require.NoError(t, os.WriteFile(filepath.Join(dir, file), raw, 0o600))
			}
			mine := &console{t: t, config: filepath.Join(dir, "site.yaml"), state: t.TempDir()}
			require.Equal(t, 0, mine.run("validate").code)
			outside := filepath.Join(t.TempDir(), "secrets.yaml") // beside nothing else that is looked at
			require.NoError(t, os.Rename(filepath.Join(dir, "secrets.yaml"), outside))
			raw, err := os.ReadFile(mine.config)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(mine.config, regexp.MustCompile(`file: secrets.yaml`).ReplaceAll(raw, []byte("file: "+outside)), 0o600))
			c.spoil(t, outside)
			r := mine.run("validate")
			require.Equal(t, c.code, r.code, r.stderr)
			require.Contains(t, r.stderr, c.says)
		})
	}
}

// lead puts a link in a file's place, to it in a folder of that mode.
func lead(t testing.TB, path string, mode os.FileMode) {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "elsewhere")
	require.NoError(t, os.Mkdir(folder, 0o700))
	require.NoError(t, os.Chmod(folder, mode))
	require.NoError(t, os.Rename(path, filepath.Join(folder, "secrets.yaml")))
	require.NoError(t, os.Symlink(filepath.Join(folder, "secrets.yaml"), path))
}

// A journal is opened in one way, by whoever reads it.
func TestAJournalThatOthersHaveAHandInIsNotRead(t *testing.T) {
	t.Parallel()
	const id = "20261121t030000-000z-litware-pchat-failover"
	for name, spoil := range map[string]func(t testing.TB, path string){
		"a link": func(t testing.TB, path string) {
			require.NoError(t, os.Rename(path, path+".real"))
			require.NoError(t, os.Symlink(path+".real", path))
		},
		"for all to write": func(t testing.TB, path string) { require.NoError(t, os.Chmod(path, 0o666)) },
		"a pipe": func(t testing.TB, path string) {
			require.NoError(t, os.Remove(path))
			require.NoError(t, syscall.Mkfifo(path, 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := &console{t: t, config: filepath.Join(t.TempDir(), "none.yaml"), state: t.TempDir()}
			j, err := journal.Create(c.state, journal.Opening{ID: id, Site: "litware-pchat", Procedure: "failover"}, journal.Options{})
			require.NoError(t, err)
			require.NoError(t, j.Close())
			path := j.Path()
			require.Equal(t, 0, c.run("history", id).code)
			spoil(t, path)
			for _, args := range [][]string{{"history", id}, {"history", id, "--audit"}, {"close", id, "--reason", "gone"}} {
				r := c.run(args...)
				require.NotEqual(t, 0, r.code, "%v: %v", args, r.lines)
				require.Contains(t, r.stderr, path, "%v", args)
				require.Empty(t, r.lines, "%v: nothing of it is shown", args)
			}
			all := c.run("history")
			require.Equal(t, 1, all.code, "that it could not be read is no success")
			require.Contains(t, all.of("incident")[0], "error", "it is listed, and said to be so")
		})
	}
}

func TestWhatIsWrittenOutIsWrittenOverNothing(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{})
		c := consoleOn(t, l)
		out := filepath.Join(t.TempDir(), "scripts")
		first := c.run("script", "failover", "--out", out)
		require.Equal(t, 0, first.code, first.stderr)
		names, err := os.ReadDir(out)
		require.NoError(t, err)
		require.NotEmpty(t, names)
		again := c.run("script", "failover", "--out", out)
		require.Equal(t, 2, again.code)
		require.Contains(t, again.stderr, "file exists")

		trap := filepath.Join(t.TempDir(), "scripts")
		require.NoError(t, os.Mkdir(trap, 0o700))
		victim := filepath.Join(t.TempDir(), "victim")
		require.NoError(t, os.Symlink(victim, filepath.Join(trap, names[0].Name())))
		require.Equal(t, 2, c.run("script", "failover", "--out", trap).code, "a link to nothing is not followed")
		require.NoFileExists(t, victim)
		link := filepath.Join(t.TempDir(), "scripts")
		require.NoError(t, os.Symlink(trap, link))
		require.Equal(t, 2, c.run("script", "failover", "--out", link).code)

		dir := t.TempDir()
		require.Error(t, crashed(dir, &tui.Crash{}))
		notes, err := filepath.Glob(filepath.Join(dir, "crash-*.txt"))
		require.NoError(t, err)
		require.Len(t, notes, 1)
		info, err := os.Stat(notes[0])
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	})
}
