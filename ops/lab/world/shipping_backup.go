package world

import (
	"context"

	"pchatops/ops/lab/tsql"
)

// shipBackup is what LSBackup does: sqllogship -Backup.
func (i *Instance) shipBackup(ctx context.Context, p *shipPrimary) outcome {
	w := i.w
	w.mu.Lock()
	r := i.shipRun(p.id, agentBackup, p.database)
	d := i.db(p.database)
	ready := d != nil && d.recovered() && !w.withoutQuorum(i, d)
	device := p.directory + `\` + p.database + "_" + i.now().Format(stampLayout) + ".trn"
	if !ready {
		r.note(statusWarning, "%s", fail(32008, p.database).Message)
	}
	w.mu.Unlock()
	if !ready {
		// The job reports success all the same: that is how it is.
		return outcome{message: r.last}
	}
	e := i.backup(ctx, nil, tsql.Backup{Log: true, Database: p.database, Disks: []string{device}, With: options("INIT")}, r.listen())
	w.mu.Lock()
	defer w.mu.Unlock()
	if e != nil {
		return r.refused("Could not back up the transaction log of database '"+p.database+"' to '"+device+"'.", r.cause(e))
	}
	p.lastFile, p.lastDate = device, i.now()
	i.report(p.monitor, p.watched(i))
	r.note(statusRunning, "Backed up log to '%s'.", device)
	if folder, err := i.file(Agent, p.directory, true); err == nil {
		r.expire(folder, p.database, p.retention, p.historyRetention)
	}
	return r.done("The backup operation was successful. Primary Database: '%s', Log Backup File: '%s'", p.database, device)
}
