package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
)

// A journal whose lines do not follow from one another tells of nothing for certain:
// whatever lists or checks the incidents says that, goes on to the others, and fails.
func TestABrokenJournalIsListedAsUnreadBesideTheOthers(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{})
		c := consoleOn(t, l)
		require.Equal(t, exitRefused, c.run("run", "failover").code)
		whole := incidentIn(t, c.state)
		require.Equal(t, 0, c.run("close", whole, "--reason", "a drill").code)
		for _, ended := range []bool{false, true} {
			require.Equal(t, exitRefused, c.run("run", "failover").code)
			id := incidentIn(t, c.state)
			if ended {
				require.Equal(t, 0, c.run("close", id, "--reason", "a drill").code)
			}
			path := filepath.Join(c.state, id+".jsonl")
			good, err := os.ReadFile(path)
			require.NoError(t, err)
			lines := bytes.SplitAfter(good, []byte("\n"))
			middle := len(lines[0]) + len(lines[1])/2
			for damage, bad := range map[string][]byte{
				"a line is gone":      slices.Concat(slices.Delete(slices.Clone(lines), 4, 5)...),
				"a byte was changed":  slices.Concat(good[:middle], []byte{good[middle] ^ 1}, good[middle+1:]),
				"a line stands twice": slices.Concat(slices.Insert(slices.Clone(lines), 4, lines[3])...),
				"line feeds of DOS":   bytes.ReplaceAll(good, []byte("\n"), []byte("\r\n")),
				"zeros in the middle": slices.Concat(slices.Concat(lines[:4]...), make([]byte, 512), slices.Concat(lines[4:]...)),
			} {
				require.NoError(t, os.WriteFile(path, bad, 0o600))
				what := fmt.Sprintf("%s, ended %t", damage, ended)
				for _, args := range [][]string{{"history"}, {"history", "--audit"}} {
					r := c.run(args...)
					require.Equal(t, exitFailed, r.code, "%s: %v", what, args)
					require.Len(t, r.lines, len(listed(c)), "%s: %v: each has a line", what, args)
					for _, line := range r.lines {
						require.Equal(t, line["id"] == id, line["error"] != nil, "%s: %v: %v", what, args, line)
						if line["id"] == id {
							require.Contains(t, line["error"], "is broken", what)
							require.NotContains(t, line, "ended", what+": nobody knows")
						}
					}
				}
				for _, args := range [][]string{{"history", id}, {"history", id, "--audit"}} {
					require.Equal(t, exitFailed, c.run(args...).code, "%s: %v", what, args)
				}
			}
			require.NoError(t, os.WriteFile(path, good, 0o600))
			for _, args := range [][]string{{"history"}, {"history", "--audit"}} {
				r := c.run(args...)
				require.Equal(t, 0, r.code, "%s: %s", args, r.stderr)
				require.Len(t, r.lines, len(listed(c)))
			}
		}
	})
}

// listed are the journals of a console.
func listed(c *console) []string {
	names, _ := filepath.Glob(filepath.Join(c.state, "*.jsonl"))
	return names
}

// A run beside the broken record of another procedure's incident tells of it, as status
// does, also where its first and last line can be read.
func TestARunTellsOfABrokenJournalOfAnotherProcedure(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{})
		c := consoleOn(t, l)
		require.Equal(t, exitRefused, c.run("run", "failover").code)
		path := listed(c)[0]
		good, err := os.ReadFile(path)
		require.NoError(t, err)
		lines := bytes.SplitAfter(good, []byte("\n"))
		require.NoError(t, os.WriteFile(path, slices.Concat(slices.Delete(lines, 4, 5)...), 0o600))
		require.Contains(t, codes(c.run("status").of("snapshot")[0]), "journal-unread")
		for range 2 { // also once there is an incident of its own
			told := c.run("run", "unship", "--step", "U1").of("finding")
			require.Len(t, told, 1)
			require.Equal(t, "journal-unread", told[0]["code"])
			require.Contains(t, told[0]["why"], "is broken")
		}
	})
}

// The journal of an open incident was renamed: whoever looks is told, and whoever would
// begin beside it what to do. Under its own name again it is gone on with.
func TestARenamedJournalIsNamedAndNoneIsBegunBesideIt(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{})
		c := consoleOn(t, l)
		require.Equal(t, exitRefused, c.run("run", "failover").code)
		id := incidentIn(t, c.state)
		path := filepath.Join(c.state, id+".jsonl")
		for _, as := range []string{id + " (1).jsonl", id + "-1.jsonl", id + ".copy.jsonl", id + "x.jsonl", id + ".jsonlx", id + ".jsonl.bak", "copy-of-" + id + ".jsonl", "kept"} {
			renamed := filepath.Join(c.state, as)
			require.NoError(t, os.Rename(path, renamed))
			r := c.run("status")
			require.Equal(t, exitFailed, r.code, as)
			require.Contains(t, codes(r.of("snapshot")[0]), "journal-unread", as)
			require.Contains(t, fmt.Sprint(r.of("snapshot")[0]["findings"]), renamed)
			require.Equal(t, exitFailed, c.run("history").code, as)
			for _, args := range [][]string{{"run", "failover"}, {"run", "failover", "--new"}, {"run", "failover", "--resume", id}, {"plan", "failover"}, {"verify", "failover"}} {
				r := c.run(args...)
				require.Equal(t, exitFailed, r.code, "%s: %v: %s", as, args, r.stderr)
				require.Contains(t, r.stderr, "give it its name back, "+id+".jsonl", "%s: %v", as, args)
				require.Empty(t, r.of("action"), "%s: %v", as, args)
			}
			other := c.run("run", "unship", "--step", "U1").of("finding")
			require.Len(t, other, 1, as)
			require.Equal(t, "journal-unread", other[0]["code"], as)

			elsewhere := consoleOn(t, startSite(t, "failover", lab.Options{})) // of the same name
			elsewhere.state = c.state
			require.NotContains(t, codes(elsewhere.run("status").of("snapshot")[0]), "journal-unread", as)
			require.NotContains(t, elsewhere.run("plan", "failover").stderr, "its first line", as)
			require.NoError(t, os.Rename(renamed, path))
		}
		require.Equal(t, exitRefused, c.run("run", "failover").code)
		require.FileExists(t, path)
		require.Equal(t, 0, c.run("history").code)
		require.Equal(t, 0, c.run("close", id, "--reason", "a drill").code)
	})
}
