package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/ops/journal"
	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
	"pchatops/ops/site"
)

// askOn prepares sessions without a screen on a simulated site.
func askOn(t testing.TB, l *lab.Lab, dir string) ask {
	t.Helper()
	s, err := site.Load(l.Describe().Config)
	require.NoError(t, err)
	return ask{site: s, procedure: "failover", dir: dir, secrets: site.NewSecrets(nil), on: machineFor(t)}
}

// breakOff runs the failover up to F4b and stops there, and gives the incident.
func breakOff(t testing.TB, c *console, dir string) string {
	t.Helper()
	r := c.run("run", "failover")
	require.Equal(t, 3, r.code, "F4b was not confirmed: "+r.stderr)
	return incidentIn(t, dir)
}

func incidentIn(t testing.TB, dir string) string {
	t.Helper()
	all, err := journal.List(dir)
	require.NoError(t, err)
	require.NotEmpty(t, all)
	return all[0].ID
}

// The failover was broken off at F4b; then log shipping was set up again. Old
// ticks do not let the failover of another day through.
func TestARunDoesNotGoOnWithAnIncidentThatTheServersContradict(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{Speed: 30})
		c := consoleOn(t, l)
		dir := c.state
		id := breakOff(t, c, dir)

		r := c.run("run", "failover")
		require.Equal(t, 3, r.code)
		require.Contains(t, r.stderr, "F4b", "nothing has changed: it goes on, and stops where it stopped")

		shipAgain(t, l)
		r = c.run(append([]string{"run", "failover"}, confirm()...)...)
		require.Equal(t, 3, r.code, r.stderr)
		for _, want := range []string{id, "the servers contradict it", "F1 was done, and is not so any more", "--resume " + id, "--new"} {
			require.Contains(t, r.stderr, want)
		}
		require.False(t, l.World().Ledger().Live)
		step := c.run("run", "failover", "--step", "F4b", "--resume", id, "--confirm", `F4b=SQL11\RTC of litware-lab`)
		require.Equal(t, 3, step.code, "resumed by name, the tick is still none: "+step.stderr)
		require.Contains(t, step.stderr, "F1 Remove log shipping was done, and is not so any more")
		require.False(t, l.World().Ledger().Live)

		r = c.run(append([]string{"run", "failover", "--new"}, confirm()...)...)
		require.Equal(t, 0, r.code, r.stderr)
		all, err := journal.List(dir)
		require.NoError(t, err)
		require.Len(t, all, 2)
		for _, i := range all {
			require.True(t, i.Ended, i.ID)
			require.Equal(t, 0, c.run("history", i.ID, "--audit").code, "the audit holds")
		}
		appliedOnce(t, l)
	})
}

// A day later a run does not go on unasked, whatever the servers say.
func TestARunDoesNotGoOnWithAnIncidentOfAnotherDay(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{})
	dir := t.TempDir()
	a := askOn(t, l, dir)
	began := time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)
	at := func(d time.Duration) func() time.Time { return func() time.Time { return began.Add(d) } }
	a.clock = at(0)
	first, err := open(t.Context(), a)
	require.NoError(t, err)
	id := incidentID(first.journal)
	require.NoError(t, first.close())

	for name, c := range map[string]struct {
		after  time.Duration
		change func(*ask)
		code   int
		says   string
		same   bool
	}{
		"just under a day":         {23*time.Hour + 59*time.Minute, nil, 0, "", true},
		"a day":                    {24 * time.Hour, nil, 3, "24 hours old", false},
		"a week":                   {7 * 24 * time.Hour, nil, 3, "7 days old", false},
		"a clock was wrong":        {-48 * time.Hour, nil, 3, "a clock is or was wrong", false},
		"a week, named":            {7 * 24 * time.Hour, func(a *ask) { a.resume = id }, 0, "", true},
		"named, of another site":   {0, func(a *ask) { a.resume, a.site.Mark = id, "another" }, 3, "another site", false},
		"named, another procedure": {0, func(a *ask) { a.resume, a.procedure = id, "ship-primary" }, 3, "one of failover", false},
		"named, unknown":           {0, func(a *ask) { a.resume = "nonsense" }, 2, "no incident", false},
		"another site":             {time.Second, func(a *ask) { a.site.Mark = "another" }, 0, "", false},
		"called otherwise":         {0, func(a *ask) { a.site.Name = "other" }, 0, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			kept := t.TempDir()
			require.NoError(t, os.CopyFS(kept, os.DirFS(dir)))
			mine := askOn(t, l, kept)
			mine.clock = at(c.after)
			if c.change != nil {
				c.change(&mine)
			}
			s, err := open(t.Context(), mine)
			require.Equal(t, c.code, codeOf(t.Context(), err), "%v", err)
			if err != nil {
				require.ErrorContains(t, err, c.says)
				return
			}
			require.Equal(t, c.same, incidentID(s.journal) == id)
			require.NoError(t, s.close())
		})
	}
}

