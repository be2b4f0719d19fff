package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/incident"
	"pchatops/ops/lab"
	"pchatops/ops/status"
)

// What is undone while the mirror is made, after chat was back, is seen before the
// run says how it ended; verify says it as well.
func TestWhatIsUndoneDuringTheLastStepIsNotToldToBeDone(t *testing.T) {
	t.Parallel()
	for name, v := range map[string]struct {
		wrong   func(testing.TB, *lab.Lab)
		code    int
		stopped string
		says    string
		mended  func(testing.TB, *lab.Lab)
	}{
		"chat goes away again": {
			func(t testing.TB, l *lab.Lab) { stopChat(t, l, true) }, 6, "F7", "it was back, and has gone away again",
			func(t testing.TB, l *lab.Lab) { stopChat(t, l, false) },
		},
		"the pool is set back": {
			func(t testing.TB, l *lab.Lab) {
				identity, _ := l.World().PoolState()
				require.NoError(t, l.World().SetPoolState(identity, "Normal"))
			}, 1, "F5", "F5 Set pool state FailedOver was done, and is not so any more",
			nil,
		},
		"log shipping is set up anew": {shipAgain, 1, "F1", "F1 Remove log shipping was done, and is not so any more", nil},
		"other chat servers are made active": {
			func(t testing.TB, l *lab.Lab) {
				require.NoError(t, l.World().SetActiveServers([]string{"chat01.litwareinc.com"}))
			}, 1, "F7", "F7 Set active servers was done, and is not so any more",
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := startSite(t, "failover", lab.Options{Speed: 60, MirrorTime: 5 * time.Minute})
			edit(t, l.Describe().Config, "intervals:\n", "intervals:\n    chat_back: 2s\n")
			c := consoleOn(t, l)
			_, out := c.begin(append([]string{"run", "failover"}, confirm()...)...)
			until(t, "chat is back and the mirror is being made", func() bool {
				return c.journalSays(`"type":"seen"`, "chat_back") && l.World().Ledger().Started["Install-CsMirrorDatabase"] > 0
			})
			v.wrong(t, l)
			sum := result{lines: c.parse(out)}.summary(t)
			require.Equal(t, map[int]string{1: "failed", 6: "incomplete"}[v.code], sum["outcome"])
			require.Equal(t, v.stopped, sum["stopped"])
			require.Contains(t, sum["error"].(map[string]any)["text"], v.says)

			r := c.run("verify", "failover")
			require.Equal(t, 1, r.code)
			if v.mended == nil {
				require.NotEmpty(t, steps(r, v.stopped, "failed"))
				return
			}
			require.Equal(t, "failed", r.of("service")[0]["outcome"])
			again := c.run(append([]string{"run", "failover"}, confirm()...)...)
			require.Equal(t, 6, again.code, "it is still away: %s", again.stderr)
			v.mended(t, l)
			require.Equal(t, 0, c.run(append([]string{"run", "failover"}, confirm()...)...).code)
			r = c.run("verify", "failover")
			require.Equal(t, 0, r.code, r.stderr)
			require.Equal(t, "done", r.of("service")[0]["outcome"])
		})
	}
}

// steps gives the lines of a step with an outcome.
func steps(r result, id, outcome string) (out []map[string]any) {
	for _, s := range r.of("step") {
		if s["step"] == id && s["outcome"] == outcome {
			out = append(out, s)
		}
	}
	return out
}

func stopChat(t testing.TB, l *lab.Lab, stopped bool) {
	t.Helper()
	for _, server := range strings.Fields("chat11 chat12 chat13 chat14") {
		require.NoError(t, l.World().SetChatStopped(server, stopped))
	}
}

// Chat goes away while somebody looks: some seconds later everybody sees that.
func TestWhoLooksSeesSoonThatChatIsGone(t *testing.T) {
	t.Parallel()
	l := startSite(t, "healthy", lab.Options{Speed: 1})
	s := sessionOn(t, l)
	box := s.incident.Subscribe()
	defer box.Close()
	chat := func(as status.Chatting) func(*incident.State) bool {
		return func(s *incident.State) bool { return s.Snapshot != nil && s.Snapshot.Chat.State == as }
	}
	seen(t, box, chat(status.ChatUp))
	for _, server := range strings.Fields("chat01 chat02 chat03 chat04") {
		require.NoError(t, l.World().SetChatStopped(server, true))
	}
	gone := seenWithin(t, 5*time.Second+s.site.Intervals.Poll+time.Second, box, chat(status.ChatDown))
	require.Equal(t, "chat-down", gone.Findings[0].Code)
}
