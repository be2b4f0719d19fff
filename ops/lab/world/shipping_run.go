package world

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/world/media"
)

// shipRun is one run of sqllogship and what it notes in msdb.
type shipRun struct {
	i        *Instance
	agent    media.GUID
	kind     int
	run      int
	database string
	sequence int
	last     string
	heard    *listener // of its last statement
}

// shipRun begins a run. The caller holds w.mu.
func (i *Instance) shipRun(agent media.GUID, kind int, database string) *shipRun {
	i.shipping.runs++
	r := &shipRun{i: i, agent: agent, kind: kind, run: i.shipping.runs, database: database}
	r.note(statusStarting, "Starting transaction log %s.", []string{"backup", "copy", "restore"}[kind])
	return r
}

func (r *shipRun) note(status int, format string, args ...any) {
	r.last = fmt.Sprintf(format, args...)
	database := r.database
	if r.kind == agentCopy {
		database = ""
	}
	r.i.shipping.details = append(r.i.shipping.details, detail{
		agent: r.agent, kind: r.kind, run: r.run, database: database, status: status, at: r.i.now(), message: r.last,
	})
}

// broke notes an error and what caused it, and is the end of the run.
func (r *shipRun) broke(what, cause, source string) outcome {
	r.note(statusError, "*** Error: %s(Microsoft.SqlServer.Management.LogShipping) ***", what)
	for _, d := range []struct{ message, source string }{{what, "Microsoft.SqlServer.Management.LogShipping"}, {cause, source}} {
		r.sequence++
		r.i.shipping.errors = append(r.i.shipping.errors, detail{
			agent: r.agent, kind: r.kind, run: r.run, database: r.database, sequence: r.sequence, at: r.i.now(),
			message: d.message, source: d.source,
		})
	}
	return outcome{failed: true, message: fmt.Sprintf("*** Error: %s(Microsoft.SqlServer.Management.LogShipping) ***  *** Error: %s(%s) ***", what, cause, source)}
}

// refused is an error of SQL Server in the middle of a run.
func (r *shipRun) refused(what string, e *tsql.Error) outcome {
	return r.broke(what, e.Message, ".Net SqlClient Data Provider")
}

// done is the end of a run that did its work.
func (r *shipRun) done(format string, args ...any) outcome {
	r.note(statusSuccess, format, args...)
	return outcome{message: r.last}
}

// expire deletes the backups of a folder that are older than the retention,
// and history that is older than its own.
func (r *shipRun) expire(folder, database string, retention, history int) {
	now := r.i.now()
	names, err := backupsIn(folder, database)
	if err != nil {
		r.note(statusWarning, "Could not clean up old backup files: %s", osText(fileError(folder, err)))
		return
	}
	for _, name := range names {
		if now.Sub(stamp(name, database)) <= time.Duration(retention)*time.Minute {
			break // the rest is younger
		}
		if err := os.Remove(filepath.Join(folder, name)); err == nil {
			r.note(statusRunning, "Deleting old log backup file. File: '%s'", name)
		}
	}
	keep := now.Add(-time.Duration(history) * time.Minute)
	r.i.shipping.details = newer(r.i.shipping.details, keep)
	r.i.shipping.errors = newer(r.i.shipping.errors, keep)
}

func newer(rows []detail, than time.Time) []detail {
	for n, d := range rows {
		if d.at.After(than) {
			return rows[n:]
		}
	}
	return nil
}
