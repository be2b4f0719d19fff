package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
)

// One instance in two roles, in other words, has one lock: a console does not
// stand in its own way.
func TestAnInstanceInTwoRolesIsLockedOnce(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{})
		c := consoleOn(t, l)
		b, err := os.ReadFile(c.config)
		require.NoError(t, err)
		c.config = filepath.Join(filepath.Dir(c.config), "twice.yaml")
		require.NoError(t, os.WriteFile(c.config, []byte(twice(t, string(b))), 0o600))
		r := c.run(append([]string{"run", "failover", "--step", "F1"}, confirm()...)...)
		require.Equal(t, 0, r.code, r.stderr)
	})
}

// twice adds a witness to the site that is the secondary.
func twice(t testing.TB, config string) string {
	t.Helper()
	const begins = "    - role: secondary\n"
	_, rest, found := strings.Cut(config, begins)
	require.True(t, found)
	entry, _, found := strings.Cut(rest, "    - role:")
	require.True(t, found)
	entry = strings.NewReplacer("host: 127.0.0.1", "host: localhost", `label: SQL11\RTC`, `label: WITNESS`).Replace(entry)
	return strings.Replace(config, begins, "    - role: secondary-witness\n"+entry+begins, 1)
}
