package journal

import (
	"cmp"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"pchatops/ops/private"
)

// Lock is the right of one process of this host to drive a site.
type Lock struct {
	file *os.File
	side string
}

// lockPath begins the names of a site's lock and of its side file. They are those
// of what the site is: what it is called is free, and two sites may be called
// alike. Incidents of a format that keeps no identity have only the name.
func lockPath(dir string, o Opening) string {
	return filepath.Join(dir, short(slug(cmp.Or(o.Identity, o.Site))))
}

// Acquire takes the lock of the site that o names, in the folder of its journals.
// The operating system frees it when the process ends, however it ends. A
// *HeldError says who has it, or writes one of the site's journals.
func Acquire(dir string, o Opening, h Holder) (*Lock, error) {
	if err := private.Folder(dir); err != nil {
		return nil, trouble("make the journal folder", dir, err)
	}
	base := lockPath(dir, o)
	l := &Lock{side: base + ".driver"}
	fail := func(err error) (*Lock, error) {
		_ = l.file.Close()
		return nil, trouble("lock the site "+o.Site+" with", base+".lock", err)
	}
	if err := private.Check(l.side); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fail(err)
	}
	var err error
	if l.file, err = openLock(base + ".lock"); err != nil {
		return fail(err)
	}
	got, err := take(l.file)
	if err != nil {
		return fail(err)
	}
	// Whoever removes the file makes room for another lock, not for another driver.
	who, drives, err := driver(dir, o, !got)
	if err != nil {
		return fail(err)
	}
	if drives {
		_ = l.file.Close()
		return nil, &HeldError{Site: o.Site, Holder: who, Dir: dir}
	}
	if err := writeHolder(l.side, h); err != nil {
		_ = l.file.Close()
		return nil, trouble("say who drives in", l.side, err)
	}
	return l, nil
}

// openLock opens a lock file, or makes it where there is none.
func openLock(path string) (*os.File, error) {
	f, err := private.Create(path, os.O_RDWR)
	if errors.Is(err, fs.ErrExist) {
		return private.Open(path, os.O_RDWR)
	}
	return f, err
}

// take locks a file for this process alone. It tries for longer than a look at
// the lock needs, which holds it for that moment.
func take(f *os.File) (bool, error) {
	for end := time.Now().Add(glance); ; time.Sleep(glance / 10) {
		got, err := lockFile(f, true)
		if got || err != nil || time.Now().After(end) {
			return got, err
		}
	}
}

// release closes a file, and ends its lock before.
func release(f *os.File) error {
	unlock(f)
	return f.Close()
}

// glance is far longer than a look at the lock takes.
const glance = 100 * time.Millisecond

// taken reports whether a process has a file locked for itself.
func taken(path string) (bool, error) {
	f, err := private.Open(path, os.O_RDONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer release(f) //nolint:errcheck // it was only looked at
	free, err := lockFile(f, false)
	return !free, err
}

// Driving tells whether a process of this host drives the site that o names, and
// who. It changes nothing. The locks are the truth, that of the site and that of
// each of its open journals: what is written beside them outlives a process that
// was killed, and then names who drove last.
func Driving(dir string, o Opening) (Holder, bool, error) {
	path := lockPath(dir, o) + ".lock"
	locked, err := taken(path)
	if err != nil {
		return Holder{}, false, trouble("look at the lock of "+o.Site+" in", path, err)
	}
	return driver(dir, o, locked)
}

// driver is who drives a site, whose lock somebody has or nobody. Who writes one of
// its journals drives it, whatever has become of the lock.
func driver(dir string, o Opening, locked bool) (Holder, bool, error) {
	who := readHolder(lockPath(dir, o) + ".driver")
	if locked && who != (Holder{}) {
		return who, true, nil
	}
	all, err := List(dir)
	if err != nil {
		return who, locked, err
	}
	for _, i := range all {
		if i.Ended || !i.Of(o.Site, o.Identity) {
			continue
		}
		if writer, writes, err := i.Driver(); writes || err != nil {
			return writer, writes, err
		}
	}
	return who, locked, nil
}

// Driver tells whether a process of this host writes the incident's journal, and
// who: as it says beside the site's lock or, where that is gone, in the journal.
func (i Info) Driver() (h Holder, writes bool, err error) {
	if writes, err = taken(i.Path); err != nil {
		return h, false, trouble("look at the lock of", i.Path, err)
	}
	h = readHolder(lockPath(filepath.Dir(i.Path), i.Opening) + ".driver")
	if writes && h == (Holder{}) {
		h = lastDriver(i.Path)
	}
	return h, writes, nil
}

// lastDriver is who took an incident up last, as far as its journal tells.
func lastDriver(path string) (h Holder) {
	f, err := Read(path)
	if err != nil {
		return h
	}
	defer func() { _ = f.Close() }()
	_, _ = Replay(f, func(l Line) error { // what can be read is better than nothing
		if l.Type == Driver {
			h = Holder{}
			_ = json.Unmarshal(l.Data, &h)
			h = h.printable()
		}
		return nil
	})
	return h
}

// Release gives the lock back. The lock file stays: removing it would let two
// processes lock two files of one name.
func (l *Lock) Release() error {
	_ = os.Remove(l.side)
	return release(l.file)
}
