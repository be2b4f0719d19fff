//go:build unix

package tui

import (
	"context"
	"os"
	"os/signal"

	tea "charm.land/bubbletea/v2"
	"golang.org/x/sys/unix"
)

// resumable reports whether a shell with job control started this process, by
// itself or through another program such as `go run`. Such a shell gives each
// job a process group of its own; without one nobody would resume what was
// stopped, and the incident would be left without its console.
func resumable() bool {
	session, err := unix.Getsid(0)
	return err == nil && session != unix.Getpgrp()
}

// whenContinued draws the screen afresh each time the process goes on after a
// stop, until ctx ends: whoever stopped it, the shell has written over it.
func whenContinued(ctx context.Context, p *tea.Program) {
	continued := make(chan os.Signal, 1)
	signal.Notify(continued, unix.SIGCONT)
	defer signal.Stop(continued)
	for {
		select {
		case <-continued:
			p.Send(tea.ResumeMsg{})
		case <-ctx.Done():
			return
		}
	}
}
