package world

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/world/media"
)

// Stripe deals a backup out to so many files: it keeps its name as the first
// of them, the others are numbered.
func (w *World) Stripe(folder, name string, files int) ([]string, error) {
	if files < 2 || files > maxDevices {
		return nil, fmt.Errorf("files=%d: 2 to %d", files, maxDevices)
	}
	names := []string{name}
	end := filepath.Ext(name)
	for n := 2; n <= files; n++ {
		names = append(names, fmt.Sprintf("%s-%d%s", strings.TrimSuffix(name, end), n, end))
	}
	return names, w.rewrite(folder, names, func(*media.Label, *media.Set) {})
}

// Append puts the backup of one file behind that of another, and takes the
// file itself away.
func (w *World) Append(folder, to, name string) error {
	if err := plain(to, name); err != nil {
		return err
	}
	return w.place(folder, func(root *os.Root) error {
		if _, err := root.ReadFile(name); err != nil {
			return err
		}
		set, err := media.Read(filepath.Join(root.Name(), name), 1)
		if err != nil {
			return err
		}
		f, err := root.OpenFile(to, os.O_WRONLY|os.O_APPEND, 0)
		if err != nil {
			return err
		}
		if err := errors.Join(media.WriteSet(f, set), f.Close()); err != nil {
			return err
		}
		return root.Remove(name)
	})
}

// Tail is a log backup that somebody took by hand of the database of a server,
// on or off, and put on the share.
func (w *World) Tail(instance, name string) error {
	if err := plain(name); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	i := w.Instance(instance)
	if i == nil || i.db(Database) == nil || i.db(Database).c.logStart == 0 {
		return fmt.Errorf("no log to back up on %q", instance)
	}
	d, now := i.db(Database), i.now()
	b := tsql.Backup{Log: true, Database: Database, Disks: []string{Share + `\` + name}, With: options("NO_TRUNCATE", "COPY_ONLY", "INIT")}
	o := i.operation(nil, "BACKUP LOG", b.With, &listener{})
	set := &media.Set{Header: o.header(d, b, now), Records: d.c.log}
	err := w.place(Share, func(root *os.Root) error {
		return writeAnew(root, name, w.label(set), set)
	})
	if err == nil {
		w.noteShipped(i, b.Disks, set)
	}
	return err
}

// label is that of a new media set of one file. The caller holds w.mu.
func (w *World) label(set *media.Set) media.Label {
	return media.Label{MediaSet: w.guid(), Family: w.guid(), Families: 1, Sequence: 1, Written: set.Finished, Software: "Microsoft SQL Server"}
}
