package main

import (
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
)

// impatient gives the site file less patience with silent servers, not other rules.
func impatient(t testing.TB, l *lab.Lab, refused string) {
	t.Helper()
	edit(t, l.Describe().Config, soonDead, fmt.Sprintf("dead_after: {silent: 900ms, refused: %s, attempts: 3}", refused))
	edit(t, l.Describe().Config, "connect: 3s", "connect: 1s")
	edit(t, l.Describe().Config, "answer: 5s", "answer: 2s")
}

// noise is a peer that answers everything with what is neither TLS nor TDS, and
// gives its port.
func noise(t *verdict) int {
	t.Helper()
	ln, err := t.on.net.Listen("127.0.0.1:0")
	require.NoError(t, err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			_, _ = c.Write([]byte(strings.Repeat("\xff\xfe\xfd\xfc", 64)))
			_ = c.Close()
		}
	}()
	t.Cleanup(func() { _ = ln.Close(); <-done })
	return ln.Addr().(*net.TCPAddr).Port
}

const mirrorName, primaryName = `SQL02\RTC`, `SQL01\RTC`

// port is where an instance listens.
func port(t testing.TB, l *lab.Lab, name string) string {
	t.Helper()
	for _, in := range l.Describe().Instances {
		if in.Name == name {
			return fmt.Sprintf("port: %d", in.Port)
		}
	}
	t.Fatal(name)
	return ""
}

