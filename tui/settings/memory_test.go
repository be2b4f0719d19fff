package settings_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/tui/settings"
)

func TestAThemeIsRememberedUntilItIsForgotten(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "pchatops")
	m := settings.Memory(filepath.Join(folder, "theme"))
	require.Empty(t, m.Theme(), "nothing was ever remembered")
	require.NoError(t, m.Remember(""), "there is nothing to forget")
	require.NoError(t, m.Remember("light"))
	require.NoError(t, m.Remember("colour-safe"))
	require.Equal(t, "colour-safe", m.Theme())

	info, err := os.Stat(string(m))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	require.NoError(t, m.Remember(""))
	require.Empty(t, m.Theme())
	left, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestAMemoryThatCannotBeWrittenNamesItsPath(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	m := settings.Memory(filepath.Join(file, "theme")) // its folder is a file
	err := m.Remember("light")
	require.ErrorContains(t, err, string(m))
	require.ErrorContains(t, err, "console.yaml")
	require.Empty(t, m.Theme())
}

func TestAMemoryThatIsNoNameIsNoTheme(t *testing.T) {
	file := filepath.Join(t.TempDir(), "theme")
	require.NoError(t, os.WriteFile(file, []byte(strings.Repeat("dark", 1000)), 0o600))
	require.Empty(t, settings.Memory(file).Theme())
}
