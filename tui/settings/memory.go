package settings

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"pchatops/ops/fault"
)

// Memory is the file in which the console remembers the theme that was chosen
// with a key. It lies with the state of the console, not with console.yaml,
// which is the operator's own.
type Memory string

// mostName bounds what is read of a memory: the name of a theme.
const mostName = 256

// Theme is the theme that is remembered; "" when none is, or it cannot be read:
// a console starts without its memory.
func (m Memory) Theme() string {
	f, err := os.Open(string(m))
	if err != nil {
		return ""
	}
	defer f.Close() //nolint:errcheck // only read
	name, err := io.ReadAll(io.LimitReader(f, mostName+1))
	if err != nil || len(name) > mostName {
		return ""
	}
	return strings.TrimSpace(string(name))
}

// Remember keeps a theme by name; "" forgets it. The file is replaced as a
// whole, since two consoles may do so at once.
func (m Memory) Remember(theme string) error {
	err := m.replace(theme)
	if err == nil {
		return nil
	}
	return &fault.Error{
		Class: fault.Config, Tried: "remember the theme in " + string(m), Text: reason(err), Cause: err,
		Do: "make it writable, or set theme: in console.yaml",
	}
}

func (m Memory) replace(theme string) error {
	if theme == "" {
		if err := os.Remove(string(m)); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	folder := filepath.Dir(string(m))
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(folder, ".theme-*") // of mode 0600
	if err != nil {
		return err
	}
	_, err = f.WriteString(theme + "\n")
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), string(m))
	}
	if err != nil {
		_ = os.Remove(f.Name()) // the error is the news
	}
	return err
}

// reason is what the system said, without the path that stands beside it.
func reason(err error) string {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err.Error()
	}
	return err.Error()
}