// Each is a site whose primary lives, or may: nothing at all may happen to it
// without the phrase of the gate, and log shipping stays as it was.
func TestAPrimaryThatMayLiveIsNotFailedOver(t *testing.T) {
	t.Parallel()
	off := func(role string) func(testing.TB, *lab.Lab) {
		return func(t testing.TB, l *lab.Lab) { require.NoError(t, l.World().PowerOff(role)) }
	}
	state := func(node, what string) func(testing.TB, *lab.Lab) {
		return func(t testing.TB, l *lab.Lab) {
			ctl(t, l, "network", map[string]string{"node": node, "state": what})
		}
	}
	cut := func(from string) func(testing.TB, *lab.Lab) {
		return func(t testing.TB, l *lab.Lab) {
			ctl(t, l, "partition", map[string]string{"target": "dc1", "from": from, "on": "true"})
		}
	}
	late := func(node string, d time.Duration) func(testing.TB, *lab.Lab) {
		return func(_ testing.TB, l *lab.Lab) { l.Link(node).SetDelay(d) }
	}
	for name, c := range map[string]struct {
		change []func(testing.TB, *lab.Lab)
		says   []string // on standard error
		code   string   // of a finding that status has; "": none is asked for
	}{
		"primary and mirror hang": {
			[]func(testing.TB, *lab.Lab){state(primaryName, "hang"), state(mirrorName, "hang"), off("witness")},
			[]string{"the connection was accepted", `leave SQL01\RTC or SQL02\RTC without log shipping if it lives`},
			"life-unknown",
		},
		"the primary hangs, its mirror says that it lives": {
			[]func(testing.TB, *lab.Lab){state(primaryName, "hang")},
			[]string{"mirroring with it is SYNCHRONIZED", `abandon SQL01\RTC`, "no server with newer chat"},
			"",
		},
		"primary and mirror answer too late": {
			[]func(testing.TB, *lab.Lab){late(primaryName, 1500*time.Millisecond), late(mirrorName, 1500*time.Millisecond), off("witness")},
			[]string{`leave SQL01\RTC or SQL02\RTC without log shipping if it lives`},
			"life-unknown",
		},
		"one connection to the primary is lost": {
			[]func(testing.TB, *lab.Lab){off("mirror"), func(_ testing.TB, l *lab.Lab) { l.Link(primaryName).CutAfter(1, 200) }},
			[]string{`SQL01\RTC`, "no live primary"},
			"",
		},
		"the primary refuses the login": {
			[]func(testing.TB, *lab.Lab){off("mirror"), off("witness"), func(t testing.TB, l *lab.Lab) {
				edit(t, l.Path("secrets.yaml"), l.World().Instance(world.Primary).Password("sa"), "Canary-4711")
			}},
			[]string{"Login failed for user", `leave SQL01\RTC or SQL02\RTC without log shipping if it lives`},
			"no-login",
		},
		"the primary's port answers with noise": {
			[]func(testing.TB, *lab.Lab){off("mirror"), off("witness"), func(t testing.TB, l *lab.Lab) {
				edit(t, l.Describe().Config, port(t, l, primaryName), fmt.Sprintf("port: %d", noise(t.(*verdict))))
			}},
			[]string{"TLS or pre-login is not understood", `leave SQL01\RTC without log shipping if it lives`},
			"life-unknown",
		},
		"data centre 1 is cut off from the console only": {
			[]func(testing.TB, *lab.Lab){cut("console")},
			[]string{"disputed", "SQL11: the connection is accepted, 1 attempt", "no answer to SYN"},
			"life-disputed",
		},
		"the mirror answers as a mirror that lost its partner": {
			[]func(testing.TB, *lab.Lab){off("witness"), off("primary")},
			[]string{`SQL02\RTC answers: mgc is RESTORING, mirroring DISCONNECTED`, "Invoke-CsDatabaseFailover", "-NewPrincipal Mirror", `lose the chat that only SQL02\RTC has`},
			"primary-down-mirror-up",
		},
		"the witness says that the primary is connected": {
			[]func(testing.TB, *lab.Lab){state(mirrorName, "silent"), state(primaryName, "silent")},
			[]string{`SQL03\RTC (witness): 2 servers of the pair are connected to it`, `abandon SQL01\RTC and SQL02\RTC`},
			"",
		},
		"there is no second place": {
			[]func(testing.TB, *lab.Lab){state(primaryName, "silent"), off("mirror"), off("witness"), state("SQL11", "down"), state("FE11", "down"), state("SQL12", "down")},
			[]string{"no second place", `SQL01\RTC`, "without log shipping if it lives"},
			"life-unknown",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				l := startSite(t, "healthy", lab.Options{Speed: 1, History: time.Hour})
				impatient(t, l, "2s")
				for _, change := range c.change {
					change(t, l)
				}
				console := consoleOn(t, l)
				for _, args := range [][]string{{"run", "failover", "--step", "F1"}, append([]string{"run", "failover"}, confirm()...)} {
					r := console.run(args...)
					require.Equal(t, 3, r.code, r.stderr)
					require.Empty(t, r.of("action"))
					for _, says := range c.says {
						require.Contains(t, r.stderr, says)
					}
					if strings.HasPrefix(name, "one connection") {
						break // the next one is not lost
					}
				}
				if c.code != "" {
					require.Contains(t, codes(console.run("status").of("snapshot")[0]), c.code)
				}
				shipping := atSQL(t, l, "secondary", "SELECT COUNT(*) FROM msdb.dbo.log_shipping_secondary_databases")
				require.Equal(t, []string{"1"}, shipping, "log shipping is as it was")
				require.False(t, l.World().Ledger().Live, "nobody recovered the secondary")
			})
		})
	}
}

func TestARestartOfThePrimarysServiceIsNoDeath(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "healthy", lab.Options{Speed: 1, History: time.Hour})
		impatient(t, l, "3m")
		ctl(t, l, "power", map[string]string{"target": mirrorName, "on": "false", "how": "silent"})
		require.NoError(t, l.World().PowerOff("primary"))

		back := time.AfterFunc(20*time.Second, func() { _ = l.World().PowerOn("primary") })
		defer back.Stop()
		began := time.Now()
		r := consoleOn(t, l).run("run", "failover", "--step", "F1")
		require.Equal(t, 3, r.code, r.stderr)
		require.Contains(t, r.stderr, `SQL01\RTC answers: mgc is ONLINE`)
		require.Contains(t, r.stderr, `abandon SQL01\RTC`)
		require.Less(t, time.Since(began), 150*time.Second, "it is seen to be back before the time for a death is over")
	})
}

