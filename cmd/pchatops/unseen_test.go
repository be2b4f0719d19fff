package main

import (
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
)

// All is copied and applied; then a place that F2 and F3 rest on cannot be read any
// more, as when the share dies with data centre 1. That contradicts nothing: their
// ticks stand, the run goes on to F4b, and the gate there asks. Who gives it up has
// recovered, and not all is known.
func TestAPlaceThatCannotBeReadAnyMoreContradictsNothing(t *testing.T) {
	t.Parallel()
	access := func(service, folder string) func(testing.TB, *lab.Lab) {
		return func(t testing.TB, l *lab.Lab) {
			ctl(t, l, "access", map[string]string{"instance": `SQL11\RTC`, "service": service, "folder": folder, "state": "denied"})
		}
	}
	for name, c := range map[string]struct {
		wrong func(testing.TB, *lab.Lab)
		seen  bool // what is left can be seen, and is nothing
	}{
		"the share is away":                       {func(t testing.TB, l *lab.Lab) { ctl(t, l, "share", map[string]string{"state": "offline"}) }, false},
		"the share is denied":                     {access("shell", "share"), false},
		"the copy folder is denied":               {access("shell", "copy"), false},
		"the copy folder's host is away":          {func(_ testing.TB, l *lab.Lab) { l.Link("SQL11").Down() }, false},
		"the copy folder's host hangs":            {func(_ testing.TB, l *lab.Lab) { l.Link("SQL11").Hang(true) }, false},
		"SQL Server may not read the share":       {access("engine", "share"), true},
		"SQL Server may not read the copy folder": {access("engine", "copy"), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				l := startSite(t, "failover", lab.Options{Speed: 60, MirrorTime: time.Minute})
				con := consoleOn(t, l)
				breakOff(t, con, con.state)
				before := l.World().Ledger().Started

				c.wrong(t, l)
				r := con.run("verify", "failover")
				for _, s := range r.of("step")[:3] {
					require.NotEqual(t, "failed", s["outcome"], s)
				}
				r = con.run(append([]string{"run", "failover"}, confirm()...)...)
				if c.seen {
					require.Equal(t, 6, r.code, "a mirror needs the share: "+r.stderr)
					require.Contains(t, r.stderr, "F6: ")
					appliedOnce(t, l)
					return
				}
				require.Equal(t, 3, r.code, r.stderr)
				require.Contains(t, r.stderr, "F4b Bring mgc online: refused")
				require.Equal(t, before, l.World().Ledger().Started)
				phrase := regexp.MustCompile(`(?m)(recover without checking the backups, and )?lose chat after [-0-9: ]+ UTC`).FindString(r.stderr)
				require.NotEmpty(t, phrase, r.stderr)
				r = con.run(append([]string{"run", "failover", "--confirm", "F4b=" + phrase}, confirm()...)...)
				require.Equal(t, 6, r.code, r.stderr)
				require.NotEmpty(t, r.summary(t)["unread"])
				require.Nil(t, r.summary(t)["left_behind"])
				require.NotNil(t, r.summary(t)["chat_back_seconds"])
				appliedOnce(t, l)
				require.Equal(t, 0, con.run("history", incidentIn(t, con.state), "--audit").code)
			})
		})
	}
}
