package tui

// resumable is always false: Windows has no job control.
func resumable() bool { return false }
