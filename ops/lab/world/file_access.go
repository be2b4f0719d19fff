package world

import (
	"fmt"
	"maps"
	"path/filepath"
	"strings"

	"pchatops/ops/lab/windows"
)

var errInUse = &windows.Win32Error{Code: 32, Text: "The process cannot access the file because it is being used by another process."}

// reader is who opens a file: a service of an instance (`SQL11\RTC`), or what
// runs on a host (SQL11, FE11). The empty reader is everybody.
type reader struct{ name, path string }

// SetFileAccess says what somebody meets who opens a file of the backup share
// (Share) or of the copy folder (Folder): nothing, Denied (5), InUse
// (32), or Stalled.
// Who is an instance (`SQL11\RTC`: its service accounts), a host (SQL11: what
// runs there in a shell or as a job), or everybody when empty.
func (w *World) SetFileAccess(folder, name, who string, a Access) error {
	if err := plain(name); err != nil {
		return err
	}
	path, ok := map[string]string{Share: w.sharePath(), Folder: w.FolderPath()}[folder]
	if !ok {
		return fmt.Errorf("no folder %q: %s or %s", folder, Share, Folder)
	}
	if i := w.Instance(who); strings.Contains(who, `\`) && i == nil {
		return fmt.Errorf("no instance %q", who)
	}
	key := reader{strings.ToUpper(who), filepath.Join(path, name)}
	switch a {
	case Allowed:
		w.locked(func() { delete(w.faults.files, key) })
	case Denied, InUse, Stalled:
		w.locked(func() { w.faults.files[key] = a })
	default:
		return fmt.Errorf("no access %q to a file: %s, %s, %s or %s", a, Allowed, Denied, InUse, Stalled)
	}
	return nil
}

// mayOpen tells why somebody cannot open a real file.
func (f *faults) mayOpen(who, path string) error {
	for _, key := range []reader{{"", path}, {strings.ToUpper(who), path}} {
		if a, ok := f.files[key]; ok {
			return a.refuses(false)
		}
	}
	return nil
}

// stalls reports whether reading one of these files never ends for somebody.
func (f *faults) stalls(who string, paths []string) bool {
	for _, path := range paths {
		if f.files[reader{"", path}] == Stalled || f.files[reader{strings.ToUpper(who), path}] == Stalled {
			return true
		}
	}
	return false
}

// moved lets rights go with a file that has another name now, or none.
func (f *faults) moved(from, to string) {
	for key, a := range maps.Clone(f.files) {
		if key.path != from {
			continue
		}
		delete(f.files, key)
		if to != "" {
			f.files[reader{key.name, to}] = a
		}
	}
}
