package journal

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"pchatops/ops/fault"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv("JOURNAL_TEST_HOLD"); dir != "" {
		hold(dir)
	}
	goleak.VerifyTestMain(m)
}

// hold is the other console of the lock test: it takes the lock, says so and
// waits to be killed.
func hold(dir string) {
	if _, err := Acquire(dir, opening(""), Myself(threeInTheMorning)); err != nil {
		os.Exit(1)
	}
	_, _ = os.Stdout.WriteString("held\n")
	select {}
}

func TestSecondConsoleIsToldWhoDrives(t *testing.T) {
	dir := t.TempDir()
	exe, err := os.Executable()
	require.NoError(t, err)
	other := exec.CommandContext(t.Context(), exe)
	other.Env = append(os.Environ(), "JOURNAL_TEST_HOLD="+dir)
	out, err := other.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, other.Start())
	_, err = out.Read(make([]byte, 16))
	require.NoError(t, err)

	_, err = Acquire(dir, opening(""), Myself(threeInTheMorning))
	var held *HeldError
	require.ErrorAs(t, err, &held)
	require.Equal(t, other.Process.Pid, held.Holder.PID)
	require.Equal(t, Myself(threeInTheMorning).User, held.Holder.User)
	require.ErrorContains(t, err, "2026-11-21T03:00:00Z")

	who, drives, err := Driving(dir, opening(""))
	require.NoError(t, err)
	require.True(t, drives)
	require.Equal(t, other.Process.Pid, who.PID)

	elsewhere, err := Acquire(dir, Opening{Site: "another-site"}, Myself(threeInTheMorning))
	require.NoError(t, err, "each site has a lock of its own")
	require.NoError(t, elsewhere.Release())

	require.NoError(t, other.Process.Kill())
	_ = other.Wait()
	who, drives, err = Driving(dir, opening(""))
	require.NoError(t, err)
	require.False(t, drives, "a process that was killed drives nothing")
	require.Equal(t, other.Process.Pid, who.PID, "and is still known by name")
	mine, err := Acquire(dir, opening(""), Myself(threeInTheMorning))
	require.NoError(t, err, "a killed console leaves no lock behind")
	require.NoError(t, mine.Release())
}

// An observer's look holds the lock for a moment. That must neither turn a
// console away that is about to drive, nor make a lock where there is none.
func TestLookingAtTheLockKeepsNobodyFromDriving(t *testing.T) {
	dir := t.TempDir()
	_, drives, err := Driving(dir, opening(""))
	require.NoError(t, err)
	require.False(t, drives)
	require.NoFileExists(t, filepath.Join(dir, "litware-pchat.lock"))

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var lookers sync.WaitGroup
	for range 4 {
		lookers.Go(func() {
			tick := time.NewTicker(time.Millisecond)
			defer tick.Stop()
			for ctx.Err() == nil {
				_, _, err := Driving(dir, opening(""))
				assert.NoError(t, err)
				<-tick.C
			}
		})
	}
	for range 20 {
		mine, err := Acquire(dir, opening(""), Myself(threeInTheMorning))
		require.NoError(t, err)
		_, drives, err := Driving(dir, opening(""))
		require.NoError(t, err)
		require.True(t, drives)
		require.NoError(t, mine.Release())
	}
	stop()
	lookers.Wait()
}

func TestHolderCannotSteerTheTerminal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.driver")
	require.NoError(t, writeHolder(path, Holder{User: "\x1b]0;mallory\a", Host: "h\u202e", PID: 1}))
	require.Equal(t, Holder{User: "]0;mallory", Host: "h", PID: 1}, readHolder(path))
	require.NoError(t, os.WriteFile(path, []byte(strings.Repeat("x", 1<<20)), 0o600))
	require.Zero(t, readHolder(path))
}

// follower runs Tail and lets the test say when it looks and know when it has.
type follower struct {
	tick  chan time.Time
	idle  chan struct{}
	end   chan error
	lines []Line
}

