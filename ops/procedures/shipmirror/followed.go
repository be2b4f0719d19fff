package shipmirror

import (
	"fmt"

	"pchatops/ops/chain"
	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/procedures"
)

// backup is the one that is followed on its way.
type backup struct {
	from, to server
	file     string // the newest before; once written, the one that is followed
}

// written catches a backup job that reports success without writing a backup.
func (b *backup) written(r engine.Reporter, now procedures.Shipped) error {
	if now.Backup != b.file {
		b.file = now.Backup
		r.Observe("backup", now.Backup)
		return nil
	}
	return &fault.Error{
		Class: fault.State, Tried: "ship one backup", Target: b.from.label,
		Text: "the backup job reported success without writing a backup: it does so where the database is no principal (32008)",
		Do:   "read the job's history on this server, then run the step again",
	}
}

// restored looks whether the secondary has got as far as the backup, or further.
func (b *backup) restored(r engine.Reporter, now procedures.Shipped) error {
	if now.Restored != "" && !chain.Before(now.Restored, b.file) {
		r.Observe("restored", now.Restored)
		return nil
	}
	return &fault.Error{
		Class: fault.State, Tried: "ship one backup", Target: b.to.label,
		Text: fmt.Sprintf("the restore job reported success, but %s is not restored (last: %s)", chain.Base(b.file), chain.Base(now.Restored)),
		Do:   "read the job's history on this server: it names the files that it skipped, and why; then run the step again",
	}
}
