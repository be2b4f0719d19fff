package main

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/faults"
)

// A run is refused the right that it has lost, while a host keeps its answer. Who is
// named at its end drives at its end: whoever has ended by then is named nowhere.
func TestARunNamesWhoDrivesAtItsEnd(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		nth   int32 // of the moves
		ended bool
		also  string
	}{
		"has ended in M1":  {1, true, ""},
		"has ended in M22": {2, true, `the chat ran on the mirror SQL02\RTC`},
		"goes on":          {1, false, "has been driving this site since"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				host, begun, answer, done := t.on.net.Host(), make(chan struct{}), make(chan struct{}), make(chan result, 1)
				var begins atomic.Int32
				l := startSite(t, "ship-mirror", lab.Options{OnRequest: func(r lab.Request) lab.Verdict {
					if strings.HasPrefix(r.Text, "Send pchatops job-start 1 {") && begins.Add(1) == c.nth {
						close(begun)
						return lab.Verdict{Fate: faults.StallBefore, Release: answer}
					}
					return lab.Verdict{}
				}})
				con := consoleOn(t, l)
				go func() { done <- con.from(t.Context(), host, shipMirror()) }()
				<-begun
				host.Away()
				killDrivers(t, l)
				other := sessionOn(t, l)
				require.NoError(t, other.lease.await(t.Context()))
				host.Back()
				time.Sleep(5 * time.Second) // of virtual time, in which the returned one asks for its right
				if c.ended {
					other.stop()
				}
				close(answer)
				r := <-done
				told := r.summary(t)["error"].(map[string]any)
				require.Contains(t, r.stderr, told["text"], "both streams say the same")
				require.Contains(t, r.stderr, c.also)
				if c.ended {
					require.Equal(t, exitRefused, r.code, r.stderr)
					require.Contains(t, r.stderr, "another console has driven this site")
					require.NotContains(t, fmt.Sprint(r.lines, r.stderr), "has been driving this site since")
					return
				}
				require.Equal(t, exitHeld, r.code, r.stderr)
			})
		})
	}
}