func follow(ctx context.Context, path string) *follower {
	f := &follower{tick: make(chan time.Time), idle: make(chan struct{}), end: make(chan error, 1)}
	go func() {
		f.end <- Tail(ctx, path, f.tick, keep(&f.lines), func() {
			select {
			case f.idle <- struct{}{}:
			case <-ctx.Done():
			}
		})
	}()
	return f
}

func (f *follower) look() {
	f.tick <- time.Time{}
	<-f.idle
}

func TestObserverSeesEachLineOnceEvenAcrossATornOne(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	path := begin(t, t.TempDir(), "one")
	f := follow(ctx, path)
	<-f.idle
	require.Len(t, f.lines, 2)

	add(t, path, `{"seq":3,"half`)
	f.look()
	require.Len(t, f.lines, 2, "half a line is no line")

	j, err := Reopen(path, options(), nothing)
	require.NoError(t, err)
	require.NoError(t, j.AppendData(Note, "from the next console"))
	require.NoError(t, j.Close())
	f.look()
	require.Len(t, f.lines, 4)
	require.Equal(t, Aside, f.lines[2].Type)

	cancel()
	require.ErrorIs(t, <-f.end, context.Canceled)
}

func TestObserverIsToldWhenLinesVanish(t *testing.T) {
	path := begin(t, t.TempDir(), "one")
	f := follow(t.Context(), path)
	<-f.idle
	require.NoError(t, os.Truncate(path, 10))
	f.tick <- time.Time{}
	require.ErrorContains(t, <-f.end, "gone")
}

func TestNewestUnfinishedIncidentIsTakenUp(t *testing.T) {
	dir := t.TempDir()
	write := func(o Opening, last Type) {
		j, err := Create(dir, o, options())
		require.NoError(t, err)
		require.NoError(t, j.AppendData(last, map[string]int{}))
		require.NoError(t, j.Close())
	}
	o := opening("20261101t000000-000z-a")
	write(o, Note)
	o.ID = "20261102t000000-000z-a"
	write(o, Note)
	o.ID = "20261103t000000-000z-a"
	write(o, Close)
	o.ID, o.Procedure = "20261104t000000-000z-b", "failback"
	write(o, Note)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "20261105.jsonl"), []byte("no journal"), 0o600))

	all, err := List(dir)
	require.NoError(t, err)
	require.Len(t, all, 5)
	require.True(t, fault.Is(all[0].Err, fault.State))
	require.Equal(t, "failback", all[1].Procedure)
	require.True(t, all[2].Ended)

	count := 0
	found, err := Unfinished(dir, opening("20261106t000000-000z-a"))
	require.NoError(t, err)
	j, err := Reopen(found[0].Path, options(), func(Line) error { count++; return nil })
	require.NoError(t, err)
	require.NoError(t, j.Close())
	require.Equal(t, filepath.Join(dir, "20261102t000000-000z-a.jsonl"), j.Path())
	require.Equal(t, 2, count)
}

func TestFirstIncidentBeginsItsJournal(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	none, err := List(dir)
	require.NoError(t, err)
	require.Empty(t, none)
	id := NewID("Litware PChat", "failover", threeInTheMorning)
	found, err := Unfinished(dir, opening(id))
	require.NoError(t, err)
	require.Empty(t, found)
	j, err := Create(dir, opening(id), options())
	require.NoError(t, err)
	require.NoError(t, j.Close())
	require.Equal(t, "20261121t030000-000z-litware-pchat-failover.jsonl", filepath.Base(j.Path()))
}

func TestJournalsLieInTheStateFolder(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", filepath.Join(string(filepath.Separator), "state"))
	dir, err := StateDir("")
	require.NoError(t, err)
	if !windowsHost {
		require.Equal(t, "/state/pchatops", dir)
	}
	given := t.TempDir()
	dir, err = StateDir(given)
	require.NoError(t, err)
	require.Equal(t, given, dir)
}
