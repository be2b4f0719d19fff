package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/journal"
	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
)

// While the chat runs on the mirror, whatever a step comes to says so, and names the
// way back. Nobody is sent in a circle.
func TestWhileTheChatIsOnTheMirrorARefusalNamesTheWayBack(t *testing.T) {
	t.Parallel()
	for name, meets := range map[string]func(t testing.TB, l *lab.Lab, c *console){
		"log shipping was removed": func(t testing.TB, _ *lab.Lab, c *console) {
			r := c.run("run", "unship")
			require.Equal(t, 0, r.code, r.stderr)
		},
		"the Agent of the mirror is stopped": func(_ testing.TB, l *lab.Lab, _ *console) { l.World().StopAgent(world.Mirror) },
		"the primary is off": func(t testing.TB, l *lab.Lab, _ *console) {
			require.NoError(t, l.World().PowerOff(world.Primary))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				l := startSite(t, "ship-mirror", lab.Options{})
				c := consoleOn(t, l)
				require.Equal(t, 0, c.run(append([]string{"run", "ship-mirror", "--step", "M1"}, confirmMirror()...)...).code)
				meets(t, l, consoleOn(t, l))
				r := c.run(append([]string{"run", "ship-mirror"}, confirmMirror()...)...)
				require.NotEqual(t, 0, r.code)
				require.Regexp(t, `the chat (runs|ran) on the mirror SQL02.RTC`, r.stderr)
				require.Contains(t, r.stderr, "run ship-mirror --step M22")
				require.NotContains(t, r.stderr, "bring the primary's configuration in order first")
				if name != "log shipping was removed" {
					return
				}
				p := c.run("run", "ship-primary")
				require.Equal(t, exitRefused, p.code)
				require.Contains(t, p.stderr, "run ship-mirror --step M22")
				require.Contains(t, p.stderr, "it is the mirror now")
				for _, args := range [][]string{
					append([]string{"ship-mirror", "--step", "M22"}, confirmMirror()...),
					{"ship-primary"},
					append([]string{"ship-mirror", "--new"}, confirmMirror()...),
				} {
					r := c.run(append([]string{"run"}, args...)...)
					require.Equal(t, 0, r.code, "%s: %s", args, r.stderr)
				}
			})
		})
	}
}

// A step of ship-primary begins nothing once the mirror has taken over, and says that.
func TestNothingIsSetUpFromAPrimaryThatIsTheMirrorByNow(t *testing.T) {
	t.Parallel()
	steps := []string{"P0", "P4-P6", "P13a", "P13b", "P1-P9", "P10-P19", "P20"}
	for n, step := range steps[2:] {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				l := startSite(t, "ship-primary", lab.Options{})
				c := consoleOn(t, l)
				for _, s := range steps[:n+2] {
					require.Equal(t, 0, c.run("run", "ship-primary", "--step", s).code, s)
				}
				require.NoError(t, l.World().FailoverDatabase(t.Context(), "Mirror", false, func(string) {}))
				r := c.run("run", "ship-primary", "--step", step)
				require.Equal(t, exitRefused, r.code, r.stderr)
				require.Empty(t, r.of("action"))
				require.Contains(t, r.stderr, `mgc on SQL01\RTC is RESTORING: it is the mirror now`)
				require.NotContains(t, r.stderr, "has no chain of log backups")
			})
		})
	}
}

