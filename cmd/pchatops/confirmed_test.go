package main

import (
	"database/sql"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	mssql "github.com/microsoft/go-mssqldb"
	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/ops/lab"
	"pchatops/ops/lab/scenario"
	"pchatops/ops/site"
	"pchatops/ops/status"
	"pchatops/tui"
	"pchatops/tui/drive"
)

// onInstance opens a server of the site as an administrator does who knows
// nothing of the console.
func onInstance(t testing.TB, l *lab.Lab, role string) *sql.DB {
	t.Helper()
	for _, in := range l.Describe().Instances {
		if in.Role == role {
			u := url.URL{
				Scheme: "sqlserver", User: url.UserPassword(in.User, in.Password),
				Host: fmt.Sprintf("%s:%d", in.Host, in.Port), RawQuery: "encrypt=disable",
			}
			return database(t, u)
		}
	}
	t.Fatalf("no %s", role)
	return nil
}

// database opens what an address names, for as long as the test runs.
func database(t testing.TB, u url.URL) *sql.DB {
	t.Helper()
	way, err := mssql.NewConnector(u.String())
	require.NoError(t, err)
	if v, ok := t.(*verdict); ok {
		way.Dialer = v
	}
	db := sql.OpenDB(way)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// carried runs steps of the failover of a session, one after the other.
func carried(t testing.TB, s *session, steps ...string) {
	t.Helper()
	require.NoError(t, s.lease.await(t.Context()))
	box := s.incident.Subscribe()
	defer box.Close()
	seen(t, box, func(s *incident.State) bool {
		return s.Snapshot != nil && dead(s.Snapshot, site.Primary) && dead(s.Snapshot, site.Mirror)
	})
	for _, id := range steps {
		sum := s.incident.RunAll(t.Context(), id, best(nil), nil)
		require.Contains(t, []engine.Ending{engine.EndDone, engine.EndIncomplete}, sum.Outcome, "%s: %v", id, sum.Error)
	}
}

func dead(s *status.Snapshot, role site.Role) bool {
	return slices.ContainsFunc(s.Nodes, func(n status.Node) bool { return n.Role == role && n.Life.Verdict == status.Dead })
}

// While the dialog of F6 is open, somebody brings a database online where the
// mirror is to be. It is not dropped: the dialog opens again on what would be
// done now, and asks for a phrase that states the loss.
func TestADatabaseThatAppearsWhileTheDialogIsOpenIsNotDropped(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{Speed: 30})
	s := sessionOn(t, l)
	carried(t, s, "F1", "F2", "F3", "F4a", "F4b", "F5", "F7")
	box := s.incident.Subscribe()
	t.Cleanup(box.Close)
	d := drive.Start(t, drive.Config{
		Options: tui.Options{Incident: s.incident, Site: s.site, Theme: "dark", Width: 80, Height: 24}, Inbox: box, Clock: drive.NewClock(time.Now()),
	})
	d.Expect("✓ F7")
	d.Press("G").Press("enter").Expect("Run F6", "keys are not taken yet").Advance(time.Second)
	d.Expect("To go ahead, type:")

	full := `\\FS01\LogShip\by-hand.bak`
	_, err := onInstance(t, l, "secondary").ExecContext(t.Context(), "BACKUP DATABASE mgc TO DISK = @p1 WITH COPY_ONLY", full)
	require.NoError(t, err)
	second := onInstance(t, l, "secondary-mirror")
	_, err = second.ExecContext(t.Context(), "RESTORE DATABASE mgc FROM DISK = @p1 WITH RECOVERY, REPLACE", full)
	require.NoError(t, err)

	d.Type(typed["F6"]).Press("enter").Expect("Nothing was sent. Since you confirmed it", "keys are not taken yet").Advance(time.Second)
	d.Expect("type:", `drop mgc on SQL12\RTC, ONLINE`)
	d.Type(typed["F6"]).Press("enter").Expect("that is not the text asked for").Press("esc").Lacks("Run F6 Mirror")
	require.Equal(t, 0, l.World().MirrorInstalls())
	var state string
	require.NoError(t, second.QueryRowContext(t.Context(), "SELECT state_desc FROM sys.databases WHERE name = 'mgc'").Scan(&state))
	require.Equal(t, "ONLINE", state, "what somebody brought online is there")
}

// The primary comes back while the dialog of F4b is open: the gate that it
// stands behind was not confirmed.
func TestAGateThatFailsWhileTheDialogIsOpenHoldsTheStepBack(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{Speed: 30})
		s := sessionOn(t, l)
		carried(t, s, "F1", "F2", "F3", "F4a")
		box := s.incident.Subscribe()
		t.Cleanup(box.Close)
		asked := time.Now()
		require.NoError(t, s.incident.Plan("F4b"))
		planned := seen(t, box, func(s *incident.State) bool { return stepOf(s, "F4b").PlanAt.After(asked) })
		given := engine.Granted("F4b", engine.DataLoss, stepOf(planned, "F4b").Plan)

		require.NoError(t, l.World().PowerOn("dc1"))
		primary := onInstance(t, l, "primary")
		until(t, "the primary answers", func() bool { return primary.PingContext(t.Context()) == nil })
		require.NoError(t, s.incident.Run("F4b", given))
		now := seen(t, box, func(s *incident.State) bool {
			f4b := stepOf(s, "F4b")
			return s.Running == "" && (f4b.Err != nil || f4b.Outcome == engine.Done)
		})
		require.NotNil(t, stepOf(now, "F4b").Changed, "%v", stepOf(now, "F4b").Err)
		require.Contains(t, stepOf(now, "F4b").Changed.Error(), "primary")
		require.False(t, l.World().Ledger().Live)
	})
}

