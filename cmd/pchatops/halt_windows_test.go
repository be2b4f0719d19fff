package main

import "syscall"

// halt and goOn stand for signals that Windows does not have: sending one fails,
// and that is noted.
const (
	halt = syscall.Signal(-1)
	goOn = syscall.Signal(-2)
)
