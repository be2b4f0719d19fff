package world

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// place is the real folder behind the backup share (Share) or the secondary's
// copy folder (Folder), out of which nothing leads.
func (w *World) place(folder string, do func(*os.Root) error) error {
	path, ok := map[string]string{Share: w.sharePath(), Folder: w.FolderPath()}[folder]
	if !ok {
		return fmt.Errorf("no folder %q: %s or %s", folder, Share, Folder)
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return err
	}
	return errors.Join(do(root), root.Close())
}

// plain refuses what is not the mere name of a file.
func plain(names ...string) error {
	for _, name := range names {
		if name == "" || name == "." || name == ".." || len(name) > 255 || strings.ContainsAny(name, "/\\\x00") {
			return fmt.Errorf("%.100q is no file name", name)
		}
	}
	return nil
}

// edit changes the content of a file.
func (w *World) edit(folder, name string, change func([]byte) ([]byte, error)) error {
	if err := plain(name); err != nil {
		return err
	}
	return w.place(folder, func(root *os.Root) error {
		content, err := root.ReadFile(name)
		if err != nil {
			return err
		}
		if content, err = change(content); err != nil {
			return err
		}
		return root.WriteFile(name, content, 0o644)
	})
}

// Damage spoils the content of a backup file, behind its header.
func (w *World) Damage(folder, name string) error {
	return w.flip(folder, name, func(n int) int { return n - n/8 - 1 })
}

// DamageHeader spoils the header of a backup file, behind its label.
func (w *World) DamageHeader(folder, name string) error {
	return w.flip(folder, name, func(int) int { return 700 })
}

// flip changes the byte of a file that a function of its length names.
func (w *World) flip(folder, name string, at func(n int) int) error {
	return w.edit(folder, name, func(content []byte) ([]byte, error) {
		n := at(len(content))
		if n < 0 || n >= len(content) {
			return nil, fmt.Errorf("%s is too short to be damaged there", name)
		}
		content[n] ^= 0xff
		return content, nil
	})
}

// Truncate cuts a file short to a part of its length, as an interrupted copy does.
func (w *World) Truncate(folder, name string, part float64) error {
	return w.edit(folder, name, func(content []byte) ([]byte, error) { return content[:int(float64(len(content))*part)], nil })
}

// Garble replaces a file with what is no backup.
func (w *World) Garble(folder, name string) error {
	return w.edit(folder, name, func([]byte) ([]byte, error) { return []byte("This is not a backup.\r\n"), nil })
}

// Replace gives a file the content of another, made as long as it was where it is
// shorter; without another, noise.
func (w *World) Replace(folder, name, with string) error {
	if with == "" {
		return w.edit(folder, name, func(content []byte) ([]byte, error) {
			for n := range content {
				content[n] = byte(n*167 + n>>8)
			}
			return content, nil
		})
	}
	var other []byte
	if err := w.edit(folder, with, func(content []byte) ([]byte, error) { other = content; return content, nil }); err != nil {
		return err
	}
	return w.edit(folder, name, func(content []byte) ([]byte, error) {
		return append(other, make([]byte, max(len(content)-len(other), 0))...), nil
	})
}

// Remove takes a file away.
func (w *World) Remove(folder, name string) error {
	if err := plain(name); err != nil {
		return err
	}
	return w.place(folder, func(root *os.Root) error {
		err := root.Remove(name)
		if err == nil {
			w.locked(func() { w.faults.moved(filepath.Join(root.Name(), name), "") })
		}
		return err
	})
}

// Rename gives a file another name.
func (w *World) Rename(folder, name, as string) error {
	if err := plain(name, as); err != nil {
		return err
	}
	return w.place(folder, func(root *os.Root) error {
		err := root.Rename(name, as)
		if err == nil {
			w.locked(func() { w.faults.moved(filepath.Join(root.Name(), name), filepath.Join(root.Name(), as)) })
		}
		return err
	})
}

// Duplicate puts a second copy of a file beside it, under another name that
// looks like a backup of its own.
func (w *World) Duplicate(folder, name, as string) error {
	if err := plain(name, as); err != nil {
		return err
	}
	return w.place(folder, func(root *os.Root) error {
		content, err := root.ReadFile(name)
		if err != nil {
			return err
		}
		return root.WriteFile(as, content, 0o644)
	})
}

// Copy brings a file from one folder to the other, under any name.
func (w *World) Copy(from, to, name, as string) error {
	if err := plain(name, as); err != nil {
		return err
	}
	var content []byte
	err := w.place(from, func(root *os.Root) (err error) { content, err = root.ReadFile(name); return err })
	if err != nil {
		return err
	}
	return w.place(to, func(root *os.Root) error { return root.WriteFile(as, content, 0o644) })
}
