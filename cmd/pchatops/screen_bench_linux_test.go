package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
)

var sizes = []struct{ cols, rows uint16 }{{80, 24}, {120, 40}}

// BenchmarkFirstFrame is the time from the start of the process to its first
// frame on the terminal; the target is 50 ms.
func BenchmarkFirstFrame(b *testing.B) {
	l := startSite(b, "failover", lab.Options{Speed: 1, History: time.Hour})
	for _, size := range sizes {
		b.Run(fmt.Sprintf("%dx%d", size.cols, size.rows), func(b *testing.B) {
			var all []time.Duration
			for b.Loop() {
				s := consoleOn(b, l).on(b, size.cols, size.rows)
				all = append(all, s.shows("litware-lab", s.began).Sub(s.began))
				s.end() // its polls would slow the next one down
			}
			report(b, all, "first-frame")
		})
	}
}

// BenchmarkKeyToFrame is the time from a key to the frame that shows what it
// did, while two instances hang and a restore reports progress; the target is
// 25 ms for 99 keys of 100.
func BenchmarkKeyToFrame(b *testing.B) {
	for _, size := range sizes {
		b.Run(fmt.Sprintf("%dx%d", size.cols, size.rows), func(b *testing.B) {
			s := restoring(b, size.cols, size.rows)
			var all []time.Duration
			for i := 0; b.Loop(); i++ {
				at := s.press([]string{"j", "k"}[i%2])
				all = append(all, s.shows("▸", at).Sub(at))
			}
			report(b, all, "key-to-frame")
		})
	}
}

// restoring gives a console whose F3 restores, at a site where two more
// instances accept connections and never answer.
func restoring(b *testing.B, cols, rows uint16) *screen {
	l := startSite(b, "failover", lab.Options{Speed: 1, History: 3 * time.Hour, Pace: world.Pace{Base: 20 * time.Second}})
	c := consoleOn(b, l)
	for _, step := range []string{"F1", "F2"} {
		require.Equal(b, 0, c.run("run", "failover", "--step", step).code)
	}
	for _, name := range []string{`SQL12\RTC`, `SQL02\RTC`} {
		require.NoError(b, l.Link(name).Up())
		l.Link(name).Hang(true)
	}
	s := c.on(b, cols, rows)
	s.shows("RESTORING", s.began)
	s.press("gjj")
	asked := s.press("\r")
	s.shows("Run F3", asked)
	<-time.After(time.Second) // the dialog takes no key before
	s.shows("running", s.press("y"))
	return s
}

// BenchmarkIdle is what a healthy site costs that nobody touches: bytes a
// second with its ages ticking, and the memory of the process. The targets are
// 45 bytes and 30 MB.
func BenchmarkIdle(b *testing.B) {
	l := startSite(b, "healthy", lab.Options{Speed: 1, History: time.Hour})
	for _, size := range sizes {
		b.Run(fmt.Sprintf("%dx%d", size.cols, size.rows), func(b *testing.B) {
			s := consoleOn(b, l).on(b, size.cols, size.rows)
			s.shows("PRINCIPAL", s.began)
			const settle, watch = 5 * time.Second, 20 * time.Second
			for b.Loop() {
				<-time.After(settle)
				since := time.Now()
				<-time.After(watch)
				b.ReportMetric(float64(s.count(since))/watch.Seconds(), "bytes/s")
				b.ReportMetric(float64(resident(b, s.pid))/1024, "resident-MB")
			}
		})
	}
}

func report(b *testing.B, all []time.Duration, what string) {
	slices.Sort(all)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.ReportMetric(ms(all[len(all)/2]), what+"-p50-ms")
	b.ReportMetric(ms(all[len(all)*99/100]), what+"-p99-ms")
}

var residentSize = regexp.MustCompile(`VmRSS:\s+(\d+) kB`)

// resident is the memory that a process holds now, in kB.
func resident(b *testing.B, pid int) int {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	require.NoError(b, err)
	found := residentSize.FindSubmatch(text)
	require.NotNil(b, found)
	n, err := strconv.Atoi(string(found[1]))
	require.NoError(b, err)
	return n
}
