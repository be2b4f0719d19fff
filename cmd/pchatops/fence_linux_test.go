package main

import (
	"encoding/json"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
)

// A console is stopped (SIGSTOP, a laptop that sleeps) in the middle of a failover
// and its sessions end; another one takes over and finishes; the first one goes
// on. It sends nothing any more.
func TestAConsoleThatWasStoppedSendsNothingOnceAnotherHasFinished(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"F3", "F5", "F6"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			l := startSite(t, "failover", lab.Options{Speed: 10, MirrorTime: 10 * time.Second})
			first, second := consoleOn(t, l), consoleOn(t, l)
			cmd, out := first.begin(append([]string{"run", "failover"}, confirm()...)...)
			read := make(chan []map[string]any, 1)
			go func() { read <- first.parse(out) }()
			until(t, step+" has begun", func() bool { return first.journalSays(`"type":"plan"`, `"step":"`+step+`"`) })
			require.NoError(t, cmd.Process.Signal(syscall.SIGSTOP))
			killDrivers(t, l)
			r := second.run(append([]string{"run", "failover"}, confirm()...)...)
			require.Equal(t, 0, r.code, r.stderr)
			before := account(t, l)

			require.NoError(t, cmd.Process.Signal(syscall.SIGCONT))
			<-read
			_ = cmd.Wait()
			codes := []int{0, 3, 4, 5}
			if step == "F6" {
				codes = append(codes, 6) // people have chat, whatever this one can tell of the mirror
			}
			require.Contains(t, codes, cmd.ProcessState.ExitCode())
			require.Equal(t, before, account(t, l), "what was begun and what took effect")
			appliedOnce(t, l)
			require.Equal(t, 1, l.World().MirrorInstalls())
		})
	}
}

// account is the lab's account of what its servers were made to do.
func account(t testing.TB, l *lab.Lab) string {
	t.Helper()
	sum := l.World().Ledger()
	b, err := json.Marshal([]any{sum.Started, sum.Jobs, sum.Restored})
	require.NoError(t, err)
	return string(b)
}
