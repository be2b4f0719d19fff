package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
)

// A database that is not on the secondary, under the name of the site file, is a
// gate of each step that is about it.
func TestTheDatabaseIsNotOnTheSecondary(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		db      string
		happens func(t testing.TB, l *lab.Lab)
	}{
		"dropped": {"mgc", func(t testing.TB, l *lab.Lab) {
			ctl(t, l, "sql", map[string]string{"instance": `SQL11\RTC`, "text": "DROP DATABASE mgc"})
		}},
		"dropped with its log shipping": {"mgc", func(t testing.TB, l *lab.Lab) {
			unshippedByHand(t, l)
			ctl(t, l, "sql", map[string]string{"instance": `SQL11\RTC`, "text": "DROP DATABASE mgc"})
		}},
		"named otherwise": {"pchat", func(t testing.TB, l *lab.Lab) {
			edit(t, l.Describe().Config, "database: mgc", "database: pchat")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				l := startSite(t, "failover", lab.Options{})
				c.happens(t, l)
				con := consoleOn(t, l)
				failing := map[string]string{}
				for _, step := range con.run("plan", "failover").of("step") {
					gates, _ := step["gates"].([]any)
					for _, g := range gates {
						if g := g.(map[string]any); g["holds"] != true {
							failing[step["step"].(string)] += g["seen"].(string) + "; " + g["do"].(string)
						}
					}
				}
				for _, id := range []string{"F1", "F2", "F3", "F4a", "F4b"} {
					require.Contains(t, failing[id], `SQL11\RTC has no database `+c.db+"; ", id)
					require.Contains(t, failing[id], `what became of `+c.db, id)
				}
				r := con.run(append([]string{"run", "failover"}, confirm()...)...)
				require.Equal(t, 3, r.code, r.stderr)
				require.Equal(t, "F1", r.summary(t)["stopped"])
			})
		})
	}
}
