package main

import (
	"context"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/ops/lab"
	"pchatops/ops/site"
)

// The console that drives is killed while a server works for it. Whoever
// watches is told within seconds that nobody waits for the answer any more.
func TestAKilledDriverIsMissedByThoseWhoWatch(t *testing.T) {
	l := startSite(t, "failover", lab.Options{Speed: 1, MirrorTime: time.Hour})
	c := consoleOn(t, l)
	driver, out := c.begin(append([]string{"run", "failover"}, confirm()...)...)
	go io.Copy(io.Discard, out)
	until(t, "the mirror is being made", func() bool { return c.journalSays(`"type":"intent"`, `"step":"F6"`) })

	look := c.run("status").of("snapshot")[0]
	require.NotContains(t, codes(look), "driver-gone")
	require.Equal(t, "F6", look["incident"].(map[string]any)["step"])
	require.Contains(t, look["incident"].(map[string]any)["driver"], "process ")

	estate, err := site.Load(c.config)
	require.NoError(t, err)
	s, err := open(t.Context(), ask{site: estate, procedure: "failover", dir: c.state, secrets: site.NewSecrets(nil), observe: true})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.close()) }()
	box := s.incident.Subscribe()
	defer box.Close()
	await(t, box, func(s *incident.State) bool { return s.Running == "F6" })

	require.NoError(t, driver.Process.Kill())
	_ = driver.Wait()
	state := await(t, box, func(s *incident.State) bool { return s.Running == "" })
	require.Contains(t, state.ReadOnly, "open this console again to drive")
	require.Equal(t, "driver-gone", state.Findings[0].Code)
	for _, v := range state.Steps {
		if v.ID == "F6" {
			require.Equal(t, engine.Unknown, v.Outcome)
			require.ErrorContains(t, v.Err, "whether it took effect is not known")
			require.ErrorContains(t, v.Err, "verify the step")
		}
	}
	r := c.run("status")
	require.Equal(t, 1, r.code)
	look = r.of("snapshot")[0]
	require.Equal(t, "driver-gone", look["findings"].([]any)[0].(map[string]any)["code"])
	require.Equal(t, true, look["incident"].(map[string]any)["abandoned"])
}

// await takes States until one is as wanted, for as long as "within a few
// seconds" may be on a busy machine.
func await(t *testing.T, box *incident.Mailbox, ok func(*incident.State) bool) *incident.State {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for {
		s, err := box.Next(ctx)
		require.NoError(t, err)
		if ok(s) {
			return s
		}
	}
}
