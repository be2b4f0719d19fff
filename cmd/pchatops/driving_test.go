package main

import (
	"context"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/ops/journal"
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

// Somebody drives another procedure of the site: that is not the console whose
// step was left in its middle.
func TestWhoDrivesAnotherProcedureIsNotTheDriverOfThisOne(t *testing.T) {
	dir := t.TempDir()
	left := begun(t, dir, "failover")
	require.NoError(t, left.AppendData(journal.Plan, engine.PlanRecord{Procedure: "failover", Step: "F3", Risk: engine.Reversible, Accepted: true}))
	begun(t, dir, "ship-primary")
	line, _ := openIncident(dir, "litware-lab")
	require.Equal(t, "ship-primary", line.Procedure, "the newest")

	me := journal.Myself(time.Now())
	me.Procedure = "ship-primary"
	lock, err := journal.Acquire(dir, "litware-lab", me)
	require.NoError(t, err)
	p := presence(dir, "litware-lab", "failover")()
	require.True(t, p.Gone)
	require.Contains(t, p.Says, "drives litware-lab (ship-primary)")
	require.False(t, presence(dir, "litware-lab", "ship-primary")().Gone)
	require.NoError(t, lock.Release())

	me.Procedure = "failover"
	lock, err = journal.Acquire(dir, "litware-lab", me)
	require.NoError(t, err)
	line, found := openIncident(dir, "litware-lab")
	require.Equal(t, &incidentLine{ID: line.ID, Procedure: "failover", Step: "F3", Driver: me.String()}, line)
	require.Empty(t, found)
	require.NoError(t, lock.Release())
	require.True(t, presence(dir, "litware-lab", "failover")().Gone)
}

// begun is the journal of an incident of litware-lab.
func begun(t *testing.T, dir, procedure string) *journal.Journal {
	t.Helper()
	id := journal.NewID("litware-lab", procedure, time.Now())
	j, err := journal.Create(dir, journal.Opening{ID: id, Site: "litware-lab", Procedure: procedure}, journal.Options{By: "alice"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, j.Close()) })
	return j
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

// Somebody has edited the journal. No plan rests on it; the look at the site
// does not depend on it.
func TestADamagedJournalIsToldAndHidesNotTheSite(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{Speed: 1})
	c := consoleOn(t, l)
	j := begun(t, c.state, "failover")
	require.NoError(t, j.AppendData(journal.Note, map[string]string{"text": "share given up"}))
	require.NoError(t, j.AppendData(journal.Note, map[string]string{"text": "by phone"}))
	edit(t, j.Path(), "share given up", "share gone back")

	for _, args := range [][]string{{"plan", "failover"}, {"verify", "failover"}, {"run", "failover"}} {
		r := c.run(args...)
		require.Equal(t, 1, r.code, args)
		require.Contains(t, r.stderr, "line 3", args)
		require.Contains(t, r.stderr, "evidence", args)
		require.Empty(t, r.lines, args)
	}
	look := c.run("status").of("snapshot")
	require.Len(t, look, 1)
	require.Contains(t, codes(look[0]), "primary-site-lost")
	require.Contains(t, look[0]["incident"].(map[string]any)["error"], "line 3")
}
