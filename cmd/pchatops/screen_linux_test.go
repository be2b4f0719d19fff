package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/require"
)

// screen is a program on a terminal device.
type screen struct {
	tb    testing.TB
	tty   *os.File
	pid   int
	began time.Time
	size  pty.Winsize
	over  chan struct{} // closed when the program has ended
	err   error         // of its end
	end   func()        // kills it, if it has not ended

	mu   sync.Mutex
	got  []arrival
	news chan struct{} // tapped when something came
}

// arrival is what came at once, and at which size of the terminal.
type arrival struct {
	at   time.Time
	text []byte
	size pty.Winsize
}

// on starts the console at a size. It ends with the test.
func (c *console) on(tb testing.TB, cols, rows uint16) *screen {
	return onTerminal(tb, c.onScreen("console"), cols, rows)
}

// onScreen is a command for a terminal.
func (c *console) onScreen(args ...string) *exec.Cmd {
	cmd := c.command(context.Background(), args...)
	cmd.Args = slices.DeleteFunc(cmd.Args, func(a string) bool { return a == "--json" })
	return cmd
}

// onTerminal starts a program on a terminal device of its own, an xterm of 256
// colours unless env says otherwise. It ends with the test.
func onTerminal(tb testing.TB, cmd *exec.Cmd, cols, rows uint16, env ...string) *screen {
	cmd.Env = append(append(cmd.Env, "TERM=xterm-256color", "COLORTERM=", "SSH_TTY=/dev/pts/0", "LANG=C.UTF-8", "LC_ALL="), env...)
	s := &screen{tb: tb, began: time.Now(), size: pty.Winsize{Cols: cols, Rows: rows}, news: make(chan struct{}, 1), over: make(chan struct{})}
	tty, err := pty.StartWithSize(cmd, &s.size)
	require.NoError(tb, err)
	s.tty, s.pid = tty, cmd.Process.Pid
	read := make(chan struct{})
	go func() {
		defer close(read)
		s.read()
	}()
	go func() {
		defer close(s.over)
		s.err = cmd.Wait()
	}()
	s.end = func() {
		_ = cmd.Process.Kill()
		<-s.over
	}
	tb.Cleanup(func() {
		s.end()
		_ = tty.Close()
		<-read
	})
	return s
}

func (s *screen) read() {
	for buf := make([]byte, 64<<10); ; {
		n, err := s.tty.Read(buf)
		if err != nil {
			return
		}
		s.mu.Lock()
		s.got = append(s.got, arrival{time.Now(), bytes.Clone(buf[:n]), s.size})
		s.mu.Unlock()
		select {
		case s.news <- struct{}{}:
		default:
		}
	}
}

// press sends a key.
func (s *screen) press(key string) time.Time {
	at := time.Now()
	_, err := io.WriteString(s.tty, key)
	require.NoError(s.tb, err)
	return at
}

// shows waits until a text has come after a time, and says when. Only texts
// that are drawn afresh as a whole can be waited for.
func (s *screen) shows(text string, after time.Time) time.Time {
	s.tb.Helper()
	for deadline := time.After(2 * time.Minute); ; {
		if at, found := s.find(text, after); found {
			return at
		}
		select {
		case <-s.news:
		case <-deadline:
			s.tb.Fatalf("%q does not appear; the last that came: %q", text, s.last())
		}
	}
}

func (s *screen) find(text string, after time.Time) (time.Time, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var seen []byte
	for _, a := range s.got {
		if a.at.Before(after) {
			continue
		}
		if seen = append(seen, a.text...); bytes.Contains(seen, []byte(text)) {
			return a.at, true
		}
	}
	return time.Time{}, false
}

func (s *screen) last() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.got) == 0 {
		return nil
	}
	return s.got[len(s.got)-1].text
}

// count gives the bytes that came since a time.
func (s *screen) count(since time.Time) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.got {
		if !a.at.Before(since) {
			n += len(a.text)
		}
	}
	return n
}
