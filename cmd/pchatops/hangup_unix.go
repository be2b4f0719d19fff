//go:build unix

package main

import (
	"os"
	"syscall"
)

// hangups are the signals that end the screen and not the step under way.
var hangups = []os.Signal{syscall.SIGHUP}
