package world

import (
	"fmt"
	"time"

	"pchatops/ops/lab/tsql"
)

// faults are what is broken on purpose.
type faults struct {
	shareOffline bool
	shareDenied  bool
	shareDelay   time.Duration   // that opening a folder there takes
	shareRate    int64           // bytes a second that copying from it reaches; 0: any
	severed      map[string]bool // data centres that the others do not reach
	full         map[string]bool // volumes: "share", or a machine name
	access       map[opener]Access
	files        map[reader]Access
	volumes      []volume                 // mounted in folders
	skew         map[string]time.Duration // by machine: how far its clock is ahead
}

// SetShareOffline takes the file server of the backup share away, or brings it back.
func (w *World) SetShareOffline(off bool) { w.locked(func() { w.faults.shareOffline = off }) }

// SetShareDenied takes the rights on the backup share away, or gives them back.
func (w *World) SetShareDenied(denied bool) { w.locked(func() { w.faults.shareDenied = denied }) }

// SetShareRate makes the backup share slow: copying from it reaches so many
// bytes a second of the lab's time. 0: any.
func (w *World) SetShareRate(bytes int64) { w.locked(func() { w.faults.shareRate = bytes }) }

// SetShareDelay lets whoever opens a folder of the backup share wait.
func (w *World) SetShareDelay(d time.Duration) { w.locked(func() { w.faults.shareDelay = d }) }

// ShareDelay is how long that takes.
func (w *World) ShareDelay() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.faults.shareDelay
}

// ShareRate is how fast copying from the backup share is.
func (w *World) ShareRate() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.faults.shareRate
}

// SetDiskFull fills a volume ("share", or an instance's machine), or frees it.
func (w *World) SetDiskFull(volume string, full bool) {
	if i := w.Instance(volume); i != nil {
		volume = i.host
	}
	w.locked(func() { w.faults.full[volume] = full })
}

// SetSlow makes BACKUP and RESTORE so many times slower.
func (w *World) SetSlow(factor float64) { w.locked(func() { w.cfg.Pace.Slow = factor }) }

// Mend takes back what was done to speeds, clocks, links to a monitor server and rights
// to folders and files.
func (w *World) Mend() {
	w.locked(func() {
		w.cfg.Pace.Slow, w.faults.shareRate = 1, 0
		clear(w.faults.access)
		clear(w.faults.files)
		clear(w.faults.skew)
		for _, i := range w.instances {
			i.link = LinkUp
			i.zeroing, i.unpatched, i.hangs, i.alone = 0, false, false, false
		}
		w.locksChanged()
	})
}

func (w *World) locked(change func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change()
}

// Backups are the log backups of the chat database in a folder as the
// secondary's server sees it (Share or Folder), oldest first.
func (w *World) Backups(folder string) ([]string, error) {
	path, err := w.Resolve("SQL11", folder)
	if err != nil {
		return nil, err
	}
	return backupsIn(path, Database)
}

// Standby leaves the secondary database readable between restores, as log
// shipping in STANDBY mode does.
func (w *World) Standby() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := w.byHost("SQL11")
	d, s := i.db(Database), i.secondaryDatabase(Database)
	if d == nil || d.state != restoring {
		return fmt.Errorf("the secondary's database is not restoring")
	}
	if s != nil {
		s.standby = true
	}
	undo := tsql.Options{Values: map[string]string{"STANDBY": Folder + `\` + Database + ".tuf"}}
	o := i.operation(nil, "RESTORE DATABASE", undo, &listener{})
	if e := o.conclude(d, o.with); e != nil {
		return e
	}
	return nil
}
