package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"charm.land/fang/v2"
	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/memnet"
)

// verdict keeps what a case says of itself: in its bubble nothing else may speak.
type verdict struct {
	testing.TB
	mu   sync.Mutex
	said strings.Builder
	bad  bool

	in   testing.TB // the bubble
	on   *ground
	last []func() // cleanups, which have to be done within the bubble
}

// Context implements testing.TB.
func (v *verdict) Context() context.Context { return v.in.Context() }

// Cleanup implements testing.TB.
func (v *verdict) Cleanup(f func()) { v.last = append(v.last, f) }

// TempDir implements testing.TB: it goes with the bubble.
func (v *verdict) TempDir() string {
	dir, err := os.MkdirTemp(v.on.dir, "")
	require.NoError(v, err)
	return dir
}

func (v *verdict) clean() {
	for _, f := range slices.Backward(v.last) {
		untilItFalls(f)
	}
}

// untilItFalls runs what may fall.
func untilItFalls(f func()) {
	defer func() {
		switch r := recover(); r {
		case nil, errFell:
		default:
			panic(r)
		}
	}()
	f()
}

// Errorf implements require.TestingT.
func (v *verdict) Errorf(format string, a ...any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.bad = true
	fmt.Fprintf(&v.said, format+"\n", a...)
}

var errFell = errors.New("the case has fallen")

// FailNow implements require.TestingT.
func (v *verdict) FailNow() { v.mu.Lock(); v.bad = true; v.mu.Unlock(); panic(errFell) }

// Fatalf implements testing.TB.
func (v *verdict) Fatalf(format string, a ...any) { v.Errorf(format, a...); v.FailNow() }

func (v *verdict) failed() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.bad
}

// inBubble gives a case a folder in memory and virtual time.
func inBubble(t *testing.T, fell *verdict, body func(t testing.TB, g *ground)) {
	dir, err := os.MkdirTemp(memoryDir(), "pchatops-prove-")
	require.NoError(t, err)
	defer os.RemoveAll(dir)
	stands := time.AfterFunc(20*time.Minute, func() { panic(t.Name() + " stands still") })
	defer stands.Stop()
	bubble := ""
	defer func() {
		if r := recover(); r != nil && !onlyTheDriver(bubble) {
			panic(fmt.Sprint(r, "\n", fell.said.String()))
		}
	}()
	synctest.Test(t, func(t *testing.T) {
		bubble = bubbleOf(stack(false))
		time.Sleep(time.Until(proveDawn))
		g := &ground{t: fell, dir: dir, net: memnet.New()}
		fell.in, fell.on = t, g
		defer g.close()
		defer fell.clean()
		untilItFalls(func() { body(t, g) })
	})
}

// virtually runs a test on virtual time: the sites that it starts, and the
// consoles on them, are on a network in memory. The race detector makes that take ten
// times as long, and the matrices race the same code.
func virtually(t *testing.T, body func(t *verdict)) {
	t.Helper()
	if raced {
		t.Skip("without the race detector")
	}
	atOnce <- struct{}{}
	defer func() { <-atOnce }()
	fell := &verdict{TB: t}
	inBubble(t, fell, func(testing.TB, *ground) { body(fell) })
	if fell.failed() {
		t.Error(fell.said.String())
	}
}

// bubbleOf is the bubble in the head of a goroutine's stack.
func bubbleOf(stack string) string {
	return regexp.MustCompile(`synctest bubble \d+`).FindString(stack)
}

// stack is this goroutine's, or that of all.
func stack(all bool) string {
	b := make([]byte, 8<<20)
	return string(b[:runtime.Stack(b, all)])
}

// onlyTheDriver reports whether all that is left in a bubble are readers of
// go-mssqldb: where a connection dies while a request is being given up, the
// driver leaves the goroutine that reads it (token.go, nextToken: the attention
// cannot be sent, and nobody empties the channel any more).
func onlyTheDriver(bubble string) bool {
	left := 0
	for _, s := range strings.Split(stack(true), "\n\n") {
		if head, _, _ := strings.Cut(s, "\n"); bubbleOf(head) != bubble {
			continue
		}
		if left++; !strings.Contains(s, "go-mssqldb.processSingleResponse") {
			return false
		}
	}
	return left > 0
}

// proveDawn is when every case and every storm begins: minutes before the next
// log backup and its copy, so that what a scenario left uncopied still is.
var proveDawn = time.Date(2026, 11, 21, 3, 52, 0, 0, time.UTC)

// memoryDir is a folder in memory where there is one: each case and each storm
// writes a site's backups and syncs every line of its journals.
func memoryDir() string {
	const memory = "/dev/shm"
	if info, err := os.Stat(memory); err == nil && info.IsDir() {
		return memory
	}
	return ""
}

// DialContext is the way to a site in memory.
func (v *verdict) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	return v.on.net.Host().Dial(ctx, network, address)
}

// machineFor is one for a test's console: nil, which is this, but in a bubble.
func machineFor(t testing.TB) *machine {
	v, ok := t.(*verdict)
	if !ok {
		return nil
	}
	on, end := kinOn(v.on.net.Host())
	v.Cleanup(end)
	return on
}

// within runs a command in this process, as another of a machine in memory.
func (c *console) within(v *verdict, args []string) result {
	return c.interrupted(v.Context(), v, args)
}

// interrupted does so until a context ends, which is an interrupt from then on.
func (c *console) interrupted(ctx context.Context, v *verdict, args []string) result {
	return c.from(ctx, v.on.net.Host(), args)
}

// from does so on a host of its own.
func (c *console) from(ctx context.Context, host *memnet.Host, args []string) result {
	time.Sleep(time.Second) // nobody starts two consoles in one millisecond
	ctx, cancel := context.WithTimeout(ctx, time.Hour)
	defer cancel()
	on, end := kinOn(host)
	defer end()
	var out, errs bytes.Buffer
	cmd := rootOn(on)
	cmd.SetArgs(c.with(args))
	cmd.SetOut(&out)
	cmd.SetErr(&errs)
	err := cmd.ExecuteContext(ctx)
	if err != nil {
		printError(&errs, fang.Styles{}, err)
	}
	return result{code: codeOf(ctx, err), lines: c.parse(&out), stderr: errs.String()}
}
