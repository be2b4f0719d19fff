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

func TestMistakesAreToldWithTheirPlaceAndWhatToWrite(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	for name, c := range map[string]struct {
		text, says, instead string
		line, column        int
	}{
		"no setting":        {"theme: dark\ncolour: red\n", `no setting "colour"`, "theme, glyphs or keys", 2, 1},
		"no theme":          {"theme: neon\n", "choose one of", "", 1, 8},
		"glyphs":            {"glyphs: emoji\n", `no glyphs "emoji"`, "unicode or ascii", 1, 9},
		"no action":         {"keys:\n  poll: f5\n  explode: x\n", `action "explode": there is no such action`, "one of run, next", 3, 3},
		"conflict":          {"keys:\n  poll: [p]\n", `key "p" also means "plan"`, `free: "a", "b", "c"; or give "plan" another key`, 2, 10},
		"conflict of two":   {"keys:\n  log: [x]\n  poll: [x]\n", `action "poll": key "x" also means "log"`, `free: "a", "b", "c"`, 3, 10},
		"with everywhere":   {"keys:\n  poll: [ctrl+l]\n", `key "ctrl+l" also means "repaint"`, "free", 2, 10},
		"in three scopes":   {"keys:\n  page-down: [ctrl+n, j]\n", `key "j" also means "down"`, "free", 2, 23},
		"no key":            {"keys:\n  poll: [f5, banana]\n", `key "banana": not a key`, `"x", "X", "f5"`, 2, 14},
		"another spelling":  {"keys:\n  page-down: [C-n]\n", `key "C-n": not a key`, `"ctrl+n"`, 2, 15},
		"a word for a key":  {"keys:\n  page-down: PageDown\n", "not a key", `"pgdown"`, 2, 14},
		"a control":         {"keys:\n  poll: [\"\\e\"]\n", "not a key", `"x"`, 2, 10},
		"cannot be told":    {"keys:\n  poll: [ctrl+m]\n", "many terminals cannot tell", "another key", 2, 10},
		"skip on control":   {"keys:\n  skip: [ctrl+x]\n", "no control or navigation key", "a letter", 2, 10},
		"run on down":       {"keys:\n  run: [down]\n  down: [j]\n", "no control or navigation key", "a letter", 2, 9},
		"none left":         {"keys:\n  poll: []\n", "an action needs a key", "[x, f5]", 2, 3},
		"no word":           {"keys:\n  poll: {f5: x}\n", "a text is needed", "a single word", 2, 9},
		"dialogs are fixed": {"keys:\n  yes: [x]\n", "the same on every console", "no keys for it", 2, 3},
		"leaving is fixed":  {"keys:\n  interrupt: [x]\n", "the same on every console", "no keys for it", 2, 3},
		"twice":             {"keys:\n  poll: x\n  poll: z\n", "a second time", "once", 3, 3},
		"no mapping":        {"- theme\n", "name: value", "name: value", 1, 1},
		"no text":           {"theme: {a: b}\n", "a text is needed", "a single word", 1, 8},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := settings.Parse("console.yaml", []byte(c.text))
			var problems site.Errors
			require.ErrorAs(t, err, &problems)
			require.Len(t, problems, 1, "%v", err)
			require.Equal(t, [2]int{c.line, c.column}, [2]int{problems[0].Line, problems[0].Column}, "%v", err)
			require.Contains(t, problems[0].Message, c.says)
			require.Contains(t, problems[0].Expected, c.instead)
			require.Contains(t, err.Error(), "console.yaml:")
		})
	}
}

// Nobody mends a file one mistake at a time.
func TestAllMistakesAreToldAtOnce(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	_, err := settings.Parse("console.yaml", []byte(`theme: neon
glyphs: emoji
colour: red
keys:
  poll: [p, banana]
  explode: x
  log: [z]
  note: [z, ctrl+m]
  yes: x
`))
	var problems site.Errors
	require.ErrorAs(t, err, &problems)
	var lines []int
	for _, p := range problems {
		lines = append(lines, p.Line)
	}
	require.Equal(t, []int{1, 2, 3, 5, 5, 6, 7, 8, 9}, lines, "%v", err)
	require.ErrorContains(t, err, `key "p" also means "plan"`, "a conflict is told beside a key that is none")
	require.ErrorContains(t, err, `key "z" also means "note"`)
}

func TestWhatIsNoYAMLOrTooLargeIsRefused(t *testing.T) {
	for _, text := range []string{"keys: [", string(make([]byte, 100_000))} {
		_, err := settings.Parse("console.yaml", []byte(text))
		require.ErrorContains(t, err, "console.yaml")
	}
}

// A program that is older than the file says so.
func TestSettingsOfALaterFormatAreRefusedInASentence(t *testing.T) {
	_, err := settings.Parse("console.yaml", []byte("version: 2\ntheme: dark\n"))
	require.ErrorContains(t, err, "the file has format 2, and this program reads formats up to 1")
	_, err = settings.Parse("console.yaml", []byte("version: 1\ntheme: dark\n"))
	require.NoError(t, err)
	for _, odd := range []string{"0", "one", "[1]", "-3"} {
		_, err = settings.Parse("console.yaml", []byte("version: "+odd+"\n"))
		require.Error(t, err, odd)
	}
}
