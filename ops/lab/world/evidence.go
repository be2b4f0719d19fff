package world

import "pchatops/ops/lab/world/media"

// Restored lists the files of the log backups that an instance (by name or
// role) has applied to the chat database, by its own history, oldest first.
func (w *World) Restored(instance string) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := w.Instance(instance)
	if i == nil {
		return nil
	}
	var files []string
	for _, r := range i.history.restores {
		if set := i.history.sets[r.set-1]; r.database == Database && set.header.Type == media.Log {
			files = append(files, set.devices...)
		}
	}
	return files
}

// MirrorInstalls tells how often Install-CsMirrorDatabase was begun.
func (w *World) MirrorInstalls() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.installs
}

// DiskFull reports whether a machine's volume is full.
func (w *World) DiskFull(machine string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.faults.full[machine]
}

// StateOf is the state of the chat database on an instance, as sys.databases
// says it: STANDBY and ABSENT are told apart from it.
func (w *World) StateOf(instance string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := w.Instance(instance)
	if i == nil || i.db(Database) == nil {
		return "ABSENT"
	}
	d := i.db(Database)
	if d.standby != "" {
		return "STANDBY"
	}
	return d.state
}
