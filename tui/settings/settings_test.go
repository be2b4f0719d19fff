package settings_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/site"
	"pchatops/tui/actions"
	"pchatops/tui/settings"
)

func TestKeysThemeAndGlyphsAreTaken(t *testing.T) {
	file := filepath.Join(t.TempDir(), "console.yaml")
	require.NoError(t, os.WriteFile(file, []byte("theme: light\nglyphs: ascii\nkeys:\n  poll: [f5, R]\n  page-down: ctrl+n\n"), 0o600))
	s, err := settings.Load(file)
	require.NoError(t, err)
	require.Equal(t, "light", s.Theme)
	require.Equal(t, "ascii", s.Glyphs)

	a, ok := s.Keys.Resolve(actions.Home, "f5")
	require.True(t, ok)
	require.Equal(t, actions.Poll, a.ID)
	_, ok = s.Keys.Resolve(actions.Home, "r")
	require.False(t, ok, "the usual key is given up")
	for _, scope := range []actions.Scope{actions.Home, actions.Page, actions.List} {
		a, ok = s.Keys.Resolve(scope, "ctrl+n")
		require.True(t, ok)
		require.Equal(t, actions.PageDown, a.ID)
	}
	a, ok = s.Keys.Resolve(actions.Typing, "pgdown")
	require.True(t, ok)
	require.Equal(t, actions.PageDown, a.ID, "dialogs keep their keys")
}

func TestWithoutAFileEverythingIsAsUsual(t *testing.T) {
	s, err := settings.Load(filepath.Join(t.TempDir(), "none.yaml"))
	require.NoError(t, err)
	a, ok := s.Keys.Resolve(actions.Home, "r")
	require.True(t, ok)
	require.Equal(t, actions.Poll, a.ID)
	_, err = settings.Parse("console.yaml", nil)
	require.NoError(t, err, "an empty file")
}

func TestMistakesAreToldWithTheirLine(t *testing.T) {
	for name, c := range map[string]struct {
		text, says string
		line       int
	}{
		"no setting":        {"theme: dark\ncolour: red\n", `no setting "colour"`, 2},
		"glyphs":            {"glyphs: emoji\n", "unicode or ascii", 1},
		"no action":         {"keys:\n  poll: f5\n  explode: x\n", `action "explode": there is no such action`, 3},
		"conflict":          {"keys:\n  poll: [p]\n", `key "p" also means "plan"`, 2},
		"conflict of two":   {"keys:\n  poll: [x]\n  log: [x]\n", `action "poll": key "x" also means "log"`, 2},
		"with everywhere":   {"keys:\n  poll: [ctrl+l]\n", `key "ctrl+l" also means "repaint"`, 2},
		"no key":            {"keys:\n  poll: [banana]\n", `key "banana": not a key`, 2},
		"a control":         {"keys:\n  poll: [\"\\e\"]\n", "not a key", 2},
		"cannot be told":    {"keys:\n  poll: [ctrl+m]\n", "many terminals cannot tell", 2},
		"skip on control":   {"keys:\n  skip: [ctrl+x]\n", "no control or navigation key", 2},
		"run on down":       {"keys:\n  run: [down]\n", "no control or navigation key", 2},
		"none left":         {"keys:\n  poll: []\n", "an action needs a key", 2},
		"dialogs are fixed": {"keys:\n  yes: [x]\n", "the same on every console", 2},
		"leaving is fixed":  {"keys:\n  interrupt: [x]\n", "the same on every console", 2},
		"twice":             {"keys:\n  poll: x\n  poll: z\n", "a second time", 3},
		"no mapping":        {"- theme\n", "name: value", 1},
		"no text":           {"theme: {a: b}\n", "a text is needed", 1},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := settings.Parse("console.yaml", []byte(c.text))
			var problems site.Errors
			require.ErrorAs(t, err, &problems)
			require.Len(t, problems, 1)
			require.Equal(t, c.line, problems[0].Line, "%v", err)
			require.Contains(t, problems[0].Message, c.says)
			require.Contains(t, err.Error(), "console.yaml:")
		})
	}
}

func TestWhatIsNoYAMLOrTooLargeIsRefused(t *testing.T) {
	for _, text := range []string{"keys: [", string(make([]byte, 100_000))} {
		_, err := settings.Parse("console.yaml", []byte(text))
		require.ErrorContains(t, err, "console.yaml")
	}
}
