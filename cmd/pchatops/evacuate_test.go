package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
)

// evacuation is what the operating guide has an administrator run on a primary
// that still lives, before the failover.
func evacuation(t testing.TB) []string {
	t.Helper()
	guide, err := os.ReadFile("../../docs/operating.md")
	require.NoError(t, err)
	block := regexp.MustCompile("(?s)```sql\n(.*?)```").FindSubmatch(guide)
	require.NotNil(t, block, "the guide has the statements")
	return regexp.MustCompile(`;\s*\n`).Split(strings.TrimSpace(string(block[1])), -1)
}

// Data centre 1 is to be given up while it still lives. With the tail of the
// log on the share, the failover asks for no phrase and not one message is
// lost, whether it had been shipped or not.
func TestAPrimaryThatGivesItsTailAwayLosesNothing(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "healthy", lab.Options{Speed: 30})
		c := consoleOn(t, l)
		db := onInstance(t, l, "primary")
		db.SetMaxOpenConns(1)
		require.Eventually(t, func() bool { // a chat server may be quicker to take the one session
			for _, statement := range evacuation(t) {
				if _, err := db.ExecContext(t.Context(), statement); err != nil && !strings.Contains(statement, "PARTNER OFF") {
					return false
				}
			}
			return true
		}, time.Minute, 50*time.Millisecond)
		said := l.World().Messages(world.Primary)
		require.NotEmpty(t, said)

		r := c.run(append([]string{"run", "failover"}, confirm()...)...)
		require.Equal(t, 0, r.code, r.stderr)
		require.Subset(t, l.World().Messages(world.Secondary), said)
		require.Contains(t, restored(t, l), "mgc_tail.trn")
		appliedOnce(t, l)
	})
}
