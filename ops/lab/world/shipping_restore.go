package world

import (
	"context"
	"strings"
	"time"

	"pchatops/ops/lab/tsql"
)

// shipRestore is what LSRestore does for its databases: sqllogship -Restore.
func (i *Instance) shipRestore(ctx context.Context, s *shipSecondary) outcome {
	i.w.mu.Lock()
	databases := append([]*shipDatabase(nil), s.databases...)
	i.w.mu.Unlock()
	result := outcome{message: "No secondary database is configured."}
	for _, d := range databases {
		if result = i.shipRestoreOne(ctx, s, d); result.failed {
			break
		}
	}
	return result
}

func (i *Instance) shipRestoreOne(ctx context.Context, s *shipSecondary, d *shipDatabase) outcome {
	w := i.w
	w.mu.Lock()
	r := i.shipRun(s.id, agentRestore, d.database)
	names, folder, err := i.waiting(s, d)
	w.mu.Unlock()
	if err != nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		return r.broke("Could not read the folder '"+s.destination+"'.", osText(err), "mscorlib")
	}
	restored := 0
	for _, name := range names {
		used, failure := i.shipRestoreFile(ctx, s, d, r, name)
		if failure != nil {
			return *failure
		}
		if used {
			restored++
		}
		if used && !d.all {
			break
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	r.expire(folder, s.database, s.retention, d.historyRetention)
	if restored == 0 {
		return r.done("Could not find a log backup file that could be applied to secondary database '%s'.", d.database)
	}
	return r.done("The restore operation was successful. Secondary Database: '%s', Number of log backup files restored: %d", d.database, restored)
}

// waiting are the copied backups that are later than the last restored one and
// old enough to be restored.
func (i *Instance) waiting(s *shipSecondary, d *shipDatabase) (names []string, folder string, err error) {
	if folder, err = i.file(Agent, s.destination, false); err != nil {
		return nil, "", err
	}
	all, err := backupsIn(folder, s.database)
	if err != nil {
		return nil, "", fileError(folder, err)
	}
	youngest := i.now().Add(-time.Duration(d.delay) * time.Minute)
	for _, name := range all {
		if strings.ToLower(name) > strings.ToLower(lastName(d.lastFile)) && !stamp(name, s.database).After(youngest) {
			names = append(names, name)
		}
	}
	return names, folder, nil
}

// shipRestoreFile restores one file; one that is too early is passed over.
func (i *Instance) shipRestoreFile(ctx context.Context, s *shipSecondary, d *shipDatabase, r *shipRun, name string) (used bool, failure *outcome) {
	w := i.w
	device := s.destination + `\` + name
	with := options("NORECOVERY")
	if d.standby {
		with = tsql.Options{Values: map[string]string{"STANDBY": s.destination + `\` + d.database + ".tuf"}}
	}
	if d.standby && d.disconnect {
		w.disconnect(i, d.database)
	}
	e := i.restore(ctx, nil, tsql.Restore{What: "LOG", Database: d.database, Disks: []string{device}, With: with}, r.listen())
	w.mu.Lock()
	defer w.mu.Unlock()
	if e != nil {
		cause := r.cause(e)
		if cause.Number == 4326 {
			r.note(statusRunning, "Skipping log backup file '%s' for secondary database '%s' because the file terminates too early.", device, d.database)
			return false, nil
		}
		o := r.refused("Could not apply log backup file '"+device+"' to secondary database '"+d.database+"'.", cause)
		return false, &o
	}
	d.lastFile, d.lastDate, d.latency = device, i.now(), int(i.now().Sub(stamp(name, s.database)).Minutes())
	i.report(s.monitor, d.watched(i))
	r.note(statusRunning, "Restored log backup file. Secondary DB: '%s', File: '%s'", d.database, device)
	return true, nil
}

// disconnect ends the sessions that a restore would find in its way.
func (w *World) disconnect(i *Instance, database string) {
	w.mu.Lock()
	var ended []func()
	if d := i.db(database); d != nil {
		for _, s := range d.usedBy(i, nil) {
			ended = append(ended, i.kick(s))
		}
	}
	w.mu.Unlock()
	for _, f := range ended {
		f()
	}
}

// listener keeps the error that a job's own statement was sent first.
type listener struct{ first *tsql.Error }

func (l *listener) Message(e *tsql.Error) {
	if e.Class > 10 && l.first == nil {
		l.first = e
	}
}
func (*listener) Rows(*tsql.Rows) {}

// listen makes the ears for the run's next statement.
func (r *shipRun) listen() *listener {
	r.heard = &listener{}
	return r.heard
}

// cause is the first error of the run's last statement: what follows it only
// says that the statement ended.
func (r *shipRun) cause(e *tsql.Error) *tsql.Error {
	if r.heard != nil && r.heard.first != nil {
		return r.heard.first
	}
	return e
}
