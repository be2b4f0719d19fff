package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// A mistake in console.yaml is told before anything is contacted, with its place.
func TestAMistakeInTheConsolesSettingsIsAConfigurationError(t *testing.T) {
	t.Parallel()
	config := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(config, "pchatops"), 0o700))
	file := filepath.Join(config, "pchatops", "console.yaml")
	require.NoError(t, os.WriteFile(file, []byte("theme: dark\nkeys:\n  poll: [p]\n  explode: x\n"), 0o600))
	for _, args := range [][]string{{"rehearse"}, {"console"}, {}} {
		cmd := exec.Command(binary, args...)
		cmd.Env = append(os.Environ(), "XDG_CONFIG_HOME="+config)
		out, err := cmd.CombinedOutput()
		var failed *exec.ExitError
		require.True(t, errors.As(err, &failed), "%v: %s", args, out)
		require.Equal(t, exitUsage, failed.ExitCode(), "%s", out)
		require.Contains(t, string(out), `console.yaml:3:10: action "poll": key "p" also means "plan"`)
		require.Contains(t, string(out), `console.yaml:4:3: action "explode": there is no such action`)
	}
}
