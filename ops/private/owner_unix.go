//go:build unix

package private

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// unfollowed keeps an open from following a link and from waiting for the other
// end of a pipe.
const unfollowed = syscall.O_NOFOLLOW | syscall.O_NONBLOCK

const (
	othersWrite = 0o022
	root        = 0
)

func owner(info fs.FileInfo) int {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(st.Uid)
	}
	return -1
}

// ours refuses what belongs to another account or what others may write.
func ours(path string, info fs.FileInfo) error {
	if owner(info) != os.Geteuid() {
		return &Error{path, "belongs to another account", "name another folder, or take it over if you know what it is"}
	}
	return unwritable(path, info)
}

// trusted is for what an administrator may have put there.
func trusted(path string, info fs.FileInfo) error {
	if !info.Mode().IsRegular() {
		return &Error{path, "is not a regular file", "name a file"}
	}
	if o := owner(info); o != os.Geteuid() && o != root {
		return &Error{path, "belongs to another account, which could change it", "make a copy of your own and read it"}
	}
	return unwritable(path, info)
}

// linked refuses a path that leads over a symbolic link which another account
// made or could exchange: it would choose what is found. The sticky bit keeps
// nobody from changing a link of his own.
func linked(path string, most int) error {
	for at := path; at != filepath.Dir(at); at = filepath.Dir(at) {
		info, err := os.Lstat(at)
		switch {
		case err != nil:
			return err
		case info.Mode().Type() != fs.ModeSymlink:
			continue
		case most == 0:
			return &Error{path, "leads over too many symbolic links", "name the file itself"}
		}
		if o := owner(info); o != os.Geteuid() && o != root {
			return &Error{at, "is a symbolic link of another account, which could lead it elsewhere", "name the file itself, or make a link of your own"}
		}
		to, err := os.Readlink(at)
		if err != nil {
			return err
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(at), to)
		}
		if err := errors.Join(kept(filepath.Dir(at)), linked(filepath.Clean(to), most-1)); err != nil {
			return err
		}
	}
	return nil
}

// octal is a mode as chmod and ls know it, with the bits beyond the rights.
func octal(m fs.FileMode) uint32 {
	n := uint32(m.Perm())
	for bit, is := range map[uint32]fs.FileMode{0o4000: fs.ModeSetuid, 0o2000: fs.ModeSetgid, 0o1000: fs.ModeSticky} {
		if m&is != 0 {
			n |= bit
		}
	}
	return n
}

func unwritable(path string, info fs.FileInfo) error {
	if mode := info.Mode().Perm(); mode&othersWrite != 0 {
		return &Error{path, fmt.Sprintf("has mode %04o, so others may write it", octal(info.Mode())), "see that nobody has, then chmod go-w " + path}
	}
	return nil
}

// kept refuses a folder in which others could put something else in the place
// of what is there. The sticky bit, as /tmp has it, keeps them from that.
func kept(folder string) error {
	real, err := filepath.EvalSymlinks(folder)
	if err != nil {
		return err
	}
	info, err := os.Stat(real)
	if err != nil {
		return err
	}
	if o := owner(info); o != os.Geteuid() && o != root {
		return &Error{real, "belongs to another account, which could exchange what is in it", "use a folder of your own"}
	}
	if info.Mode()&fs.ModeSticky != 0 {
		return nil
	}
	return unwritable(real, info)
}