// What was not decided is no going-on: a console that was opened on an old incident and
// left, whatever it wrote, makes it no younger. To go on with it does.
func TestAConsoleThatWasLeftUndecidedMakesNoIncidentYounger(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{})
	began := time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		does    func(*session) error
		younger bool
	}{
		"looked":               {func(*session) error { return nil }, false},
		"kept a note":          {func(s *session) error { return s.incident.Note("who began this?") }, false},
		"tried to run a step":  {func(s *session) error { _ = s.incident.Run("F2", engine.Confirmation{}); return nil }, false},
		"tried to skip a step": {func(s *session) error { _ = s.incident.Skip("F2", "by hand"); return nil }, false},
		"verified a step":      {func(s *session) error { _ = s.incident.Verify("F2"); return nil }, false},
		"polled":               {func(s *session) error { return s.incident.Poll() }, false},
		"saw that chat is back": {func(s *session) error {
			raw, err := json.Marshal(engine.SeenRecord{Fact: engine.Fact{Name: engine.ChatBack, Value: "now"}})
			if err == nil {
				_, err = s.journal.Append(journal.Line{Type: journal.Seen, Data: raw})
			}
			return err
		}, false},
		"went on with it": {func(s *session) error { return s.incident.Resume() }, true},
	} {
		t.Run(name, func(t *testing.T) {
			a := askOn(t, l, t.TempDir())
			at := began
			a.clock = func() time.Time { return at }
			first, err := open(t.Context(), a)
			require.NoError(t, err)
			id := incidentID(first.journal)
			require.NoError(t, first.close())
			at = began.Add(25 * time.Hour)
			_, err = open(t.Context(), a)
			require.Equal(t, exitRefused, codeOf(t.Context(), err))
			for range 2 {
				looks := a
				looks.asks, looks.live = true, true
				s, err := open(t.Context(), looks)
				require.NoError(t, err)
				require.Equal(t, id, incidentID(s.journal))
				require.NoError(t, c.does(s))
				require.NoError(t, s.close())
				if c.younger {
					break
				}
			}
			s, err := open(t.Context(), a)
			if c.younger {
				require.NoError(t, err)
				require.NoError(t, s.close())
				return
			}
			require.Equal(t, exitRefused, codeOf(t.Context(), err), "%v", err)
			require.ErrorContains(t, err, "25 hours old (2026-11-21T03:00:00Z)")
		})
	}
}

