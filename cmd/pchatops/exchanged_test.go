package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
)

// exchanged is a console whose site file has the roles of primary and mirror the other
// way round. alias: and names their hosts otherwise than the topology does.
func (c *console) exchanged(alias bool) *console {
	c.t.Helper()
	raw, err := os.ReadFile(c.config)
	require.NoError(c.t, err)
	swap := []string{"role: primary\n", "role: mirror\n", "role: mirror\n", "role: primary\n"}
	if alias {
		swap = append(swap, "fqdn: sql01.", "fqdn: chat-a.", "fqdn: sql02.", "fqdn: chat-b.")
	}
	other := *c
	other.state, other.config = c.t.TempDir(), filepath.Join(filepath.Dir(c.config), "exchanged.yaml")
	require.NoError(c.t, os.WriteFile(other.config, []byte(strings.NewReplacer(swap...).Replace(string(raw))), 0o600))
	return &other
}

// back is the way back by such a site file.
func back(confirm ...string) []string {
	args := []string{"run", "ship-mirror", "--step", "M22", "--confirm", `M22=SQL02\RTC of litware-lab`}
	for _, phrase := range confirm {
		args = append(args, "--confirm", "M22="+phrase)
	}
	return args
}

// moves is how often the chat was to be moved.
func moves(l *lab.Lab) int { return l.World().Ledger().Started["Invoke-CsDatabaseFailover"] }

// Everything is set up, and another site file calls the primary the mirror: its M22
// would go to where the chat is, for ever.
func TestNothingIsMovedByASiteFileThatTheTopologyContradicts(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "ship-mirror", lab.Options{})
		c := consoleOn(t, l)
		r := c.run(shipMirror()...)
		require.Equal(t, 0, r.code, r.stderr)
		for _, args := range [][]string{
			back(), back(`sql01.litwareinc.com\RTC is SQL02\RTC`, `sql02.litwareinc.com\RTC is SQL01\RTC`),
			append([]string{"run", "ship-mirror"}, back()[4:]...),
		} {
			r := c.exchanged(false).run(args...)
			require.Equal(t, exitRefused, r.code, r.stderr)
			require.Contains(t, r.stderr, `primary store of the topology`)
			require.Contains(t, r.stderr, `correct the topology or the site file`)
		}
		require.Equal(t, 2, moves(l))
	})
}

// The operator vouches for the names, and the cmdlet finds nothing to move. Nobody says
// that a change of roles goes on.
func TestACmdletThatMovesNothingIsSaidToHaveMovedNothing(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "ship-mirror", lab.Options{})
		c := consoleOn(t, l)
		r := c.run(shipMirror()...)
		require.Equal(t, 0, r.code, r.stderr)
		vouched := back(`sql01.litwareinc.com\RTC is SQL02\RTC`, `sql02.litwareinc.com\RTC is SQL01\RTC`)
		for name, long := range map[string]time.Duration{"it runs to its end": time.Hour, "interrupted": time.Minute} {
			ctx, end := context.WithTimeout(t.Context(), long)
			r := c.exchanged(true).interrupted(ctx, t, vouched)
			end()
			require.NotEqual(t, 0, r.code, name)
			require.Contains(t, r.stderr, "the cmdlet has ended, and the partners have not changed roles since the step was planned: nothing goes on", name)
			require.NotContains(t, r.stderr, "it goes on by itself", name)
			require.NotContains(t, r.stderr, "M22 is the way back", name)
		}
		require.Equal(t, []string{l.World().Instance(world.Primary).Name()}, l.World().Truth().Principal)
	})
}
