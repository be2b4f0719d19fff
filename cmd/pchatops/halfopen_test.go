package main

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
)

// A server that dies without a word leaves connections that look alive. A read on one
// of them ends soon, and says what is so: nobody is told to look at the load of a server
// that is dead.
func TestAReadDoesNotWaitForAServerThatHasDiedSilently(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		procedure, after, victim string
		confirm                  []string
	}{
		"the primary, while the chat is on the mirror": {"ship-mirror", "BACKUP DATABASE", `SQL01\RTC`, confirmMirror()},
		"the secondary, while the primary is set up":   {"ship-primary", "sp_add_log_shipping_primary_database", `SQL11\RTC`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				var l *lab.Lab
				var once sync.Once
				var died time.Time
				l = startSite(t, c.procedure, lab.Options{OnRequest: func(r lab.Request) lab.Verdict {
					if strings.Contains(r.Text, c.after) {
						once.Do(func() {
							died = time.Now()
							time.AfterFunc(0, func() {
								ctl(t, l, "power", map[string]string{"target": c.victim, "on": "false", "how": "silent"})
							})
						})
					}
					return lab.Verdict{}
				}})
				con := consoleOn(t, l)
				r := con.run(append([]string{"run", c.procedure}, c.confirm...)...)
				require.NotEqual(t, 0, r.code)
				require.False(t, died.IsZero())
				require.Less(t, time.Since(died), 2*time.Minute)
				require.NotContains(t, r.stderr, "the server is up")
				require.NotContains(t, r.stderr, "TDS")
				for _, s := range r.of("step") {
					if e, ok := s["error"].(map[string]any); ok {
						require.Contains(t, []any{"unreachable", "lost"}, e["class"], e)
					}
				}
				ctl(t, l, "power", map[string]string{"target": c.victim, "on": "true"})
				again := con.run(append([]string{"run", c.procedure}, c.confirm...)...)
				require.Equal(t, 0, again.code, again.stderr)
			})
		})
	}
}
