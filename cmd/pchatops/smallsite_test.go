package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
)

// without takes instances out of the site file.
func without(t testing.TB, l *lab.Lab, roles ...string) {
	t.Helper()
	file := l.Describe().Config
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	for _, role := range roles {
		entry := regexp.MustCompile(`(?m)^    - role: ` + role + `\n(?:      .*\n)+`)
		instances, hosts, found := strings.Cut(string(text), "\nhosts:")
		require.True(t, found)
		require.Regexp(t, entry, instances+"\n")
		text = []byte(entry.ReplaceAllString(instances+"\n", "") + "hosts:" + hosts)
	}
	require.NoError(t, os.WriteFile(file, text, 0o600))
}

// A site has a primary and a secondary. What else it has not, no command needs.
func TestASiteOfTwoServersIsFailedOver(t *testing.T) {
	t.Parallel()
	for name, roles := range map[string][]string{
		"no witness":            {"witness"},
		"no mirror":             {"mirror", "witness"},
		"no secondary mirror":   {"secondary-mirror"},
		"primary and secondary": {"mirror", "witness", "secondary-mirror"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				l := startSite(t, "failover", lab.Options{MirrorTime: time.Minute})
				without(t, l, roles...)
				c := consoleOn(t, l)
				for _, args := range []string{"status", "validate", "plan failover", "verify failover", "plan ship-primary", "verify ship-primary", "plan ship-mirror", "verify ship-mirror", "plan unship", "plan topology"} {
					r := c.run(strings.Fields(args)...)
					require.NotContains(t, r.stderr, "panic", args)
				}
				r := c.run(append([]string{"run", "failover"}, confirm()...)...)
				require.Equal(t, 0, r.code, r.stderr)
				require.Zero(t, l.World().Ledger().Lost)
				require.True(t, l.World().Ledger().Live)
				require.Equal(t, 0, c.run("verify", "failover").code)
			})
		})
	}
}
