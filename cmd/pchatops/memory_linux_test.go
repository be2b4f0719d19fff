package main

import (
	"bufio"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
)

// BenchmarkRunMemory is the largest amount of memory that a whole failover
// holds, the site being another process; the target is under 40 MB.
func BenchmarkRunMemory(b *testing.B) {
	peak := 0
	for b.Loop() {
		c := consoleOn(b, startSite(b, "failover", lab.Options{}))
		cmd, out := c.begin(append([]string{"run", "failover"}, confirm()...)...)
		for in := bufio.NewScanner(out); in.Scan(); {
			peak = max(peak, highWater(cmd.Process.Pid))
		}
		require.NoError(b, cmd.Wait())
	}
	b.ReportMetric(float64(peak)/1024, "peak-MB")
}

var highWaterMark = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// highWater is the most memory that a process has held so far, in kB; 0 once it
// has ended. What wait(2) tells of a child would count its parent's memory too.
func highWater(pid int) int {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	m := highWaterMark.FindSubmatch(b)
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(string(m[1])) // digits, as matched
	return n
}
