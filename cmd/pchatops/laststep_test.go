package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
)

// A step that is run alone and leaves none open ends the incident as the whole run does:
// on what the servers say then, and with all that is left behind.
func TestTheLastStepAloneEndsAsTheWholeRunDoes(t *testing.T) {
	t.Parallel()
	for name, v := range map[string]struct {
		last    string // the step that is left open
		meets   func(testing.TB, *lab.Lab)
		silent  bool // nothing is typed
		code    int
		stopped any
		says    string
		ends    bool // the incident
	}{
		"all is well":                           {"F6", nil, false, 0, nil, "", true},
		"all is well, in the document's order":  {"F7", nil, false, 0, nil, "", true},
		"log shipping is set up anew":           {"F6", shipAgain, false, 1, "F1", "was done, and is not so any more", false},
		"log shipping is set up anew before F7": {"F7", shipAgain, false, 1, "F1", "was done, and is not so any more", false},
		"chat goes away again":                  {"F6", func(t testing.TB, l *lab.Lab) { stopChat(t, l, true) }, false, 6, "F7", "it was back, and has gone away again", false},
		"nothing is typed":                      {"F6", nil, true, 6, "F6", "nothing was typed to confirm it", false},
		"SQL12 is away": {"F6", func(t testing.TB, l *lab.Lab) {
			require.NoError(t, l.World().PowerOff(world.SecondaryMirror))
		}, false, 6, "F6", `SQL12\RTC`, false},
		"SQL12 is away, and log shipping is set up anew": {"F6", func(t testing.TB, l *lab.Lab) {
			shipAgain(t, l)
			require.NoError(t, l.World().PowerOff(world.SecondaryMirror))
		}, false, 1, "F1", "was done, and is not so any more", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				l := startSite(t, "failover", lab.Options{Speed: 60, MirrorTime: time.Minute})
				edit(t, l.Describe().Config, "intervals:\n", "intervals:\n    chat_back: 20s\n")
				c := consoleOn(t, l)
				upTo(t, c, v.last)
				if v.last == "F7" { // done, and nobody has looked at more than that
					r := c.run(append([]string{"run", "failover", "--step", "F6"}, confirm()...)...)
					require.Equal(t, 0, r.code, r.stderr)
				}
				if v.meets != nil {
					v.meets(t, l)
				}
				given := confirm()
				if v.silent {
					given = nil
				}
				r := c.run(append([]string{"run", "failover", "--step", v.last}, given...)...)
				require.Equal(t, v.code, r.code, r.stderr)
				require.Contains(t, r.stderr, v.says)
				sum := r.summary(t)
				require.Equal(t, v.stopped, sum["stopped"])
				require.Positive(t, sum["chat_back_seconds"])
				require.Equal(t, v.ends, c.run("history").of("incident")[0]["ended"])
			})
		})
	}
}

// On a site that is failed over, and whose incident has ended, a step that is done already
// does not say that people can chat.
func TestADoneStepAloneDoesNotHideThatChatIsDown(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{Speed: 60, MirrorTime: time.Minute})
		edit(t, l.Describe().Config, "intervals:\n", "intervals:\n    chat_back: 20s\n")
		c := consoleOn(t, l)
		upTo(t, c, "")
		alone := append([]string{"run", "failover", "--step", "F6"}, confirm()...)
		require.Zero(t, c.run(alone...).code)
		stopChat(t, l, true)
		r := c.run(alone...)
		require.Equal(t, exitIncomplete, r.code, r.stderr)
		require.Equal(t, "F7", r.summary(t)["stopped"])
		require.Contains(t, r.stderr, "no active chat server works with mgc")
	})
}

// What is lost stays lost, whichever step is run alone.
func TestOneStepOfALossyFailoverIsNoDoneFailover(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover-share-down", lab.Options{Speed: 60})
		c := consoleOn(t, l)
		whole, phrases := phrased(t, c)
		require.Equal(t, 6, whole.code, whole.stderr)
		require.NotEmpty(t, phrases)
		require.Positive(t, l.World().Ledger().Lost)
		l.World().SetShareOffline(false)
		for _, step := range []string{"F5", "F7", "F6"} { // the last of them ends the incident
			r := c.run(append([]string{"run", "failover", "--step", step}, confirm()...)...)
			require.Equal(t, 6, r.code, "%s: %s", step, r.stderr)
			sum := r.summary(t)
			require.Equal(t, "incomplete", sum["outcome"], step)
			require.Contains(t, fmt.Sprint(sum["unread"], sum["left_behind"]), `\\FS01\LogShip`, step)
		}
		i := c.run("history").of("incident")[0]
		require.Equal(t, []any{true, "incomplete"}, []any{i["ended"], i["outcome"]})
	})
}

// A step in the middle is judged by itself; the last one ends the incident, also where it
// is run once more.
func TestEveryStepAloneSetsLogShippingUp(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "ship-mirror", lab.Options{})
		c := consoleOn(t, l)
		for _, step := range []string{"M1", "M2-M3", "M4-M20", "M21", "M22", "M22b", "M22b"} {
			r := c.run(append([]string{"run", "ship-mirror", "--step", step}, confirmMirror()...)...)
			require.Equal(t, 0, r.code, "%s: %s", step, r.stderr)
			require.Equal(t, step == "M22b", c.run("history").of("incident")[0]["ended"], step)
		}
	})
}
