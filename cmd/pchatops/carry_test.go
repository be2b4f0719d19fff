package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
)

// A backup that was seen and is gone is missed, however the record of having seen
// it was ended: only recovering the database settles that.
func TestANewIncidentMissesTheBackupThatTheLastOneSaw(t *testing.T) {
	t.Parallel()
	for name, ended := range map[string]func(*console, string) []string{
		"gone on with": func(*console, string) []string { return nil },
		"begun anew":   func(*console, string) []string { return []string{"--new"} },
		"closed": func(c *console, id string) []string {
			require.Zero(c.t, c.run("close", id, "--reason", "a drill").code)
			return nil
		},
		"closed twice": func(c *console, id string) []string {
			require.Zero(c.t, c.run("close", id, "--reason", "a drill").code)
			require.Equal(c.t, 3, c.run("run", "failover", "--step", "F4b").code)
			return []string{"--new"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				l := startSite(t, "healthy", lab.Options{})
				w, c := l.World(), consoleOn(t, l)
				w.StopAgent(world.Primary)
				_, err := onInstance(t, l, "primary").ExecContext(t.Context(), `BACKUP LOG mgc TO DISK='\\FS01\LogShip\tail.trn'`)
				require.NoError(t, err)
				given := append([]string{"run", "failover"}, confirm()...)
				r := c.run(given...)
				require.Equal(t, 3, r.code, "the primary lives: %s", r.stderr)

				require.NoError(t, w.PowerOff("dc1"))
				require.NoError(t, w.Remove(world.Share, "tail.trn"))
				r = c.run(append(given, ended(c, c.onlyIncident())...)...)
				require.Equal(t, 3, r.code, r.stderr)
				require.Equal(t, "go on without tail.trn", asksFor(t, r))
				require.False(t, w.Ledger().Live)
			})
		})
	}
}

// onlyIncident is the id of the one incident of a console.
func (c *console) onlyIncident() string {
	names, err := filepath.Glob(filepath.Join(c.state, "*.jsonl"))
	require.NoError(c.t, err)
	require.Len(c.t, names, 1)
	return strings.TrimSuffix(filepath.Base(names[0]), ".jsonl")
}

// F1 alone is a look at the backups, too, while no primary answers.
func TestWhatF1CouldSeeIsMissedWhenItIsGone(t *testing.T) {
	t.Parallel()
	for name, onward := range map[string][]string{"the same incident": nil, "a new one": {"--new"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				l := startSite(t, "failover", lab.Options{})
				w, c := l.World(), consoleOn(t, l)
				w.StopAgent(world.Secondary) // its jobs do not come by
				r := c.run("run", "failover", "--step", "F1")
				require.Zero(t, r.code, r.stderr)
				done := restored(t, l)
				var gone []string
				for range 2 {
					last := newestOn(t, w, world.Share)
					require.NotContains(t, done, last)
					gone = append(gone, last)
					require.NoError(t, w.Remove(world.Share, last))
					if err := os.Remove(filepath.Join(w.FolderPath(), last)); err != nil {
						require.ErrorIs(t, err, os.ErrNotExist)
					}
				}
				slices.Sort(gone)
				r = c.run(slices.Concat([]string{"run", "failover"}, confirm(), onward)...)
				require.Equal(t, 3, r.code, r.stderr)
				require.Contains(t, asksFor(t, r), gone[0])
				require.False(t, w.Ledger().Live)
			})
		})
	}
}

// What an incident that recovered the database had to miss haunts no later one.
func TestARecoveredDatabaseEndsWhatIsMissed(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{})
		c := consoleOn(t, l)
		for _, onward := range [][]string{nil, {"--new"}} {
			r := c.run(slices.Concat([]string{"run", "failover", "--step", "F1"}, onward)...)
			require.Zero(t, r.code, r.stderr)
		}
		require.True(t, c.journalSays(`"seen"`, earlierIncident))
		r := c.run(append([]string{"run", "failover"}, confirm()...)...)
		require.Zero(t, r.code, r.stderr)
		before, err := filepath.Glob(filepath.Join(c.state, "*.jsonl"))
		require.NoError(t, err)
		r = c.run(append([]string{"run", "failover", "--new"}, confirm()...)...)
		require.Zero(t, r.code, r.stderr)
		after, err := filepath.Glob(filepath.Join(c.state, "*.jsonl"))
		require.NoError(t, err)
		b, err := os.ReadFile(after[len(after)-1])
		require.NoError(t, err)
		require.Greater(t, len(after), len(before))
		require.NotContains(t, string(b), earlierIncident)
	})
}
