//go:build unix

package tui

import (
	"os"

	"golang.org/x/sys/unix"
)

// resumable reports whether a shell with job control started this process. A
// stop that nobody can end would leave the incident without its console, and
// where there is no such shell the system does not even stop the process.
func resumable() bool {
	parent := os.Getppid()
	group, err := unix.Getpgid(parent)
	if err != nil || group == unix.Getpgrp() {
		return false
	}
	theirs, err := unix.Getsid(parent)
	ours, errOurs := unix.Getsid(0)
	return err == nil && errOurs == nil && theirs == ours
}
