package style_test

import (
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/stretchr/testify/require"

	"pchatops/themes"
	"pchatops/tui/style"
)

func TestTheThemeFitsWhatTheTerminalCanShow(t *testing.T) {
	for _, c := range []struct {
		env  []string
		dark bool
		kind themes.Kind
		name string
	}{
		{[]string{"TERM=xterm-256color"}, true, themes.Dark, "dark"},
		{[]string{"TERM=xterm-256color"}, false, themes.Light, "light"},
		{[]string{"TERM=xterm-256color", "COLORTERM=truecolor"}, false, themes.Light, "light"},
		{[]string{"TERM=xterm"}, true, themes.Any, "sixteen"},
		{[]string{"TERM=xterm-256color", "NO_COLOR=1"}, true, themes.Any, "mono"},
		{[]string{"TERM=dumb"}, false, themes.Any, "mono"},
	} {
		name := style.Fitting(colorprofile.Env(append(c.env, "TTY_FORCE=1")), c.dark)
		require.Equal(t, c.name, name, "%v", c.env)
		theme, err := themes.Load(name)
		require.NoError(t, err)
		require.Equal(t, c.kind, theme.Kind)
	}
}

func TestBeforeAnythingIsKnownOfTheTerminalItCountsAsAUsualOne(t *testing.T) {
	require.Equal(t, "dark", style.Fitting(colorprofile.Unknown, true))
}
