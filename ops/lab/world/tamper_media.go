package world

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"pchatops/ops/lab/world/media"
)

// rewrite changes a backup and writes it anew, in one file for each name.
func (w *World) rewrite(folder string, names []string, change func(*media.Label, *media.Set)) error {
	if err := plain(names...); err != nil {
		return err
	}
	return w.place(folder, func(root *os.Root) error {
		if info, err := root.Lstat(names[0]); err != nil || !info.Mode().IsRegular() {
			return errors.Join(fmt.Errorf("%s is no file", names[0]), err)
		}
		path := filepath.Join(root.Name(), names[0])
		label, err := media.ReadLabel(path)
		if err != nil {
			return err
		}
		set, err := media.Read(path, 1)
		if err != nil {
			return err
		}
		change(&label, set)
		label.Families = len(names)
		for n, part := range set.Split(len(names)) {
			if label.Sequence = n + 1; n > 0 {
				w.locked(func() { label.Family = w.guid() })
			}
			if err := writeAnew(root, names[n], label, part); err != nil {
				return err
			}
		}
		return nil
	})
}

// writeAnew puts a file in the place of whatever has its name.
func writeAnew(root *os.Root, name string, label media.Label, set *media.Set) error {
	f, err := root.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	return errors.Join(media.Write(f, label, set), f.Close())
}

// Encrypt lets a backup be one that only a certificate opens which no server
// of the site has.
func (w *World) Encrypt(folder, name string) error {
	return w.rewrite(folder, []string{name}, func(_ *media.Label, s *media.Set) {
		w.locked(func() { s.Thumbprint = w.guid() })
	})
}

// EncryptDatabase lets a backup be of a database that a certificate encrypts
// which no server of the site has: its header can be read.
func (w *World) EncryptDatabase(folder, name string) error {
	return w.rewrite(folder, []string{name}, func(_ *media.Label, s *media.Set) {
		w.locked(func() { s.Thumbprint, s.OpenHeader = w.guid(), true })
	})
}

// Confuse lets SQL Server stumble over a backup in a way that nobody foresaw.
func (w *World) Confuse(folder, name string) error {
	return w.rewrite(folder, []string{name}, func(l *media.Label, _ *media.Set) { l.Odd = true })
}

// Lock lets the media set of a backup ask for a password.
func (w *World) Lock(folder, name string) error {
	return w.rewrite(folder, []string{name}, func(l *media.Label, _ *media.Set) { l.Password = true })
}

// Newer lets a backup come from a later release than any server of the site.
func (w *World) Newer(folder, name string) error {
	return w.rewrite(folder, []string{name}, func(_ *media.Label, s *media.Set) { s.Version, s.Build = 16, 1000 })
}

// Unfinished lets a backup be one that its server left unfinished.
func (w *World) Unfinished(folder, name string) error {
	return w.rewrite(folder, []string{name}, func(_ *media.Label, s *media.Set) {
		w.locked(func() { w.ledger.unship(s.Records) })
		s.Incomplete, s.Records = true, nil
	})
}