// A console can ask: it opens on the old incident, runs nothing, and tells.
func TestAConsoleOnAnOldIncidentRunsNothingBeforeItIsToldTo(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{Speed: 30})
		c := consoleOn(t, l)
		id := breakOff(t, c, c.state)
		shipAgain(t, l)
		a := askOn(t, l, c.state)
		a.asks, a.live = true, true
		a.clock = func() time.Time { return time.Now().Add(72 * time.Hour) }
		s, err := open(t.Context(), a)
		require.NoError(t, err)
		box := s.incident.Subscribe()
		defer box.Close()
		now := seen(t, box, func(s *incident.State) bool { return s.Old != nil })
		require.Equal(t, id, now.Old.ID)
		require.Contains(t, now.Old.Why, "3 days old")
		require.Contains(t, strings.Join(now.Old.Changed, "\n"), "F1 was done, and is not so any more")
		require.Contains(t, stepOf(now, "F4b").Blocked, "go on with it")
		require.Error(t, s.incident.Run("F4b", engine.Granted("F4b", engine.DataLoss, &engine.Plan{})))
		require.NoError(t, s.incident.Resume())
		now = seen(t, box, func(s *incident.State) bool { return s.Old == nil })
		require.Contains(t, stepOf(now, "F4b").Blocked, "F1 was done, and is not so any more")
		require.NoError(t, s.incident.Conclude("the failover of last week"))
		now = seen(t, box, func(s *incident.State) bool { return !s.Ended.IsZero() })
		require.Contains(t, now.ReadOnly, "closed")
		require.NoError(t, s.close())
		next, err := open(t.Context(), a)
		require.NoError(t, err)
		require.NotEqual(t, id, incidentID(next.journal))
		require.NoError(t, next.close())
		require.Equal(t, 0, c.run("history", id, "--audit").code)
	})
}

func TestAnIncidentIsClosedWithAReason(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{})
		c := consoleOn(t, l)
		id := breakOff(t, c, c.state)
		require.Equal(t, 2, c.run("close", id).code, "a reason is needed")
		require.Equal(t, 2, c.run("close", "nonsense", "--reason", "x").code)
		lock, err := journal.Acquire(c.state, opening(askOn(t, l, c.state).site, "failover", time.Now()), journal.Myself(time.Now()))
		require.NoError(t, err)
		require.Equal(t, 5, c.run("close", id, "--reason", "not mine").code, "somebody drives")
		require.NoError(t, lock.Release())
		for _, option := range []string{"--resume", "--step", "--config", "--state-dir"} {
			r := c.run("run", "failover", option, "")
			require.Equal(t, 2, r.code, "%s without a text is not the same as none: %s", option, r.stderr)
			require.Contains(t, r.stderr, option+" has no text")
		}
		reason := "it was\na drill"
		r := c.run("close", id, "--reason", reason)
		require.Equal(t, 0, r.code, r.stderr)
		require.Equal(t, id, r.of("closed")[0]["id"])
		require.Equal(t, 3, c.run("close", id, "--reason", "again").code)
		require.Equal(t, 3, c.run("run", "failover", "--resume", id).code)
		require.Equal(t, 0, c.run("history", id, "--audit").code)
		all := c.run("history").of("incident")
		require.Equal(t, true, all[0]["ended"])
		require.Equal(t, "closed", all[0]["outcome"])
		require.Equal(t, reason, all[0]["reason"])
		require.Equal(t, 3, c.run("run", "failover").code)
		require.NotEqual(t, id, incidentIn(t, c.state), "the next run begins another")
	})
}

func TestHistorySaysHowAnIncidentEnded(t *testing.T) {
	for end, words := range map[string]string{
		`{"outcome":"closed","reason":"it was\na drill"}`: "closed: it was a drill",
		`{"outcome":"closed"}`:                            "closed",
		`{"outcome":"done"}`:                              "ended: done",
		`{"outcome":"incomplete","reason":"no such"}`:     "ended: incomplete",
		`{}`: "ended",
		`[`:  "ended",
	} {
		_, _, said := howEnded([]byte(end))
		require.Equal(t, words, said, end)
	}
}

// The summary names the end of the record: who keeps it can tell later that
// nothing was added, taken away or changed.
func TestASummaryNamesTheHeadOfTheJournal(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{Speed: 30})
		c := consoleOn(t, l)
		for _, args := range [][]string{{"run", "failover"}, append([]string{"run", "failover"}, confirm()...)} {
			r := c.run(args...)
			raw, err := os.ReadFile(filepath.Join(c.state, incidentIn(t, c.state)+".jsonl"))
			require.NoError(t, err)
			lines := bytes.Split(bytes.TrimRight(raw, "\n"), []byte("\n"))
			sum := sha256.Sum256(lines[len(lines)-1])
			require.Equal(t, hex.EncodeToString(sum[:]), r.summary(t)["journal_head"])
		}
	})
}

