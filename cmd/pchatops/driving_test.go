package main

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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
	t.Parallel()
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
	seen(t, box, func(s *incident.State) bool { return s.Running == "F6" })

	require.NoError(t, driver.Process.Kill())
	_ = driver.Wait()
	state := seenWithin(t, 10*time.Second, box, func(s *incident.State) bool { return s.Running == "" })
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
	begun(t, dir, "failover", "", journalLine(t, journal.Plan, engine.PlanRecord{Procedure: "failover", Step: "F3", Risk: engine.Reversible, Accepted: true}))
	begun(t, dir, "ship-primary", "")
	lines, found := openIncidents(dir, "litware-lab", "")
	require.Equal(t, []*incidentLine{{ID: lines[0].ID, Procedure: "ship-primary"}, {ID: lines[1].ID, Procedure: "failover", Step: "F3", Abandoned: true}}, lines, "the newest first")
	require.Equal(t, "driver-gone", found[0].Code)
	require.Contains(t, found[0].Why, "in the middle of F3")
	require.Equal(t, "incident "+lines[0].ID+": ship-primary is open; nobody drives it from this host", lines[0].words())
	require.Equal(t, "incident "+lines[1].ID+": failover, left in the middle of F3; nobody drives it from this host", lines[1].words())

	me := journal.Myself(time.Now())
	me.Procedure = "ship-primary"
	lock, err := journal.Acquire(dir, journal.Opening{Site: "litware-lab"}, me)
	require.NoError(t, err)
	p := presence(dir, journal.Opening{Site: "litware-lab", Procedure: "failover"})()
	require.True(t, p.Gone)
	require.Equal(t, me.User+" (ship-primary)", p.Who)
	require.Contains(t, p.Says, "driving litware-lab (ship-primary)")
	require.False(t, presence(dir, journal.Opening{Site: "litware-lab", Procedure: "ship-primary"})().Gone)
	require.NoError(t, lock.Release())

	me.Procedure = "failover"
	lock, err = journal.Acquire(dir, journal.Opening{Site: "litware-lab"}, me)
	require.NoError(t, err)
	lines, found = openIncidents(dir, "litware-lab", "")
	require.Equal(t, []*incidentLine{{ID: lines[0].ID, Procedure: "failover", Step: "F3", Driver: me.String()}, {ID: lines[1].ID, Procedure: "ship-primary"}}, lines, "the one that is driven first")
	require.Empty(t, found)
	require.NoError(t, lock.Release())
	require.True(t, presence(dir, journal.Opening{Site: "litware-lab", Procedure: "failover"})().Gone)
}

// begun leaves the journal of an incident of litware-lab, the site of that
// identity, with these notes in it, and gives its path.
func begun(t testing.TB, dir, procedure, identity string, notes ...journal.Line) string {
	t.Helper()
	id := journal.NewID("litware-lab", procedure, time.Now())
	j, err := journal.Create(dir, journal.Opening{ID: id, Site: "litware-lab", Procedure: procedure, Identity: identity}, journal.Options{By: "alice"})
	require.NoError(t, err)
	for _, n := range notes {
		_, err := j.Append(n)
		require.NoError(t, err)
	}
	require.NoError(t, j.Close())
	return j.Path()
}

// journalLine is a line of a journal.
func journalLine(t testing.TB, of journal.Type, data any) journal.Line {
	t.Helper()
	raw, err := json.Marshal(data)
	require.NoError(t, err)
	return journal.Line{Type: of, Data: raw}
}

