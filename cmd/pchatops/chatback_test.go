package main

import (
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/incident"
	"pchatops/ops/lab"
	"pchatops/ops/lab/faults"
	"pchatops/ops/lab/scenario"
	"pchatops/ops/lab/world"
	"pchatops/tui"
	"pchatops/tui/drive"
)

// ctl does what a command of the control port does.
func ctl(t testing.TB, l *lab.Lab, do string, with map[string]string) {
	t.Helper()
	require.NoError(t, l.Perform([]scenario.Step{{Do: do, With: with}}))
}

// order gives the steps of a run as they ended.
func order(lines []map[string]any) []string {
	var out []string
	for _, s := range lines {
		out = append(out, s["step"].(string))
	}
	return out
}

func TestChatIsBackBeforeTheMirrorIsMade(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{Speed: 60, MirrorTime: 5 * time.Minute})
		c := consoleOn(t, l)
		r := c.run(append([]string{"run", "failover"}, confirm()...)...)
		require.Equal(t, 0, r.code, r.stderr)
		require.Equal(t, []string{"F1", "F2", "F3", "F4a", "F4b", "F5a", "F5", "F7", "F6"}, order(r.of("step")))
		sum := r.summary(t)
		require.Less(t, sum["chat_back_seconds"], sum["seconds"].(float64)-3, "the mirror takes five seconds")
		until(t, "somebody has written", func() bool { return l.World().Ledger().ChatBack != nil })
		require.True(t, c.journalSays(`"type":"seen"`, "chat_back"))
	})
}

// The mirror fails, and chat is back: the run is incomplete, not failed.
func TestAMirrorThatCannotBeMadeLeavesChatBack(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		wrong   func(*lab.Lab)
		without string
	}{
		"nothing was typed for it": {func(*lab.Lab) {}, "F6="},
		"SQL12 is away":            {func(l *lab.Lab) { _ = l.World().PowerOff(world.SecondaryMirror) }, ""},
		"its account may not read the share": {func(l *lab.Lab) {
			ctl(t, l, "access", map[string]string{"instance": `SQL12\RTC`, "service": "engine", "folder": "share", "state": "denied"})
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				l := startSite(t, "failover", lab.Options{Speed: 60, MirrorTime: time.Minute})
				c.wrong(l)
				con := consoleOn(t, l)
				var words []string
				for k, all := 0, confirm(); k < len(all); k += 2 {
					if c.without == "" || !strings.HasPrefix(all[k+1], c.without) {
						words = append(words, all[k], all[k+1])
					}
				}
				r := con.run(append([]string{"run", "failover"}, words...)...)
				require.Equal(t, 6, r.code, r.stderr)
				sum := r.summary(t)
				require.Equal(t, "incomplete", sum["outcome"])
				require.Equal(t, "F6", sum["stopped"])
				require.Positive(t, sum["chat_back_seconds"])
				until(t, "somebody has written", func() bool { return l.World().Ledger().ChatBack != nil })
			})
		})
	}
}

// A chat server that is active and does not run is no chat.
func TestChatServersThatAreDownAreNotTakenForBack(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{Speed: 60, MirrorTime: time.Minute})
		for _, server := range []string{"chat11", "chat12", "chat13", "chat14"} {
			require.NoError(t, l.World().SetChatStopped(server, true))
		}
		c := consoleOn(t, l)
		text, err := os.ReadFile(c.config)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(c.config, []byte(strings.Replace(string(text), "intervals:\n", "intervals:\n    chat_back: 2s\n", 1)), 0o600))
		r := c.run(append([]string{"run", "failover"}, confirm()...)...)
		require.Equal(t, 6, r.code, r.stderr)
		require.Contains(t, r.stderr, "no active chat server works with mgc on SQL11")
		require.Contains(t, r.stderr, "chat13.litwareinc.com: its service cannot be asked: it is no Windows host of the site file")
		sum := r.summary(t)
		require.Equal(t, "F7", sum["stopped"])
		require.NotContains(t, sum, "chat_back_seconds")
		require.Nil(t, l.World().Ledger().ChatBack, "and nobody could write")
		require.Contains(t, codes(c.run("status").of("snapshot")[0]), "chat-down")

		require.NoError(t, l.World().SetChatStopped("chat13", false))
		r = c.run(append([]string{"run", "failover"}, confirm()...)...)
		require.Equal(t, 0, r.code, r.stderr)
		require.Positive(t, r.summary(t)["chat_back_seconds"])
		require.NotContains(t, codes(c.run("status").of("snapshot")[0]), "chat-down")
	})
}

