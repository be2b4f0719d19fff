package tui_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/tui/drive"
	"pchatops/tui/tuitest"
)

// A line of 300 ms hands over in one piece what was typed in a second. Every
// key means what it would have meant alone, also where Escape is a bare byte.
func TestKeysMeanTheSameHoweverTheyArrive(t *testing.T) {
	keys := []string{"j", "k", "G", "g", "\t", "l", "d", "f", "?", ":", "t", "n", "x", "\x7f", "/", "&", "\x1b", "\x1b"}
	rnd := rand.New(rand.NewPCG(3, 3))
	for range 12 {
		var typed []string
		for range 12 {
			typed = append(typed, keys[rnd.IntN(len(keys))])
		}
		one, all := console(t, tuitest.NewIncident(failover()), 80, 24), console(t, tuitest.NewIncident(failover()), 80, 24)
		for _, k := range typed {
			one.Send(escape(k)).Idle()
		}
		all.Send(strings.Join(apart(typed), ""))
		require.Equal(t, rested(one), rested(all), "%q", typed)
	}
}

// rested is the screen once nothing moves any more.
func rested(d *drive.Console) string { return d.Idle().Advance(10 * time.Second).Screen() }

// escape is the key in a form that is understood without a pause.
func escape(key string) string {
	if key == "\x1b" {
		return "\x1b[27u"
	}
	return key
}

// apart writes an Escape as a bare byte where a letter follows it.
func apart(keys []string) []string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = escape(k)
		if k == "\x1b" && i+1 < len(keys) && keys[i+1][0] >= ' ' {
			out[i] = k
		}
	}
	return out
}
