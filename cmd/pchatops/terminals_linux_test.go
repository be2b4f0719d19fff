package main

import (
	"math/rand/v2"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
)

// On each kind of terminal the program draws what that terminal can show, as
// its TERM and its locale say.
func TestEachKindOfTerminalGetsWhatItCanShow(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{Speed: 1, History: time.Hour})
	for name, k := range map[string]struct {
		env    []string
		shows  string
		never  string // in what it is sent
		always string
	}{
		"screen":           {[]string{"TERM=screen"}, "✗ DOWN", "38;2;", "\x1b["},
		"xterm, 8 colours": {[]string{"TERM=xterm"}, "✗ DOWN", `38;[25];`, "\x1b[31;1m"},
		"no colours":       {[]string{"NO_COLOR=1"}, "✗ DOWN", `\x1b\[[0-9;]*3[0-7]m`, "\x1b[1m"},
		"vt100":            {[]string{"TERM=vt100"}, "x DOWN", `[^\x00-\x7f]`, "\x1b["},
		"no Unicode":       {[]string{"LC_ALL=C"}, "x DOWN", `[^\x00-\x7f]`, "\x1b["},
		"dumb":             {[]string{"TERM=dumb"}, "1 runs F1", "\x1b", "0: quit"},
	} {
		t.Run(name, func(t *testing.T) {
			s := onTerminal(t, consoleOn(t, l).onScreen("console"), 80, 24, k.env...)
			s.sees(k.shows, "F1")
			require.Contains(t, s.since(0), k.always)
			require.NotRegexp(t, regexp.MustCompile(k.never), s.since(0))
			if k.env[0] == "TERM=dumb" {
				s.press("0\n")
			} else {
				s.press("q")
			}
			require.Equal(t, 0, s.ended())
		})
	}
}

// A window that is dragged about ends as a whole screen of its last size.
func TestAWindowDraggedAboutEndsAsAWholeScreen(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{Speed: 1, History: time.Hour})
	s := consoleOn(t, l).on(t, 80, 24)
	s.whole()
	rnd := rand.New(rand.NewPCG(5, 5))
	for range 100 {
		s.resize(uint16(1+rnd.IntN(220)), uint16(1+rnd.IntN(70)))
	}
	s.resize(1, 1)
	s.resize(100, 30)
	s.whole()
	s.press("j")
	s.sees("▸· F2")
}