// What is finished stays as it is, whatever is not answered afterwards.
func TestAFinishedFailoverIsNotMirroredAgain(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		var cut atomic.Value // what the requests say whose answer is lost
		cut.Store("\x00")
		l := startSite(t, "failover", lab.Options{Speed: 60, MirrorTime: time.Minute, OnRequest: func(r lab.Request) lab.Verdict {
			if strings.Contains(r.Text, cut.Load().(string)) {
				return lab.Verdict{Fate: faults.CutAfter}
			}
			return lab.Verdict{}
		}})
		c := consoleOn(t, l)
		require.Equal(t, 0, c.run(append([]string{"run", "failover"}, confirm()...)...).code)
		for _, v := range []struct {
			name  string
			wrong func()
			mend  func()
			args  []string
			code  int
		}{
			{"the answers of the management hosts are lost", func() { cut.Store("mirror-state") }, func() { cut.Store("\x00") }, nil, 0},
			{
				"the management host is off",
				func() { ctl(t, l, "power", map[string]string{"target": "FE11", "on": "false"}) },
				func() { ctl(t, l, "power", map[string]string{"target": "FE11", "on": "true"}) },
				[]string{"--step", "F6"},
				4,
			},
			{"SQL12 does not answer", func() { l.Link(`SQL12\RTC`).Hang(true) }, func() { l.Link(`SQL12\RTC`).Hang(false) }, nil, 6},
			{"the login is no sysadmin on SQL12", func() {
				ctl(t, l, "login", map[string]string{"instance": `SQL12\RTC`, "name": "sa", "sysadmin": "false"})
			}, func() {}, nil, 6},
		} {
			v.wrong()
			r := c.run(append(append([]string{"run", "failover"}, v.args...), confirm()...)...)
			v.mend()
			require.Equal(t, v.code, r.code, "%s: %s", v.name, r.stderr)
			require.Equal(t, 1, l.World().MirrorInstalls(), v.name)
			for _, a := range r.of("action") {
				require.NotEqual(t, "F6", a["step"], v.name)
			}
		}
	})
}

// The engineer has chosen the document's order; the mirror takes an hour, and
// chat need not wait for it.
func TestF7IsRunByKeysWhileTheMirrorIsBeingMade(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{
		Speed: 1, Pace: world.Pace{Base: 50 * time.Millisecond}, MirrorTime: time.Hour, Interval: 15 * time.Minute, History: 90 * time.Minute,
	})
	s := sessionOn(t, l)
	box, other := s.incident.Subscribe(), s.incident.Subscribe()
	t.Cleanup(box.Close)
	t.Cleanup(other.Close)
	d := drive.Start(t, drive.Config{
		Options: tui.Options{Incident: s.incident, Site: s.site, Theme: "dark", Width: 120, Height: 40}, Inbox: box, Clock: drive.NewClock(time.Now()),
	})
	d.Expect("PRIMARY SITE LOST", "2 of 9 done")
	for _, id := range []string{"F1", "F2", "F3", "F4b", "F5"} {
		carryOut(t, d, id)
	}
	require.True(t, marked(d.Screen(), "F7"), d.Screen())
	d.Press("j")
	require.True(t, asked(t, d, "F6"))
	d.Type(typed["F6"]).Press("enter")
	seen(t, other, func(s *incident.State) bool { return s.Running == "F6" && s.Apart })

	d.Press("k")
	require.True(t, asked(t, d, "F7"))
	d.Type(typed["F7"]).Press("enter").Expect("✓ F7 ")
	seen(t, other, func(s *incident.State) bool { return s.ChatBack != nil })
	require.Equal(t, 1, l.World().MirrorInstalls())
	require.True(t, marked(d.Screen(), "F6"), d.Screen())
}

