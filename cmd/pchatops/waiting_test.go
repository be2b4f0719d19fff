package main

import (
	"bufio"
	"encoding/json"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
)

// Whatever a run waits for, it says so, and for how long at most.
func TestARunSaysWhatItWaitsFor(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		o      lab.Options
		before func(t testing.TB, l *lab.Lab)
		says   string
		bounds bool
	}{
		"chat to come back": {
			before: func(t testing.TB, l *lab.Lab) { stopChat(t, l, true) },
			says:   "a session of an active chat server in the live database", bounds: true,
		},
		"a verdict": {
			before: func(t testing.TB, l *lab.Lab) {
				edit(t, l.Describe().Config, soonDead, "dead_after: {silent: 2m, refused: 2m, attempts: 3}")
			},
			says: `a verdict whether SQL0[12].RTC is alive or dead`, bounds: true,
		},
		"a long restore": {
			o:    lab.Options{Speed: 1, Pace: world.Pace{Base: 13 * time.Second}},
			says: `SQL11.RTC to carry out, for F3, RESTORE LOG`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := startSite(t, "failover", tt.o)
			if tt.before != nil {
				tt.before(t, l)
			}
			says := regexp.MustCompile(tt.says)
			c := consoleOn(t, l)
			_, out := c.begin(append([]string{"run", "failover"}, confirm()...)...)
			for in := bufio.NewScanner(out); in.Scan(); {
				var line map[string]any
				require.NoError(t, json.Unmarshal(in.Bytes(), &line))
				what, _ := line["for"].(string)
				if line["type"] != "wait" || !says.MatchString(what) {
					continue
				}
				_, bounded := line["until"]
				require.Equal(t, tt.bounds, bounded)
				return
			}
			require.Fail(t, "it said nothing")
		})
	}
}
