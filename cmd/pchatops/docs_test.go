package main

import (
	"os"
	"regexp"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"
)

// The page that scripts are written from names every command and flag.
func TestTheDocsNameEveryCommandFlagAndExitCode(t *testing.T) {
	page, err := os.ReadFile("../../docs/commands.md")
	require.NoError(t, err)
	for _, c := range root().Commands() {
		if c.Name() == "help" || c.Name() == "completion" {
			continue
		}
		require.Contains(t, string(page), "`pchatops "+c.Name(), c.Name())
		c.LocalFlags().VisitAll(flagNamed(t, string(page), c))
	}
	for _, code := range []string{"0", "1", "2", "3", "4", "5", "6", "130"} {
		require.Regexp(t, regexp.MustCompile(`(?m)^\| `+code+` \|`), string(page))
	}
}

func flagNamed(t testing.TB, page string, c *cobra.Command) func(*pflag.Flag) {
	return func(f *pflag.Flag) {
		if f.Name != "help" {
			require.Contains(t, page, "--"+f.Name, "flag of %s", c.Name())
		}
	}
}
