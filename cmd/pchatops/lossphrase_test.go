package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
)

// phrased runs the failover to its end, and gives every phrase that it asks for.
func phrased(t testing.TB, c *console) (result, []string) {
	t.Helper()
	given := append([]string{"run", "failover"}, confirm()...)
	var phrases []string
	for {
		r := c.run(given...)
		if r.code != 3 {
			return r, phrases
		}
		phrase := asksFor(t, r)
		require.NotContains(t, phrases, phrase, "it was given already: "+r.stderr)
		phrases = append(phrases, phrase)
		given = append(given, "--confirm", r.summary(t)["stopped"].(string)+"="+phrase)
	}
}

// A backup that is striped over three files is one, and is named with them.
func TestAStripedBackupThatIsLostIsOneBackup(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{})
		w := l.World()
		w.StopAgent(world.Secondary) // its jobs do not come by
		names, err := w.Stripe(world.Share, newestOn(t, w, world.Share), 3)
		require.NoError(t, err)
		require.NoError(t, w.Remove(world.Share, names[2]))
		r, phrases := phrased(t, consoleOn(t, l))
		require.Equal(t, 6, r.code, r.stderr)
		there := names[1] + " + " + names[0]
		require.ElementsMatch(t, []string{"go on without " + there, "lose " + there}, phrases)
		left := r.summary(t)["left_behind"].([]any)
		require.Len(t, left, 1)
		require.Equal(t, there, left[0].(map[string]any)["file"])
		require.Contains(t, left[0].(map[string]any)["why"], "of which part 3 is missing")
		require.Positive(t, w.Ledger().Lost)
	})
}

// What cannot be applied takes what is behind it along: phrase and gate say how
// much chat that is.
func TestGoingOnWithoutABackupStatesHowMuchChatThatIs(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{})
		w := l.World()
		w.StopAgent(world.Secondary) // its jobs do not come by
		onShare, err := w.Backups(world.Share)
		require.NoError(t, err)
		copied, err := w.Backups(world.Folder)
		require.NoError(t, err)
		pending := slices.DeleteFunc(onShare, func(name string) bool { return !strings.HasPrefix(name, "mgc_") || slices.Contains(copied, name) })
		slices.Sort(pending)
		bad := pending[len(pending)-2]
		require.NoError(t, w.Damage(world.Share, bad))
		c := consoleOn(t, l)
		r, phrases := phrased(t, c)
		require.Equal(t, 6, r.code, r.stderr)
		require.Regexp(t, regexp.MustCompile(`^go on without `+bad+` and the 1 behind, 30m 00s of chat$`), phrases[0])
		require.Len(t, r.summary(t)["left_behind"], 2)
		require.Positive(t, w.Ledger().Lost)
	})
}
