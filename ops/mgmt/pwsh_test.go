package mgmt

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// pwsh runs a script as a host would, where PowerShell is installed.
func pwsh(t *testing.T, s Script, request, into any) {
	t.Helper()
	path, err := exec.LookPath("pwsh")
	if err != nil {
		t.Skip("pwsh is not installed: the scripts are not run")
	}
	input, err := s.input(request, "")
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), path, "-NoProfile", "-NonInteractive", "-EncodedCommand", encodedCommand(part("bootstrap")))
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(input), &stderr
	out, err := cmd.Output()
	require.NoError(t, err, "%s", readable(stderr.Bytes()))
	require.NoError(t, json.Unmarshal(out, into))
}

func TestPowerShellTellsAboutItself(t *testing.T) {
	var facts struct {
		OK         bool
		PowerShell string
		Bits       int
		Modules    []string
	}
	pwsh(t, HostFacts, struct{}{}, &facts)
	require.True(t, facts.OK)
	require.Equal(t, 64, facts.Bits)
	require.NotEmpty(t, facts.PowerShell)
	require.NotNil(t, facts.Modules, "no module is an empty list")
}

func TestPowerShellListsAndHashesFiles(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "mgc_1.trn"), []byte("two"), 0o600))
	var listing struct{ Folders []folder }
	pwsh(t, ListFiles, map[string]any{
		"folders": []folderRequest{{"share", filepath.Join(dir, "missing")}, {"copy", dir}}, "pattern": logBackups,
	}, &listing)
	require.Len(t, listing.Folders, 2)
	require.NotNil(t, listing.Folders[0].Error, "a missing folder does not fail the call")
	require.Nil(t, listing.Folders[1].Error)
	require.Len(t, listing.Folders[1].Files, 1)
	require.Equal(t, int64(3), listing.Folders[1].Files[0].Bytes)

	var sums struct{ Files []copied }
	pwsh(t, HashFiles, map[string]any{"folder": dir, "names": []string{"mgc_1.trn", "mgc_2.trn", "../x"}}, &sums)
	require.Equal(t, []copied{{Name: "mgc_1.trn", Bytes: 3, SHA256: "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3"}}, sums.Files)
}