// The way back, asked for by name, asks neither how old its incident is nor what has
// become of the steps in between; and whatever else is refused names ways that work.
func TestTheWayBackGoesOnWithWhateverIncidentItBelongsTo(t *testing.T) {
	t.Parallel()
	removed := func(t testing.TB, l *lab.Lab, _ *console) {
		r := consoleOn(t, l).run("run", "unship")
		require.Equal(t, 0, r.code, r.stderr)
	}
	shifted := func(by time.Duration) func(testing.TB, *lab.Lab, *console) {
		return func(t testing.TB, _ *lab.Lab, c *console) { rewrite(t, c.state, by, nil) }
	}
	for name, c := range map[string]struct {
		step   string // up to which it was run
		meets  func(t testing.TB, l *lab.Lab, c *console)
		doubts string
	}{
		"log shipping was removed": {"M21", removed, "M4-M20 was done, and is not so any more"},
		"a setting was changed": {"M21", func(t testing.TB, l *lab.Lab, _ *console) {
			_, err := onInstance(t, l, "mirror").ExecContext(t.Context(), "EXEC master.dbo.sp_change_log_shipping_primary_database @database = 'mgc', @backup_threshold = 90")
			require.NoError(t, err)
		}, "M4-M20 was done, and is not so any more"},
		"M1 is a day old":   {"M1", shifted(-25 * time.Hour), "25 hours old"},
		"M21 is a week old": {"M21", shifted(-7 * 24 * time.Hour), "7 days old"},
		"a clock was wrong": {"M1", shifted(48 * time.Hour), "a clock is or was wrong"},
		"an earlier version began": {"M1", func(t testing.TB, _ *lab.Lab, c *console) {
			rewrite(t, c.state, 0, func(o *journal.Opening) { o.Identity = "" })
		}, "an earlier version"},
		"it is old, and log shipping was removed": {"M21", func(t testing.TB, l *lab.Lab, c *console) {
			removed(t, l, c)
			shifted(-25*time.Hour)(t, l, c)
		}, "25 hours old"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				l := startSite(t, "ship-mirror", lab.Options{})
				con := consoleOn(t, l)
				to := confirmMirror()[:2]
				if c.step == "M1" {
					to = append(to, "--step", "M1")
				}
				r := con.run(append([]string{"run", "ship-mirror"}, to...)...)
				require.Len(t, r.of("step"), map[string]int{"M1": 1, "M21": 4}[c.step], r.stderr)
				id := incidentIn(t, con.state)
				c.meets(t, l, con)
				principal := func(r string) { require.Equal(t, []string{l.World().Instance(r).Name()}, l.World().Truth().Principal) }

				for _, args := range [][]string{nil, {"--step", "M21"}, {"--step", "M22b"}} {
					r := con.run(append(append([]string{"run", "ship-mirror"}, args...), confirmMirror()...)...)
					require.Equal(t, exitRefused, r.code, r.stderr)
					for _, says := range []string{id, c.doubts, "--resume " + id, "--new", "--step M22, the way back, needs neither"} {
						require.Contains(t, r.stderr, says, "%v", args)
					}
					require.Empty(t, r.of("action"))
				}
				resumed := con.run("run", "ship-mirror", "--resume", id, "--step", "M2-M3")
				require.NotContains(t, resumed.stderr, "it is unfinished", "the other way works, too")

				bare := con.run("run", "ship-mirror", "--step", "M22")
				require.Equal(t, exitRefused, bare.code, bare.stderr)
				require.Contains(t, bare.stderr, "nothing was typed to confirm it", "what it asks for itself, it asks for still")
				principal(world.Mirror)

				back := con.run(append([]string{"run", "ship-mirror", "--step", "M22"}, confirmMirror()...)...)
				require.Equal(t, 0, back.code, back.stderr)
				principal(world.Primary)
				require.Equal(t, id, incidentIn(t, con.state), "no other was begun")
				require.Equal(t, 0, con.run("history", "--audit").code)
			})
		})
	}
}

