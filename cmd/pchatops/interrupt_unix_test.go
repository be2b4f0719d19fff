//go:build unix

package main

import (
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/faults"
)

// Who interrupts a run that only waits for servers that are away does not wait with
// it. Nothing was sent, and the next run goes on.
func TestAnInterruptEndsARunThatOnlyWaits(t *testing.T) {
	t.Parallel()
	o, asked := slowly, make(chan struct{})
	first := sync.OnceFunc(func() { close(asked) })
	o.OnRequest = func(r lab.Request) lab.Verdict {
		if strings.Contains(r.Text, "pool-state") { // F5 is planned
			first()
			return lab.Verdict{Fate: faults.StallBefore}
		}
		return lab.Verdict{}
	}
	l := startSite(t, "failover", o)
	c := consoleOn(t, l)
	run, out := c.begin(append([]string{"run", "failover"}, confirm()...)...)
	<-asked
	for _, i := range l.Describe().Instances {
		l.Link(i.Name).Hang(true)
	}
	for _, h := range l.Describe().Hosts {
		l.Link(h.Name).Hang(true)
	}
	began := time.Now()
	require.NoError(t, run.Process.Signal(os.Interrupt))
	c.parse(out)
	_ = run.Wait()
	require.Equal(t, exitInterrupted, run.ProcessState.ExitCode())
	require.Less(t, time.Since(began), 20*time.Second)
	require.False(t, c.journalSays(`"step":"F5"`), "nothing is said of it")
}
