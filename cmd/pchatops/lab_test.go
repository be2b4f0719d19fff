package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
)

// binary is the program under test, built once.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "pchatops-test-")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "pchatops")
	build := exec.Command("go", "build", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0") // as it is released
	if out, err := build.CombinedOutput(); err != nil {
		panic(string(out))
	}
	signal.Notify(make(chan os.Signal, 1), syscall.SIGWINCH) // or a bubble would own what passes signals on
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// soonDead is how long the tests wait for a death to be proved: the rules are
// those of every site, the times are not.
const soonDead = "dead_after: {silent: 2s, refused: 3s, attempts: 3}"

// startSite starts a simulated site in this process, so that a test can look at
// its world while other processes drive it over the network.
func startSite(t testing.TB, scenario string, o lab.Options) *lab.Lab {
	t.Helper()
	o.Scenario, o.Seed, o.Dir = scenario, 7, t.TempDir()
	if v, ok := t.(*verdict); ok {
		o.Listen = v.on.net.Listen
	}
	if o.Speed == 0 {
		o.Speed = 60
	}
	l, err := lab.Start(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	edit(t, l.Describe().Config, "\nintervals:", "\n"+soonDead+"\nintervals:")
	if _, ok := t.(*verdict); !ok { // a processor that is shared with many tests is slow to answer
		edit(t, l.Describe().Config, "connect: 3s", "connect: 10s")
		edit(t, l.Describe().Config, "answer: 5s", "answer: 15s")
	}
	return l
}

// console is the program on one site, with its own folder of journals.
type console struct {
	t      testing.TB
	config string
	state  string
}

func consoleOn(t testing.TB, l *lab.Lab) *console {
	return &console{t: t, config: l.Describe().Config, state: t.TempDir()}
}

// with are a command's arguments with those that every command has.
func (c *console) with(args []string) []string {
	all := []string{"--state-dir", c.state, "--json"}
	if c.config != "" {
		all = append(all, "--config", c.config)
	}
	return append(all, args...)
}

func (c *console) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, binary, c.with(args)...)
	cmd.Env = append(os.Environ(), "HOME="+c.state)
	return cmd
}

// result is what a finished command left.
type result struct {
	code   int
	lines  []map[string]any
	stderr string
}

// of gives the lines of a type.
func (r result) of(kind string) []map[string]any {
	var out []map[string]any
	for _, l := range r.lines {
		if l["type"] == kind {
			out = append(out, l)
		}
	}
	return out
}

func (r result) summary(t testing.TB) map[string]any {
	t.Helper()
	s := r.of("summary")
	require.Len(t, s, 1, r.stderr)
	return s[0]
}

func (c *console) run(args ...string) result {
	c.t.Helper()
	if v, ok := c.t.(*verdict); ok {
		return c.within(v, args)
	}
	ctx, cancel := context.WithTimeout(c.t.Context(), 5*time.Minute)
	defer cancel()
	var out, errs bytes.Buffer
	cmd := c.command(ctx, args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		require.NoError(c.t, err)
	}
	return result{code: cmd.ProcessState.ExitCode(), lines: c.parse(&out), stderr: errs.String()}
}

// parse wants JSON Lines with a type each, and nothing else.
func (c *console) parse(r io.Reader) []map[string]any {
	c.t.Helper()
	var out []map[string]any
	for in := bufio.NewScanner(r); in.Scan(); {
		var l map[string]any
		require.NoError(c.t, json.Unmarshal(in.Bytes(), &l), in.Text())
		require.NotEmpty(c.t, l["type"], in.Text())
		out = append(out, l)
	}
	return out
}

// confirm are the texts that the failover of the simulated site asks for.
func confirm() []string {
	return []string{"--confirm", `F4b=SQL11\RTC of litware-lab`, "--confirm", `F5=SQL11\RTC of litware-lab`, "--confirm", `F6=SQL12\RTC of litware-lab`, "--confirm", `F7=SQL11\RTC of litware-lab`}
}

// begin starts a run and gives what it says on standard output.
func (c *console) begin(args ...string) (*exec.Cmd, io.Reader) {
	c.t.Helper()
	cmd := c.command(c.t.Context(), args...)
	out, err := cmd.StdoutPipe()
	require.NoError(c.t, err)
	require.NoError(c.t, cmd.Start())
	c.t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return cmd, out
}

// until waits for a condition. It is looked at on the test's own goroutine, so that it
// may require something.
func until(t testing.TB, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(2 * time.Minute); !holds(); <-tick.C {
		require.True(t, time.Now().Before(end), "it does not come about: %s", what)
	}
}

// journalSays reports whether an incident's journal has a line with all parts.
func (c *console) journalSays(parts ...string) bool {
	names, _ := filepath.Glob(filepath.Join(c.state, "*.jsonl"))
	for _, n := range names {
		b, _ := os.ReadFile(n)
		for _, line := range strings.Split(string(b), "\n") {
			all := true
			for _, p := range parts {
				all = all && strings.Contains(line, p)
			}
			if all {
				return true
			}
		}
	}
	return false
}

// restored tells how often each log backup was applied on the secondary since
// the test began, by the server's own history.
func restored(t testing.TB, l *lab.Lab) map[string]int {
	t.Helper()
	times := map[string]int{}
	for _, file := range l.World().Restored(world.Secondary) {
		times[file[strings.LastIndexByte(file, '\\')+1:]]++
	}
	return times
}

func appliedOnce(t testing.TB, l *lab.Lab) {
	t.Helper()
	for file, n := range restored(t, l) {
		require.Equal(t, 1, n, "%s was applied %d times", file, n)
	}
	sum := l.World().Ledger()
	require.True(t, sum.Live)
	require.Positive(t, sum.Shipped)
	require.Zero(t, sum.Shipped-sum.Recovered, "messages lost")
}

// confirmBut is confirm without the text of one step.
func confirmBut(step string) (out []string) {
	all := confirm()
	for k := 0; k < len(all); k += 2 {
		if step == "" || !strings.HasPrefix(all[k+1], step) {
			out = append(out, all[k], all[k+1])
		}
	}
	return out
}
