package journal

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// Lock is the right of one process of this host to drive a site.
type Lock struct {
	lock *flock.Flock
	side string
}

// Acquire takes the lock of a site in the folder of its journals. The
// operating system frees it when the process ends, however it ends. A
// *HeldError says who has it.
func Acquire(dir, site string, h Holder) (*Lock, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, trouble("make the journal folder", dir, err)
	}
	base := filepath.Join(dir, short(slug(site)))
	l := &Lock{lock: flock.New(base+".lock", flock.SetPermissions(0o600)), side: base + ".driver"}
	got, err := l.take()
	if err != nil {
		return nil, trouble("lock the site "+site+" with", base+".lock", err)
	}
	if !got {
		_ = l.lock.Close()
		return nil, &HeldError{Site: site, Holder: readHolder(l.side)}
	}
	if err := writeHolder(l.side, h); err != nil {
		_ = l.lock.Close()
		return nil, trouble("say who drives in", l.side, err)
	}
	return l, nil
}

// take tries for longer than an observer needs for a look at the lock, which
// holds it for that moment.
func (l *Lock) take() (bool, error) {
	ctx, cancel := context.WithTimeout(context.Background(), glance)
	defer cancel()
	got, err := l.lock.TryLockContext(ctx, glance/10)
	if errors.Is(err, context.DeadlineExceeded) {
		err = nil
	}
	return got, err
}

// glance is far longer than a look at the lock takes.
const glance = 100 * time.Millisecond

// Driving tells whether a process of this host drives a site, and who. It
// changes nothing. The lock is the truth: what is written beside it outlives a
// process that was killed, and then names who drove last.
func Driving(dir, site string) (Holder, bool, error) {
	base := filepath.Join(dir, short(slug(site)))
	look := flock.New(base+".lock", flock.SetFlag(os.O_RDONLY))
	free, err := look.TryRLock()
	holder := readHolder(base + ".driver")
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return holder, false, nil
	case err != nil:
		return holder, false, trouble("look at the lock of "+site+" in", base+".lock", err)
	}
	return holder, !free, look.Close()
}

// Release gives the lock back. The lock file stays: removing it would let two
// processes lock two files of one name.
func (l *Lock) Release() error {
	_ = os.Remove(l.side)
	return l.lock.Close()
}