// Somebody has edited the journal. No plan rests on it; the look at the site
// does not depend on it.
func TestADamagedJournalIsToldAndHidesNotTheSite(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{Speed: 1})
	c := consoleOn(t, l)
	estate, err := site.Load(l.Describe().Config)
	require.NoError(t, err)
	path := begun(t, c.state, "failover", estate.Identity(),
		journalLine(t, journal.Note, map[string]string{"text": "share given up"}), journalLine(t, journal.Note, map[string]string{"text": "by phone"}))
	edit(t, path, "share given up", "share gone back")

	for _, args := range [][]string{{"plan", "failover"}, {"verify", "failover"}, {"run", "failover"}} {
		r := c.run(args...)
		require.Equal(t, 1, r.code, args)
		require.Contains(t, r.stderr, "line 3", args)
		require.Contains(t, r.stderr, "evidence", args)
		require.Empty(t, r.of("action"), args)
	}
	look := c.run("status").of("snapshot")
	require.Len(t, look, 1)
	require.Contains(t, codes(look[0]), "primary-site-lost")
	require.Contains(t, look[0]["incident"].(map[string]any)["error"], "line 3")
}

// The journal of an incident is torn: nobody knows that it is over. Whoever looks
// at the site is told, before the first server has answered and ever after.
func TestATornJournalIsNotTakenForNoIncident(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{Speed: 1})
	c := consoleOn(t, l)
	path := filepath.Join(c.state, journal.NewID("litware-lab", "ship-primary", time.Now())+".jsonl")
	require.NoError(t, os.WriteFile(path, []byte("{"), 0o600))
	const wrong = "no line of a journal can be read in it"

	r := c.run("status")
	require.Equal(t, 1, r.code)
	look := r.of("snapshot")[0]
	require.Contains(t, codes(look), "journal-unread")
	says := look["incident"].(map[string]any)["error"]
	require.Contains(t, says, path)
	require.Contains(t, says, wrong)
	out, err := exec.CommandContext(t.Context(), binary, "--config", c.config, "--state-dir", c.state, "status").Output()
	require.Error(t, err)
	require.Contains(t, string(out), "incident: read the journal "+path+": state: "+wrong)
	require.Contains(t, string(out), "JOURNAL UNREAD")

	said := talk(t, func(line string) string {
		if strings.Contains(line, "Enter lists the choices") {
			return "0"
		}
		return ""
	}, "--config", c.config, "--state-dir", c.state, "console", "--plain")
	require.Contains(t, said, "JOURNAL UNREAD")
	require.Contains(t, strings.Join(strings.Fields(said), " "), wrong)

	estate, err := site.Load(c.config)
	require.NoError(t, err)
	s, err := open(t.Context(), ask{site: estate, procedure: "failover", dir: c.state, secrets: site.NewSecrets(nil)})
	require.NoError(t, err)
	box := s.incident.Subscribe()
	require.Equal(t, "journal-unread", seen(t, box, func(*incident.State) bool { return true }).Findings[0].Code)
	box.Close()
	require.NoError(t, s.close())

	// Beside an incident that can be read it is named as well.
	lines, found := openIncidents(c.state, estate.Name, estate.Identity())
	require.Len(t, lines, 1)
	require.Empty(t, lines[0].Error)
	require.Equal(t, "failover", lines[0].Procedure)
	require.Len(t, found, 1)
	require.Contains(t, found[0].Why, path)
}

// A console was killed as it began the incident, or its disk was full: what it has
// left holds nothing. It is named, and the failover is begun all the same.
func TestAJournalWithNothingInItDoesNotKeepTheFailoverFromRunning(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"empty": "", "half a line": `{"seq":1,"time":"2026-11-`, "zeros": "\x00\x00\n\x00"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				l := startSite(t, "failover", lab.Options{})
				c := consoleOn(t, l)
				path := filepath.Join(c.state, journal.NewID("litware-lab", "failover", time.Now())+".jsonl")
				require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
				r := c.run(append([]string{"run", "failover"}, confirm()...)...)
				require.Equal(t, 0, r.code, r.stderr)
				found := r.of("finding")
				require.Len(t, found, 1)
				require.Equal(t, "journal-unread", found[0]["code"])
				require.Contains(t, found[0]["why"], path)
				require.Contains(t, found[0]["do"], "delete it")
				require.Equal(t, 0, c.run("run", "failover", "--new").code, "nor another one")
			})
		})
	}
}
