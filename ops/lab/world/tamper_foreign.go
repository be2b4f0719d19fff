package world

import (
	"fmt"
	"os"
	"time"

	"pchatops/ops/lab/world/media"
)

// Foreign puts a log backup of another database of the same name into a
// folder: what a second installation that shares the folder would leave.
func (w *World) Foreign(folder string, taken time.Time) (name string, err error) {
	return w.foreign(folder, Database, taken)
}

// Foreigners puts log backups of another database into a folder, one a minute
// up to now, as another product that shares it leaves them. Unless they are
// readable, they are in a format that is not SQL Server's.
func (w *World) Foreigners(folder, database string, count int, readable bool) error {
	if err := plain(database); err != nil {
		return err
	}
	now := w.Now()
	for n := range count {
		taken := now.Add(-time.Duration(n) * time.Minute)
		if readable {
			if _, err := w.foreign(folder, database, taken); err != nil {
				return err
			}
			continue
		}
		err := w.place(folder, func(root *os.Root) error {
			return root.WriteFile(backupName(database, taken), media.Malformed(), 0o644)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func backupName(database string, taken time.Time) string {
	return fmt.Sprintf("%s_%s.trn", database, taken.UTC().Format(stampLayout))
}

func (w *World) foreign(folder, database string, taken time.Time) (name string, err error) {
	w.mu.Lock()
	family, fork := w.guid(), w.guid()
	set := &media.Set{Header: media.Header{
		Set: w.guid(), Type: media.Log, Server: `SQL77\RTC`, Machine: "SQL77", User: `LITWARE\svc-sql`, Database: database,
		Created: taken.AddDate(-1, 0, 0), Started: taken, Finished: taken, First: 5000, Last: 5100, Checkpoint: 4900, DatabaseLSN: 4900,
		Family: family, Binding: family, Fork: fork, FirstFork: fork, Recovery: "FULL", Version: w.cfg.Version.Major,
		Build: w.cfg.Version.Build, Bytes: logBytes(0), LogicalData: database, LogicalLog: database + "_log",
	}}
	label := w.label(set)
	w.mu.Unlock()
	name = backupName(database, taken)
	return name, w.place(folder, func(root *os.Root) error { return writeAnew(root, name, label, set) })
}

// strangeNames are what other file systems let a file be called, and Windows
// does not: invalid UTF-8, half a surrogate pair, control characters, colons
// and asterisks.
var strangeNames = []string{
	"mgc_\xff\xfe.trn", "mgc_\xed\xa0\x80.trn", "mgc_\x07\x1b.trn", "mgc:20261121024500.trn", "mgc_*.trn", "mgc_2026\n1121.trn",
}

// Strange puts copies of a backup into a folder under names that Windows
// cannot have, as another system that serves the folder lists them.
func (w *World) Strange(folder, name string) error {
	for _, as := range strangeNames {
		if err := w.Duplicate(folder, name, as); err != nil {
			return err
		}
	}
	return nil
}