// shipAgain sets log shipping up on the secondary anew, as a colleague does by
// hand.
func shipAgain(t testing.TB, l *lab.Lab) {
	t.Helper()
	_, err := onInstance(t, l, "secondary").ExecContext(t.Context(), `EXEC master.dbo.sp_add_log_shipping_secondary_primary
  @primary_server = N'SQL01\RTC', @primary_database = N'mgc', @backup_source_directory = N'\\FS01\LogShip',
  @backup_destination_directory = N'E:\LogShip', @copy_job_name = N'LSCopy_again', @restore_job_name = N'LSRestore_again',
  @file_retention_period = 4320;
EXEC master.dbo.sp_add_log_shipping_secondary_database @secondary_database = N'mgc', @primary_server = N'SQL01\RTC',
  @primary_database = N'mgc', @restore_delay = 0, @restore_mode = 0, @disconnect_users = 0, @restore_threshold = 45,
  @threshold_alert_enabled = 1, @history_retention_period = 5760;`)
	require.NoError(t, err)
}

// seen waits for a state.
func seen(t testing.TB, box *incident.Mailbox, ok func(*incident.State) bool) *incident.State {
	t.Helper()
	return seenWithin(t, time.Minute, box, ok)
}

func seenWithin(t testing.TB, most time.Duration, box *incident.Mailbox, ok func(*incident.State) bool) *incident.State {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), most)
	defer cancel()
	for {
		s, err := box.Next(ctx)
		require.NoError(t, err)
		if ok(s) {
			return s
		}
	}
}

// One simulated site looks like the next, and is another: its journals are not
// gone on with.
func TestAFreshLabNeverMeetsTheJournalOfAnother(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		first, second := startSite(t, "failover", lab.Options{}), startSite(t, "failover", lab.Options{})
		dir := t.TempDir()
		var ids []string
		for i, l := range []*lab.Lab{first, second, first} {
			a := askOn(t, l, dir)
			a.clock = func() time.Time { return time.Now().Add(time.Duration(i) * time.Second) }
			s, err := open(t.Context(), a)
			require.NoError(t, err)
			ids = append(ids, incidentID(s.journal))
			require.NoError(t, s.close())
		}
		require.NotEqual(t, ids[0], ids[1])
		require.Equal(t, ids[0], ids[2])
	})
}

// A server that refuses the login is not down, and a look that did not see it
// says so.
func TestStatusSaysWhatItCouldNotLearn(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "healthy", lab.Options{})
		c := consoleOn(t, l)
		require.Equal(t, 0, c.run("status").code)
		edit(t, l.Path("secrets.yaml"), "sa-SQL12: "+l.World().Instance(world.SecondaryMirror).Password("sa"), "sa-SQL12: Canary-4711")
		r := c.run("status")
		require.Equal(t, 1, r.code)
		snapshot := r.of("snapshot")[0]
		require.Equal(t, `SQL12\RTC`, snapshot["unlearned"].([]any)[0].(map[string]any)["what"])
		for _, n := range snapshot["nodes"].([]any) {
			if node := n.(map[string]any); node["address"] == `SQL12\RTC` {
				require.Equal(t, "NO LOGIN", node["word"])
				require.NotEqual(t, "dead", node["life"])
			}
		}
		require.NotContains(t, r.stderr, "Canary")

		edit(t, l.Path("secrets.yaml"), "ops:", "other:")
		r = c.run("status")
		require.Equal(t, 1, r.code)
		snapshot = r.of("snapshot")[0]
		require.Nil(t, snapshot["share"].(map[string]any)["files"], "what was not read has no count")
		require.Equal(t, false, snapshot["pool"].(map[string]any)["read"])
		told := fmt.Sprint(snapshot["unlearned"], snapshot["findings"])
		require.Contains(t, told, "has no entry ops")
		require.Contains(t, told, "add a line")
		require.NotContains(t, told, "check the file server")
	})
}
