package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/tui"
)

func TestAScreenThatFailsLeavesANoteBesideTheJournals(t *testing.T) {
	dir := t.TempDir()
	err := crashed(dir, &tui.Crash{What: "index out of range [3] with length 2", Stack: []byte("tui.View")})
	require.Equal(t, exitFailed, codeOf(t.Context(), err))
	require.ErrorContains(t, err, "start the console again")
	notes, globErr := filepath.Glob(filepath.Join(dir, "crash-*.txt"))
	require.NoError(t, globErr)
	require.Len(t, notes, 1)
	require.ErrorContains(t, err, notes[0])
	note, readErr := os.ReadFile(notes[0])
	require.NoError(t, readErr)
	require.Contains(t, string(note), "index out of range [3] with length 2\n\ntui.View")
	info, statErr := os.Stat(notes[0])
	require.NoError(t, statErr)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	err = crashed(filepath.Join(dir, "gone"), &tui.Crash{What: "x"})
	require.ErrorContains(t, err, "nowhere", "a full disk does not hide the failure")
}
