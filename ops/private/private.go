// Package private opens and makes the files of this program so that nobody
// else can have a hand in them: what is there already has to be a plain file or
// folder of this account that others may not write, never a symbolic link; what
// is new is made where nothing was. Windows keeps owners and rights in lists
// that are not looked at here; links are refused there as well.
package private

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Error says what is wrong with a file or folder, and what to do.
type Error struct {
	Path, Text, Do string
}

// Error gives both.
func (e *Error) Error() string { return e.Path + " " + e.Text + " → " + e.Do }

// Folder makes a folder, where there is none, for this account alone, and
// refuses one that others could change or replace.
func Folder(path string) error {
	if err := os.MkdirAll(path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return CheckFolder(path)
}

// CheckFolder refuses a folder that others could change or replace, or that is found by
// a link of theirs; one that is not there is fs.ErrNotExist.
func CheckFolder(path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if err := kind(path, info, fs.ModeDir); err != nil {
		return err
	}
	if err := ours(path, info); err != nil {
		return err
	}
	if path, err = filepath.Abs(path); err != nil {
		return err
	}
	return errors.Join(kept(filepath.Dir(path)), linked(path, mostLinks))
}

// Tree is Folder, and refuses what is in it already where that is a link, no
// plain file or folder, or for others to change.
func Tree(folder string) error {
	if err := Folder(folder); err != nil {
		return err
	}
	return filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if d.IsDir() {
			return ours(path, info)
		}
		return plain(path, info)
	})
}

// Check refuses a file that is no plain file of this account, or that others
// may write; one that is not there is fs.ErrNotExist.
func Check(path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	return plain(path, info)
}

// Open opens a file of this program that is there already.
func Open(path string, flag int) (*os.File, error) {
	if err := Check(path); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, flag|unfollowed, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat() // it could have been exchanged in between
	if err == nil {
		err = plain(path, info)
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

// Create makes a file that only this account may read, where nothing was.
func Create(path string, flag int) (*os.File, error) {
	return os.OpenFile(path, flag|os.O_CREATE|os.O_EXCL|unfollowed, 0o600)
}

// Write makes a file that only this account may read, where nothing was, and
// leaves nothing behind where that fails.
func Write(path string, data []byte) error {
	f, err := Create(path, os.O_WRONLY)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err != nil {
		_ = os.Remove(path)
	}
	return err
}

// ReadFile gives what is in a file that somebody wrote for this program.
func ReadFile(path string) ([]byte, error) {
	f, err := Read(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // only read
	return io.ReadAll(f)
}

// Read opens a file that somebody wrote for this program, such as a site file.
// It may be a link and may be root's; but neither it nor the links and folders
// that it is found by may be for others to change.
func Read(path string) (*os.File, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, err
	}
	if err := linked(path, mostLinks); err != nil {
		return nil, err
	}
	info, err := os.Stat(real)
	if err != nil {
		return nil, err
	}
	if err := trusted(real, info); err != nil {
		return nil, err
	}
	for _, folder := range []string{filepath.Dir(real), filepath.Dir(path)} {
		if err := kept(folder); err != nil {
			return nil, err
		}
	}
	f, err := os.OpenFile(real, os.O_RDONLY|unfollowed, 0) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, err
	}
	if info, err = f.Stat(); err == nil {
		err = trusted(real, info)
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

// mostLinks is how many links one after the other the kernel follows.
const mostLinks = 40

func plain(path string, info fs.FileInfo) error {
	if err := kind(path, info, 0); err != nil {
		return err
	}
	return ours(path, info)
}

func kind(path string, info fs.FileInfo, want fs.FileMode) error {
	what := map[fs.FileMode]string{0: "a regular file", fs.ModeDir: "a folder"}[want]
	switch got := info.Mode().Type(); {
	case got == want:
		return nil
	case got&fs.ModeSymlink != 0:
		return &Error{path, "is a symbolic link", fmt.Sprintf("put %s in its place, or name where it leads to", what)}
	}
	return &Error{path, "is not " + what, "move it away: it is none of this program's"}
}
