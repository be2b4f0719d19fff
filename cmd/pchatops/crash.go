package main

import (
	"fmt"
	"path/filepath"
	"time"

	"pchatops/ops/private"
	"pchatops/tui"
)

// crashed keeps a note of a screen that failed beside the journals, and says
// where it is. The note tells where the program failed, and nothing of what it
// showed or was told.
func crashed(dir string, c *tui.Crash) error {
	now := time.Now().UTC()
	note := fmt.Sprintf("%s\npchatops %s %s\n%s\n\n%s", now.Format(time.RFC3339), version, commit, c.Error(), c.Stack)
	path := filepath.Join(dir, "crash-"+now.Format("20060102T150405.000Z")+".txt")
	if err := private.Write(path, []byte(note)); err != nil {
		path = "nowhere: " + err.Error()
	}
	return &exit{exitFailed, fmt.Errorf("%w. A step under way has run to its end and is on record; "+
		"start the console again to go on from there. The note is in %s", c, path)}
}
