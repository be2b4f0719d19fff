package main

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
	"pchatops/tui/demo"
)

var pictures = flag.Bool("pictures", false, "write docs/pictures from a failover on the lab, as make demo does")

// A failover is walked through on the lab, and what it looks like must be what
// the documents show. `make demo` makes the pictures anew.
func TestThePicturesShowTheConsoleAsItIs(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{
		Speed: 1, Pace: world.Pace{Base: 150 * time.Millisecond}, MirrorTime: 2 * time.Second, Interval: 15 * time.Minute, History: 90 * time.Minute,
	})
	shown := walkThrough(t, l)
	folder := filepath.Join("..", "..", "docs", "pictures")
	for name, now := range shown {
		path := filepath.Join(folder, name)
		if *pictures {
			require.NoError(t, os.MkdirAll(folder, 0o755))
			require.NoError(t, os.WriteFile(path, []byte(now), 0o644))
			continue
		}
		require.NotEmpty(t, skeleton(now), name)
		kept, err := os.ReadFile(path)
		require.NoError(t, err, "make demo writes it")
		require.Equalf(t, skeleton(string(kept)), skeleton(now), "%s is out of date: make demo", name)
	}
	sum := l.World().Ledger()
	require.Equal(t, sum.Shipped, sum.Recovered, "the walk has to end well")
}

// walkThrough does the whole failover as an operator, and gives the pictures
// of it by file name.
func walkThrough(t testing.TB, l *lab.Lab) map[string]string {
	w := begin(t, l)
	w.still("lost-80x24-dark.svg", "lost-80x24-light.svg", "lost-120x40-dark.svg", "lost-120x40-light.svg")
	for _, id := range []string{"F1", "F2", "F3", "F4a"} {
		w.step(id, "")
	}
	w.ask("F4b")
	w.still("confirm-80x24-dark.svg")
	w.answer("F4b", typed["F4b"])
	w.step("F5", typed["F5"])
	w.step("F7", typed["F7"])
	w.step("F6", typed["F6"])
	w.proof()
	w.still("done-80x24-dark.svg", "done-120x40-dark.svg")
	cast, err := w.driver.reel.Cast()
	require.NoError(t, err)
	film, err := w.driver.reel.Film(demo.Dark)
	require.NoError(t, err)
	w.shown["failover.cast"], w.shown["failover.svg"] = string(cast), film
	return w.shown
}

var (
	drawn = regexp.MustCompile(`<text [^>]*>([^<]*)</text>`)
	fixed = regexp.MustCompile(`F[0-9][ab]? +[A-Z][a-z]+|"title":"[^"]+"`)
)

// skeleton is what stays the same from one recording to the next: the steps,
// and the footer of a still with all its keys. Ages, durations and what passes
// between two looks do not.
func skeleton(picture string) []string {
	var out []string
	for _, found := range fixed.FindAllString(picture, -1) {
		out = append(out, strings.Join(strings.Fields(found), " "))
	}
	slices.Sort(out)
	out = slices.Compact(out)
	if footer := strings.LastIndex(picture, "<g transform"); footer >= 0 {
		for _, run := range drawn.FindAllStringSubmatch(picture[footer:], -1) {
			out = append(out, run[1])
		}
	}
	return out
}
