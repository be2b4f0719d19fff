package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
)

// A site where nobody has a SQL Server login: Windows accounts throughout.
func TestTheConsoleWorksWithIntegratedSecurity(t *testing.T) {
	t.Parallel()
	l := startSite(t, "ship-primary", lab.Options{})
	text, err := os.ReadFile(l.Describe().Config)
	require.NoError(t, err)
	windows := regexp.MustCompile(`credential: sa-\w+`).ReplaceAllString(string(text), "credential: ops")
	for _, encrypt := range []string{"login", "full"} {
		c := consoleOn(t, l)
		c.config = filepath.Join(filepath.Dir(l.Describe().Config), "windows-"+encrypt+".yaml")
		require.NoError(t, os.WriteFile(c.config, []byte(strings.ReplaceAll(windows, "encrypt: login", "encrypt: "+encrypt)), 0o600))
		for _, n := range c.run("status").of("snapshot")[0]["nodes"].([]any) {
			require.Equal(t, true, n.(map[string]any)["reachable"], "%s: %v", encrypt, n)
		}
		r := c.run("run", "ship-primary")
		require.Equal(t, 0, r.code, r.stderr)
	}
	require.Contains(t, tsqlOn(t, l, `SQL01\RTC`, "select user_name from msdb.dbo.backupset where database_name = 'mgc'\nGO\n"), `LITWARE\ops`)
}