// BenchmarkChatBackOver80ms is the time until chat is back on a slow link,
// without the verdict on the dead primary (F1) and the servers' own time.
func BenchmarkChatBackOver80ms(b *testing.B) {
	for b.Loop() {
		l := startSite(b, "failover", lab.Options{Speed: 1})
		for _, i := range l.Describe().Instances {
			l.Link(i.Name).SetDelay(40 * time.Millisecond)
		}
		for _, h := range l.Describe().Hosts {
			l.Link(h.Name).SetDelay(40 * time.Millisecond)
		}
		c := consoleOn(b, l)
		var words []string
		for k, all := 0, confirm(); k < len(all); k += 2 {
			if !strings.HasPrefix(all[k+1], "F6=") {
				words = append(words, all[k], all[k+1])
			}
		}
		r := c.run(append([]string{"run", "failover"}, words...)...)
		own, verdict := 0.0, 0.0
		for _, a := range r.of("action") {
			own += a["seconds"].(float64)
		}
		for _, s := range r.of("step") {
			if s["step"] == "F1" {
				verdict = s["seconds"].(float64)
			}
		}
		back := r.of("summary")[0]["chat_back_seconds"].(float64)
		b.ReportMetric(verdict, "verdict-s")
		b.ReportMetric(own, "servers-s")
		b.ReportMetric(back-verdict-own, "rest-s")
	}
}

// Whoever looks at the database from a chat server is not one who chats.
func TestAColleagueOnAChatServerIsNotTakenForChat(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{Speed: 60, MirrorTime: time.Minute})
		stopChat(t, l, true)
		ctl(t, l, "login", map[string]string{"instance": `SQL11\RTC`, "name": "watcher", "sysadmin": "true"})
		edit(t, l.Describe().Config, "intervals:\n", "intervals:\n    chat_back: 1s\n")
		c := consoleOn(t, l)
		require.Equal(t, 6, c.run(append([]string{"run", "failover"}, confirm()...)...).code)

		for _, v := range []struct {
			login, program string
			chat           bool
		}{
			{"watcher", "SQLCMD", false},
			{"watcher", "Microsoft SQL Server Management Studio - Query", false},
			{"sa", ".Net SqlClient Data Provider", false}, // the console's own login
			{"watcher", ".Net SqlClient Data Provider", true},
		} {
			stay := sessionFrom(t, l, "CHAT11", v.login, v.program)
			r := c.run(append([]string{"run", "failover"}, confirm()...)...)
			require.Equal(t, map[bool]int{true: 0, false: 6}[v.chat], r.code, "%s by %s: %s", v.program, v.login, r.stderr)
			down := codes(c.run("status").of("snapshot")[0])
			require.Equal(t, !v.chat, slices.Contains(down, "chat-down"), "%s by %s: %s", v.program, v.login, down)
			stay()
		}
	})
}

// sessionFrom opens a session in mgc on the new primary that says of itself what it
// is told to, and gives what ends it.
func sessionFrom(t testing.TB, l *lab.Lab, host, login, program string) (end func()) {
	t.Helper()
	k := slices.IndexFunc(l.Describe().Instances, func(i lab.InstanceEndpoint) bool { return i.Role == "secondary" })
	in := l.Describe().Instances[k]
	u := url.URL{
		Scheme: "sqlserver", Host: fmt.Sprintf("%s:%d", in.Host, in.Port), User: url.UserPassword(login, l.World().Instance(in.Name).Password(login)),
		RawQuery: url.Values{"encrypt": {"disable"}, "database": {"mgc"}, "app name": {program}, "workstation id": {host}}.Encode(),
	}
	conn, err := database(t, u).Conn(t.Context())
	require.NoError(t, err)
	return func() { require.NoError(t, conn.Close()) }
}

// Which servers are to be active is chosen once: later runs of the incident and verify
// go by it, and a digest is of that choice alone.
func TestAChoiceOfActiveServersStands(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{MirrorTime: time.Minute})
		c := consoleOn(t, l)
		require.Equal(t, 3, c.run(append([]string{"run", "failover"}, confirmBut("F7")...)...).code)
		shown := ""
		for _, s := range c.run("plan", "failover").of("step") {
			if s["step"] == "F7" {
				shown, _ = s["digest"].(string)
			}
		}
		require.NotEmpty(t, shown)
		some := []string{"run", "failover", "--active-servers", " CHAT11.litwareinc.com, chat12.litwareinc.com,chat11.litwareinc.com"}
		r := c.run(append(some, "--confirm", "F7="+shown)...)
		require.Equal(t, 3, r.code, "all of the data centre were shown: "+r.stderr)
		r = c.run(append(some, confirmBut("F6")...)...)
		require.Equal(t, 6, r.code, r.stderr)
		for _, again := range [][]string{append([]string{"run", "failover"}, confirm()...), {"verify", "failover"}, {"run", "failover"}} {
			r := c.run(again...)
			require.Equal(t, 0, r.code, r.stderr)
		}
		require.Equal(t, []string{"chat11.litwareinc.com", "chat12.litwareinc.com"}, l.World().Truth().Active)
	})
}
