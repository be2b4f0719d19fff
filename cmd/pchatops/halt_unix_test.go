//go:build unix

package main

import "syscall"

// halt and goOn are the signals that hold a process and let it go on.
const (
	halt = syscall.SIGSTOP
	goOn = syscall.SIGCONT
)
