package themes_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/themes"
)

func TestEveryBuiltInThemeLoadsUnderItsOwnName(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	require.Subset(t, themes.Names(), []string{"dark", "light", "high-contrast", "colour-safe", "sixteen", "mono"})
	for _, name := range themes.Names() {
		theme, err := themes.Load(name)
		require.NoError(t, err)
		require.Equal(t, name, theme.Name)
	}
}

func TestAnUnknownThemeIsRefusedWithTheChoices(t *testing.T) {
	_, err := themes.Load("../secrets")
	require.ErrorContains(t, err, "dark, high-contrast")
}

func TestAThemeOfTheUsersOwnIsFoundBesideTheConfiguration(t *testing.T) {
	own(t, "night-shift", strings.Replace(source(t), "name: dark", "name: night-shift", 1))
	require.Contains(t, themes.Names(), "night-shift")
	theme, err := themes.Load("night-shift")
	require.NoError(t, err)
	require.Equal(t, "night-shift", theme.Name)
}

func TestABrokenThemeOfTheUsersOwnIsToldWithFileAndLine(t *testing.T) {
	path := own(t, "night-shift", strings.Replace(source(t), `danger: "#ff8a80"`, `danger: red`, 1))
	_, err := themes.Load("night-shift")
	require.ErrorContains(t, err, path+":14: token danger")
}

func TestAMistakeInAFileCannotCostTheConsoleItsOwnColours(t *testing.T) {
	own(t, "dark", "name: [")
	require.Equal(t, 1, strings.Count(strings.Join(themes.Names(), " "), "dark"))
	_, err := themes.Load("dark")
	require.NoError(t, err)
}

func TestWhatIsNoThemeFileIsRefused(t *testing.T) {
	path := own(t, "big", strings.Repeat("#", 1<<20))
	_, err := themes.Load("big")
	require.ErrorContains(t, err, "at most 64 KiB")
	require.NoError(t, os.Mkdir(filepath.Join(filepath.Dir(path), "folder.yaml"), 0o700))
	_, err = themes.Load("folder")
	require.ErrorContains(t, err, "must be a file")
}

// own writes a theme into a configuration folder of the test's own.
func own(t *testing.T, name, text string) (path string) {
	t.Helper()
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	require.NoError(t, os.MkdirAll(themes.Folder(), 0o700))
	path = filepath.Join(themes.Folder(), name+".yaml")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// source gives the text of the dark theme, which the tests then break.
func source(t testing.TB) string {
	data, err := os.ReadFile("dark.yaml")
	require.NoError(t, err)
	return string(data)
}
