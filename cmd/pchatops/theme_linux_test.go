package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
)

// coloured is the word of a lost server in a colour.
const coloured = `38;5;[0-9]+m✗ DOWN|38;5;[0-9]+;1m✗ DOWN`

// A theme chosen with a key is worn at the next start, unless a flag or
// console.yaml says otherwise.
func TestAChosenThemeIsWornAtTheNextStart(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{Speed: 1, History: time.Hour})
	home := t.TempDir()
	env := []string{"XDG_STATE_HOME=" + home, "XDG_CONFIG_HOME=" + home}
	c := consoleOn(t, l)
	look := func(args ...string) *screen {
		s := onTerminal(t, c.onScreen(append([]string{"console"}, args...)...), 80, 24, env...)
		s.sees("PRIMARY SITE LOST", "✗ DOWN")
		return s
	}
	leave := func(s *screen) {
		s.press("q")
		require.Equal(t, 0, s.ended())
	}

	s := look()
	require.Regexp(t, coloured, s.since(0))
	s.press("t/")
	s.sees("remembered for the next start")
	s.press("mono\r")
	file := filepath.Join(home, "pchatops", "theme")
	until(t, "it is remembered", func() bool { text, _ := os.ReadFile(file); return string(text) == "mono\n" })
	leave(s)

	s = look()
	require.NotRegexp(t, coloured, s.since(0))
	leave(s)
	s = look("--theme", "dark")
	require.Regexp(t, coloured, s.since(0), "a flag wins")
	leave(s)
	require.NoError(t, os.WriteFile(filepath.Join(home, "pchatops", "console.yaml"), []byte("theme: light\n"), 0o600))
	s = look()
	require.Regexp(t, coloured, s.since(0), "a setting wins")
	s.press("t")
	s.sees("for this console")
}

// A memory that cannot be written costs a sentence, and nothing else.
func TestAThemeThatCannotBeRememberedIsSaidSo(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{Speed: 1, History: time.Hour})
	home := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(home, "pchatops"), nil, 0o600)) // a file where a folder has to be
	s := onTerminal(t, consoleOn(t, l).onScreen("console"), 200, 60, "XDG_STATE_HOME="+home)
	s.sees("PRIMARY SITE LOST")
	s.press("t/")
	s.sees("remembered for the next start")
	s.press("mono\r")
	s.sees("remember the theme in "+filepath.Join(home, "pchatops", "theme"), "console.yaml")
	s.press("j")
	s.sees("▸· F2")
}
