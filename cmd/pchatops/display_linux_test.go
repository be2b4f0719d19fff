package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
	"github.com/stretchr/testify/require"
)

// patience is when a test gives up waiting for a screen.
const patience = 30 * time.Second

// display is what a person sees on the terminal now.
func (s *screen) display() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	emu := vt.NewEmulator(int(s.size.Cols), int(s.size.Rows))
	replies, _ := emu.InputPipe().(io.Closer)
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		_, _ = io.Copy(io.Discard, emu) // nobody asked
	}()
	for _, a := range s.got {
		emu.Resize(int(a.size.Cols), int(a.size.Rows))
		_, _ = emu.Write(a.text) // it takes everything
	}
	emu.Resize(int(s.size.Cols), int(s.size.Rows))
	_ = replies.Close()
	<-drained
	lines := make([]string, s.size.Rows)
	for y := range lines {
		var b strings.Builder
		for x := 0; x < int(s.size.Cols); x++ {
			if c := emu.CellAt(x, y); c != nil && c.Content != "" {
				b.WriteString(c.Content)
			} else {
				b.WriteByte(' ')
			}
		}
		lines[y] = strings.TrimRight(b.String(), " ")
	}
	return strings.Join(lines, "\n")
}

// sees waits until a person sees all texts.
func (s *screen) sees(texts ...string) {
	s.tb.Helper()
	s.await(func(shown string) bool {
		for _, text := range texts {
			if !strings.Contains(shown, text) {
				return false
			}
		}
		return true
	})
}

// await waits until what a person sees is as it should be.
func (s *screen) await(holds func(shown string) bool) {
	s.tb.Helper()
	for deadline := time.After(patience); ; {
		shown := s.display()
		if holds(shown) {
			return
		}
		select {
		case <-s.news:
		case <-deadline:
			s.tb.Fatalf("it does not happen; the screen:\n%s", shown)
		}
	}
}

// resize gives the terminal another size.
func (s *screen) resize(cols, rows uint16) {
	s.mu.Lock()
	s.size = pty.Winsize{Cols: cols, Rows: rows}
	s.mu.Unlock()
	require.NoError(s.tb, pty.Setsize(s.tty, &s.size))
}

// ended waits for the end of the program, and gives its exit code.
func (s *screen) ended() int {
	s.tb.Helper()
	select {
	case <-s.over:
	case <-time.After(patience):
		s.tb.Fatalf("the program does not end; the screen:\n%s", s.display())
	}
	var failed *exec.ExitError
	if errors.As(s.err, &failed) {
		return failed.ExitCode()
	}
	require.NoError(s.tb, s.err)
	return 0
}

// pieces counts what has come so far.
func (s *screen) pieces() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.got)
}

// since gives what came after the first pieces.
func (s *screen) since(piece int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	for _, a := range s.got[piece:] {
		b.Write(a.text)
	}
	return b.String()
}

// stopped waits until a process stands still.
func stopped(t testing.TB, pid int) {
	t.Helper()
	until(t, "the process is stopped", func() bool {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		return err == nil && strings.Contains(string(stat), ") T ")
	})
}