// A backup is damaged on the share and in the copy folder, and RESTORE finds out.
// F3 has applied what comes before it; the way on is asked about by itself, and
// opens on the way back.
func TestWhatF3HasLeftToDecideIsAskedAtOnce(t *testing.T) {
	t.Parallel()
	both, err := scenario.Find("both-damaged")
	require.NoError(t, err)
	l := startSite(t, "", lab.Options{Speed: 30, Situation: &both})
	s := sessionOn(t, l)
	carried(t, s, "F1", "F2")
	box := s.incident.Subscribe()
	t.Cleanup(box.Close)
	d := drive.Start(t, drive.Config{
		Options: tui.Options{Incident: s.incident, Site: s.site, Theme: "dark", Width: 80, Height: 24}, Inbox: box, Clock: drive.NewClock(time.Now()),
	})
	d.Expect("✓ F2").Press("enter").Expect("Run F3", "keys are not taken yet").Advance(time.Second)
	d.Press("tab", "enter").Expect("F3 has done what it could. This is left to decide", "keys are not taken yet").Advance(time.Second)
	d.Expect("To pass the gate").Press("esc").Lacks("Run F3 Apply")
	require.False(t, l.World().Ledger().Live)
}

// A digest is given for the loss that it was shown with. By the time it is used the
// primary has lived on for hours without a log backup, and died again.
func TestADigestDoesNotRecoverOnceMoreIsLost(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{Speed: 1})
		c := consoleOn(t, l)
		require.Equal(t, 3, c.run("run", "failover").code, "F4b is not confirmed")
		digest := func() string {
			steps := c.run("plan", "failover").of("step")
			i := slices.IndexFunc(steps, func(s map[string]any) bool { return s["step"] == "F4b" })
			s, _ := steps[i]["digest"].(string)
			return s
		}
		before := digest()
		require.Equal(t, before, digest(), "seconds that pass make no other plan of it")

		w := l.World()
		require.NoError(t, w.PowerOn("dc1"))
		w.StopAgent(`SQL01\RTC`)
		w.StopAgent(`SQL02\RTC`)
		w.Elapse(5 * time.Hour)
		require.NoError(t, w.PowerOff("dc1"))
		r := c.run("run", "failover", "--step", "F4b", "--confirm", "F4b="+before)
		require.Equal(t, 3, r.code, r.stderr)
		require.False(t, w.Ledger().Live, "nobody has agreed to lose five hours of chat")

		now := digest()
		require.NotEqual(t, before, now)
		require.Equal(t, 0, c.run("run", "failover", "--step", "F4b", "--confirm", "F4b="+now).code)
		require.True(t, w.Ledger().Live)
		require.True(t, c.journalSays(`"given":"`+now+`"`), "the record says what was given")
	})
}

// The phrase to drop a database that tells no fork is of that one: another that is put
// in its place, in the same state, is not dropped for it.
func TestThePhraseToDropADatabaseIsOfThatDatabase(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{Speed: 30})
		c := consoleOn(t, l)
		require.Equal(t, 3, c.run("run", "failover", "--confirm", "F4b="+typed["F4b"], "--confirm", "F5="+typed["F5"]).code, "F7 is not confirmed")
		full := `\\FS01\LogShip\by-hand.bak`
		_, err := onInstance(t, l, "secondary").ExecContext(t.Context(), "BACKUP DATABASE mgc TO DISK = @p1 WITH COPY_ONLY", full)
		require.NoError(t, err)
		second := onInstance(t, l, "secondary-mirror")
		put := func() {
			_, err := second.ExecContext(t.Context(), "RESTORE DATABASE mgc FROM DISK = @p1 WITH RECOVERY, REPLACE", full)
			require.NoError(t, err)
			_, err = second.ExecContext(t.Context(), "ALTER DATABASE mgc SET OFFLINE WITH ROLLBACK IMMEDIATE")
			require.NoError(t, err)
		}
		plan := func() (digest string, phrases []string) {
			for _, s := range c.run("plan", "failover").of("step") {
				if s["step"] == "F6" {
					digest, _ = s["digest"].(string)
					for _, g := range s["gates"].([]any) {
						if p, _ := g.(map[string]any)["override"].(string); strings.HasPrefix(p, "drop ") {
							phrases = append(phrases, p)
						}
					}
				}
			}
			return digest, phrases
		}
		put()
		digest, phrases := plan()
		require.Len(t, phrases, 1)
		_, err = second.ExecContext(t.Context(), "DROP DATABASE mgc")
		require.NoError(t, err)
		put()
		for _, text := range []string{digest, phrases[0]} {
			r := c.run("run", "failover", "--step", "F6", "--confirm", "F6="+text, "--confirm", "F6="+typed["F6"])
			require.Equal(t, 3, r.code, r.stderr)
		}
		require.Equal(t, 0, l.World().MirrorInstalls())
		_, now := plan()
		r := c.run("run", "failover", "--step", "F6", "--confirm", "F6="+now[0], "--confirm", "F6="+typed["F6"])
		require.Equal(t, 0, r.code, r.stderr)
	})
}
