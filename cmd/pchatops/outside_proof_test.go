package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	proofOld  = flag.Bool("storm.old", false, "hold the program of old against every kind of fault")
	proofOnly = flag.String("storm.kind", "", "only the kinds whose names contain this")
)

// old is the last commit that is known to get each kind of fault wrong.
const old = "f76f958"

// A harness that finds nothing in a program that is known to be wrong is broken.
// So each kind of fault is shown to both: the program of old must fall, and this
// one must hold.
func TestTheProgramOfOldFallsAndThisOneHolds(t *testing.T) {
	if !*proofOld {
		t.Skip("make storm-proof runs it")
	}
	before := programOfOld(t)
	rows := make([]string, len(kinds))
	t.Run("kinds", func(t *testing.T) {
		for i, k := range kinds {
			if !strings.Contains(k.name, *proofOnly) {
				continue
			}
			t.Run(fmt.Sprintf("%d %s", k.section, k.name), func(t *testing.T) {
				t.Parallel() // they mostly wait
				fell, holds := "HELD", "FELL"
				t.Run("of old", func(t *testing.T) {
					broke := k.play(t, before)
					require.NotEmpty(t, broke, "it must fall: %s", k.invariant)
					fell = broke
				})
				t.Run("this one", func(t *testing.T) {
					require.Empty(t, k.play(t, binary), k.invariant)
					holds = "holds"
				})
				rows[i] = fmt.Sprintf("%d | %-46s | %-51s | %-62.62s | %s", k.section, k.name, k.invariant, fell, holds)
			})
		}
	})
	fmt.Printf("section | kind | invariant | %s | this program\n%s\n", old, strings.Join(rows, "\n"))
}

// programOfOld builds it from the repository; a shallow clone does not have it.
func programOfOld(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	root, err := exec.CommandContext(t.Context(), "git", "rev-parse", "--show-toplevel").Output()
	if err != nil {
		t.Skip("no git repository here: " + err.Error())
	}
	top := strings.TrimSpace(string(root))
	archive := exec.CommandContext(t.Context(), "git", "-C", top, "archive", "--format=tar", "-o", filepath.Join(dir, "old.tar"), old)
	if out, err := archive.CombinedOutput(); err != nil {
		t.Skipf("this clone does not have %s (is it a shallow one?): %s", old, out)
	}
	source := filepath.Join(dir, "source")
	require.NoError(t, os.Mkdir(source, 0o700))
	for _, args := range [][]string{
		{"tar", "-xf", filepath.Join(dir, "old.tar"), "-C", source},
		{"go", "build", "-C", source, "-o", filepath.Join(dir, "pchatops"), "./cmd/pchatops"},
	} {
		out, err := exec.CommandContext(t.Context(), args[0], args[1:]...).CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	return filepath.Join(dir, "pchatops")
}

func jsonInto(raw json.RawMessage, v any) error { return json.Unmarshal(raw, v) }
