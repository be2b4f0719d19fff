package main

import (
	"os"
	"runtime/debug"
)

// thrifty lets the collector come after half of what it usually waits for,
// unless GOGC says otherwise. A console stays open for days, often beside
// others. Three megabytes of it are alive; waiting for as much again holds 29 to
// 30 MB, waiting for half of it 26 to 27, for less than a hundredth of a
// processor.
func thrifty() {
	const percent = 50
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
}
