package main

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
)

// power switches the management host of data centre 2 off and on.
func power(t testing.TB, l *lab.Lab, on string) {
	ctl(t, l, "power", map[string]string{"target": "FE11", "on": on})
}

// What could not be read is not undone: a failover that is run again while nobody
// can say how the pool stands keeps its ticks, begins nothing, and says what could
// not be proved. Once it can be read, running again ends well.
func TestARunAgainTakesNoTickThatCannotBeRead(t *testing.T) {
	t.Parallel()
	off := func(t testing.TB, l *lab.Lab) { power(t, l, "false") }
	on := func(t testing.TB, l *lab.Lab) { power(t, l, "true") }
	key := func(from, to string) func(testing.TB, *lab.Lab) {
		return func(t testing.TB, l *lab.Lab) { edit(t, l.Path("secrets.yaml"), from, to) }
	}
	other := func(t testing.TB, l *lab.Lab) {
		ctl(t, l, "login", map[string]string{"instance": `SQL11\RTC`, "name": "sa", "password": "Other-4711"})
	}
	told := func(t testing.TB, l *lab.Lab) {
		b, err := os.ReadFile(l.Path("secrets.yaml"))
		require.NoError(t, err)
		_, old, _ := strings.Cut(string(b), "sa-SQL11: ")
		old, _, _ = strings.Cut(old, "\n")
		edit(t, l.Path("secrets.yaml"), "sa-SQL11: "+old, "sa-SQL11: Other-4711")
	}
	for name, c := range map[string]struct {
		without     string // the step that the first run leaves open, and what follows it
		wrong, mend func(testing.TB, *lab.Lab)
		args        []string
		code        int
		unproved    string // the step
		kept        bool   // its tick, on record
	}{
		"finished, and the management host is off": {"", off, on, nil, 6, "F5", false},
		"finished, one step, the host is off":      {"", off, on, []string{"--step", "F6"}, 4, "F5", false},
		"finished, and host and chat are away": {
			"", func(t testing.TB, l *lab.Lab) { off(t, l); stopChat(t, l, true) }, func(t testing.TB, l *lab.Lab) { on(t, l); stopChat(t, l, false) }, nil, 4, "F5", false,
		},
		"F6 open, the host is off":                       {"F6=", off, on, nil, 6, "F5", true},
		"F6 open, one step, the host is off":             {"F6=", off, on, []string{"--step", "F5"}, 4, "F5a", false},
		"F6 open, the host hangs":                        {"F6=", func(_ testing.TB, l *lab.Lab) { l.Link("FE11").Hang(true) }, func(_ testing.TB, l *lab.Lab) { l.Link("FE11").Hang(false) }, nil, 6, "F5", true},
		"F6 open, the host refuses the login":            {"F6=", key("ops: Lab-", "ops: Bad-"), key("ops: Bad-", "ops: Lab-"), nil, 6, "F5", true},
		"F7 open, the host is off":                       {"F7=", off, on, nil, 4, "F5", true},
		"F6 open, the new primary refuses the login":     {"F6=", other, told, nil, 4, "F1", true},
		"F5 open, before it is sent, the host is off":    {"F5=", off, on, nil, 4, "F5a", true},
		"F4b open, one step, the login is refused there": {"F4b=", other, told, []string{"--step", "F4b"}, 4, "F1", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				l := startSite(t, "failover", lab.Options{Speed: 60, MirrorTime: time.Minute})
				con := consoleOn(t, l)
				con.run(append([]string{"run", "failover"}, confirmBut(c.without)...)...)
				before := l.World().Ledger().Started

				c.wrong(t, l)
				r := con.run(append(append([]string{"run", "failover"}, c.args...), confirm()...)...)
				require.Equal(t, c.code, r.code, r.stderr)
				require.Contains(t, r.stderr, c.unproved)
				require.Empty(t, r.of("action"))
				for _, s := range r.of("step") {
					if c.unproved != "" && s["outcome"] != "done" {
						require.Equal(t, "unknown", s["outcome"], s)
					}
				}
				require.Equal(t, before, l.World().Ledger().Started)
				require.Equal(t, c.kept, con.journalSays(`"stands":"done"`))

				c.mend(t, l)
				r = con.run(append([]string{"run", "failover"}, confirm()...)...)
				require.Equal(t, 0, r.code, r.stderr)
				require.Equal(t, 1, l.World().MirrorInstalls())
				require.Equal(t, "done", r.summary(t)["outcome"])
				require.Equal(t, 0, con.run("history", incidentIn(t, con.state), "--audit").code)
			})
		})
	}
}