// A primary that is cut off from the console and from dc2 looks dead from both, and
// ships on to a share that they can see.
func TestAPrimaryThatShipsOnIsNotFailedOver(t *testing.T) {
	t.Parallel()
	for _, after := range []string{"F1", "F3"} {
		t.Run(after, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				l := startSite(t, "healthy", lab.Options{Speed: 1, History: time.Hour})
				impatient(t, l, "2s")
				ctl(t, l, "partition", map[string]string{"target": "dc1", "from": "all", "on": "true"})
				a := askOn(t, l, t.TempDir())
				a.patient = true
				s, err := open(t.Context(), a)
				require.NoError(t, err)
				var ships sync.Once
				err = s.runAll(t.Context(), "", func(step engine.Step, p *engine.Plan) (engine.Confirmation, bool) {
					return engine.Answered(step, p, []string{`SQL11\RTC of litware-lab`}), true
				}, output{w: io.Discard, json: true}, func(e engine.Event) {
					if e.Type == engine.EventStep && e.Step == after {
						ships.Do(func() { l.World().Elapse(16 * time.Minute) })
					}
				}, nil)
				require.NoError(t, s.close())
				require.Equal(t, exitRefused, codeOf(t.Context(), err), "%v", err)
				require.ErrorContains(t, err, "a copy that was under way may land late, too")
				require.False(t, l.World().Ledger().Live, "nobody recovered the secondary")
			})
		})
	}
}

func TestADeathThatBothPlacesSeeIsOne(t *testing.T) {
	t.Parallel()
	for _, how := range []world.Death{world.Refuses, world.Silent} {
		t.Run(string(how), func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				l := startSite(t, "healthy", lab.Options{Speed: 1, History: time.Hour})
				impatient(t, l, "2s")
				require.NoError(t, l.World().Fell("dc1", how))
				console := consoleOn(t, l)
				snapshot := console.run("status").of("snapshot")[0]
				require.Contains(t, codes(snapshot), "primary-site-lost")
				for _, n := range snapshot["nodes"].([]any) {
					node := n.(map[string]any)
					want := "alive"
					if node["data_centre"] == "dc1" {
						want = "dead"
					}
					require.Equal(t, want, node["life"], node)
					require.NotEmpty(t, node["because"], node)
				}
				r := console.run("run", "failover", "--step", "F1")
				require.Equal(t, 0, r.code, r.stderr)
			})
		})
	}
}

func TestAnOldPrimaryThatComesBackStopsWhatPointsAtTheNewOne(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{History: time.Hour, MirrorTime: time.Minute})
		impatient(t, l, "2s")
		console := consoleOn(t, l)
		r := console.run("run", "failover", "--confirm", `F4b=SQL11\RTC of litware-lab`)
		require.Equal(t, 3, r.code, r.stderr)
		require.Contains(t, r.stderr, "F5", "the database is recovered, and nothing points at it yet")

		require.NoError(t, l.World().PowerOn("dc1"))
		r = console.run(append([]string{"run", "failover"}, confirm()...)...)
		require.Equal(t, 3, r.code, r.stderr)
		require.Empty(t, r.of("action"))
		require.Contains(t, r.stderr, `use SQL11\RTC though SQL01\RTC lives too`)
		const text = "ALTER DATABASE [mgc] SET PARTNER OFF; ALTER DATABASE [mgc] SET OFFLINE WITH ROLLBACK IMMEDIATE"
		require.Contains(t, r.stderr, `on SQL01\RTC: `+text)
		found := console.run("status").of("snapshot")[0]
		require.Contains(t, codes(found), "two-live-principals")

		for _, one := range strings.SplitAfter(text, "; ") {
			_, err := onInstance(t, l, "primary").ExecContext(t.Context(), one)
			require.NoError(t, err)
		}
		r = console.run(append([]string{"run", "failover"}, confirm()...)...)
		require.Equal(t, 0, r.code, r.stderr)
	})
}