// rewrite has the only journal of a folder written at another time, and by a console
// that opened it in another way.
func rewrite(t testing.TB, dir string, by time.Duration, opens func(*journal.Opening)) {
	t.Helper()
	id := incidentIn(t, dir)
	path := filepath.Join(dir, id+".jsonl")
	var lines []journal.Line
	require.NoError(t, replay(path, func(l journal.Line) error {
		l.Data = bytes.Clone(l.Data)
		lines = append(lines, l)
		return nil
	}))
	var first journal.Opening
	require.NoError(t, json.Unmarshal(lines[0].Data, &first))
	if opens != nil {
		opens(&first)
	}
	require.NoError(t, os.Remove(path))
	at := lines[0].Time
	j, err := journal.Create(dir, first, journal.Options{By: lines[0].By, Now: func() time.Time { return at.Add(by) }})
	require.NoError(t, err)
	for _, l := range lines[1:] {
		at = l.Time
		_, err := j.Append(l)
		require.NoError(t, err)
	}
	require.NoError(t, j.Close())
}

// Somebody takes the secondary from the primary between two runs: that the mirror has
// none either is no setting of the primary's that it has.
func TestAPrimaryWithoutASecondaryIsNothingToConfigureTheMirrorFrom(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "ship-mirror", lab.Options{})
		c := consoleOn(t, l)
		for _, step := range []string{"M1", "M2-M3", "M4-M20"} {
			require.Equal(t, 0, c.run(append([]string{"run", "ship-mirror", "--step", step}, confirmMirror()...)...).code, step)
		}
		require.Equal(t, 0, consoleOn(t, l).run("run", "unship", "--step", "U1").code)
		r := c.run(append([]string{"run", "ship-mirror"}, confirmMirror()...)...)
		require.Equal(t, exitRefused, r.code, r.stderr)
		require.Len(t, steps(c.run("verify", "ship-mirror"), "M4-M20", "failed"), 1)
	})
}

// After the way back a run begins with M1 again, unasked: this very incident has taken
// M1 back. What somebody else has undone meanwhile still contradicts it.
func TestARunAfterTheWayBackBeginsWithM1Again(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		steps []string
		meets func(t testing.TB, l *lab.Lab)
		says  string
	}{
		"at once":                         {[]string{"M1", "M22"}, nil, ""},
		"when all but the proof was done": {[]string{"M1", "M2-M3", "M4-M20", "M22"}, nil, ""},
		"and M1 was done again by then":   {[]string{"M1", "M22", "M1"}, nil, ""},
		"and somebody has moved it, too":  {[]string{"M1", "M22", "M1"}, somebodyMoves("Primary"), "M1 was done, and is not so any more"},
		"and somebody has moved it away":  {[]string{"M1", "M22"}, somebodyMoves("Mirror"), "M22 was done, and is not so any more"},
		"and somebody removed the shipping": {[]string{"M1", "M2-M3", "M4-M20", "M22"}, func(t testing.TB, l *lab.Lab) {
			r := consoleOn(t, l).run("run", "unship")
			require.Equal(t, 0, r.code, r.stderr)
		}, "M4-M20 was done, and is not so any more"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				l := startSite(t, "ship-mirror", lab.Options{})
				con := consoleOn(t, l)
				for _, step := range c.steps {
					r := con.run(append(shipMirror(), "--step", step)...)
					require.Equal(t, 0, r.code, "%s: %s", step, r.stderr)
				}
				id := incidentIn(t, con.state)
				if c.meets != nil {
					c.meets(t, l)
				}
				r := con.run(shipMirror()...)
				require.Equal(t, id, incidentIn(t, con.state))
				if c.says != "" {
					require.Equal(t, exitRefused, r.code, r.stderr)
					require.Contains(t, r.stderr, c.says)
					require.Empty(t, r.of("action"))
					return
				}
				require.Equal(t, 0, r.code, r.stderr)
				require.Equal(t, 4, l.World().Ledger().Started["Invoke-CsDatabaseFailover"])
				require.Equal(t, 0, con.run("history", "--audit").code)
			})
		})
	}
}

// somebodyMoves is somebody who moves the chat.
func somebodyMoves(to string) func(testing.TB, *lab.Lab) {
	return func(t testing.TB, l *lab.Lab) {
		require.NoError(t, l.World().FailoverDatabase(t.Context(), to, false, func(string) {}))
	}
}
