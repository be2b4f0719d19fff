package journal

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"github.com/gofrs/flock"
)

// Holder is who drives a site.
type Holder struct {
	User  string    `json:"user"`
	Host  string    `json:"host"`
	PID   int       `json:"pid"`
	Since time.Time `json:"since"` // UTC
}

// Myself describes this process.
func Myself(now time.Time) Holder {
	h := Holder{User: "unknown", Host: "unknown", PID: os.Getpid(), Since: now.UTC()}
	if u, err := user.Current(); err == nil {
		h.User = u.Username
	}
	if name, err := os.Hostname(); err == nil {
		h.Host = name
	}
	return h
}

// HeldError says that somebody else drives the site.
type HeldError struct {
	Site   string
	Holder Holder // zero when the holder has not said
}

// Error names the holder.
func (e *HeldError) Error() string {
	if e.Holder == (Holder{}) {
		return fmt.Sprintf("another console drives %s → watch it, or wait until it ends", e.Site)
	}
	return fmt.Sprintf("%s drives %s from %s (process %d) since %s → watch, or wait until that console ends",
		e.Holder.User, e.Site, e.Holder.Host, e.Holder.PID, e.Holder.Since.Format(time.RFC3339))
}

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
	got, err := l.lock.TryLock()
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

// Release gives the lock back. The lock file stays: removing it would let two
// processes lock two files of one name.
func (l *Lock) Release() error {
	_ = os.Remove(l.side)
	return l.lock.Close()
}

// writeHolder replaces the side file in one move, so that nobody reads half of it.
func writeHolder(path string, h Holder) error {
	raw, err := json.Marshal(h)
	if err != nil {
		return err
	}
	part := path + ".part"
	if err := os.WriteFile(part, append(raw, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(part, path)
}

// readHolder gives the zero Holder when there is none to read.
func readHolder(path string) Holder {
	f, err := os.Open(path)
	if err != nil {
		return Holder{}
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(io.LimitReader(f, 4096))
	if err != nil {
		return Holder{}
	}
	var h Holder
	if json.Unmarshal(raw, &h) != nil {
		return Holder{}
	}
	h.User, h.Host = printable(h.User), printable(h.Host)
	return h
}

// printable leaves out what could steer a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)
}
