package main

import (
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
)

// The console that drives is killed while the mirror is being made, and the
// next one is opened on a machine that has no journal of it.
func TestAConsoleOnAnotherMachineFollowsTheMirrorThatIsBeingMade(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{Speed: 10, MirrorTime: 2 * time.Minute})
	there := consoleOn(t, l)
	run := append([]string{"run", "failover"}, confirm()...)
	driver, out := there.begin(run...)
	go io.Copy(io.Discard, out)
	until(t, "the mirror is being made", func() bool { return l.World().MirrorInstalls() == 1 })
	require.NoError(t, driver.Process.Kill())
	_ = driver.Wait()

	here := consoleOn(t, l)
	r := here.run(run...)
	require.Equal(t, 0, r.code, r.stderr)
	require.Equal(t, "done", r.summary(t)["outcome"])
	require.Equal(t, 1, l.World().MirrorInstalls())
	for _, a := range r.of("action") {
		if a["step"] == "F6" {
			require.Greater(t, a["seconds"], 1.0, "it was not over before it was followed")
		}
	}
	appliedOnce(t, l)
}
