package world

import (
	"fmt"
	"os"
	"strings"
	"time"

	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/world/media"
)

// faults are what is broken on purpose.
type faults struct {
	shareOffline bool
	shareDenied  bool
	full         map[string]bool // volumes: "share", or a machine name
	access       map[opener]Access
	volumes      []volume // mounted in folders
}

// SetShareOffline takes the file server of the backup share away, or brings it back.
func (w *World) SetShareOffline(off bool) { w.locked(func() { w.faults.shareOffline = off }) }

// SetShareDenied takes the rights on the backup share away, or gives them back.
func (w *World) SetShareDenied(denied bool) { w.locked(func() { w.faults.shareDenied = denied }) }

// SetDiskFull fills a volume ("share", or an instance's machine), or frees it.
func (w *World) SetDiskFull(volume string, full bool) {
	if i := w.Instance(volume); i != nil {
		volume = i.host
	}
	w.locked(func() { w.faults.full[volume] = full })
}

// SetSlow makes BACKUP and RESTORE so many times slower.
func (w *World) SetSlow(factor float64) { w.locked(func() { w.cfg.Pace.Slow = factor }) }

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

// Damage spoils the content of a backup file, behind its header.
func (w *World) Damage(folder, name string) error {
	return w.edit(folder, name, func(content []byte) []byte {
		content[len(content)-len(content)/8-1] ^= 0xff
		return content
	})
}

// Truncate cuts a file short to a part of its length, as an interrupted copy does.
func (w *World) Truncate(folder, name string, part float64) error {
	return w.edit(folder, name, func(content []byte) []byte { return content[:int(float64(len(content))*part)] })
}

// Garble replaces a file with what is no backup.
func (w *World) Garble(folder, name string) error {
	return w.edit(folder, name, func([]byte) []byte { return []byte("This is not a backup.\r\n") })
}

func (w *World) edit(folder, name string, change func([]byte) []byte) error {
	path, err := w.Resolve("SQL11", folder+`\`+name)
	if err != nil {
		return err
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, change(content), 0o644)
}

// Remove takes a file away.
func (w *World) Remove(folder, name string) error {
	path, err := w.Resolve("SQL11", folder+`\`+name)
	if err != nil {
		return err
	}
	return os.Remove(path)
}

// Duplicate puts a second copy of a file beside it, under another name that
// looks like a backup of its own.
func (w *World) Duplicate(folder, name, as string) error {
	path, err := w.Resolve("SQL11", folder+`\`+name)
	if err != nil {
		return err
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(strings.TrimSuffix(path, name)+as, content, 0o644)
}

// Foreign puts a log backup of another database of the same name into a
// folder: what a second installation that shares the folder would leave.
func (w *World) Foreign(folder string, taken time.Time) (name string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	name = fmt.Sprintf("%s_%s.trn", Database, taken.UTC().Format(stampLayout))
	family, fork := w.guid(), w.guid()
	set := &media.Set{Header: media.Header{
		Set: w.guid(), Type: media.Log, Server: `SQL77\RTC`, Machine: "SQL77", User: `LITWARE\svc-sql`, Database: Database,
		Created: taken.AddDate(-1, 0, 0), Started: taken, Finished: taken, First: 5000, Last: 5100, Checkpoint: 4900, DatabaseLSN: 4900,
		Family: family, Binding: family, Fork: fork, FirstFork: fork, Recovery: "FULL", Version: w.cfg.Version.Major,
		Build: w.cfg.Version.Build, Bytes: logBytes(0), LogicalData: Database, LogicalLog: Database + "_log",
	}}
	if e := w.byHost("SQL11").put(folder+`\`+name, set, true); e != nil {
		return "", e
	}
	return name, nil
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
