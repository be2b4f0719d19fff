package world

import (
	"context"
	"fmt"
	"time"

	"pchatops/ops/lab/tsql"
)

// build puts the site up: databases, mirroring, log shipping, chat.
func (w *World) build() error {
	w.mu.Lock()
	w.pool, w.central, w.ledger = newPool(), newCentral(), newLedger()
	w.faults = faults{severed: map[string]bool{}, full: map[string]bool{}, access: map[opener]Access{}, files: map[reader]Access{}, skew: map[string]time.Duration{}}
	for _, p := range w.cfg.places() {
		w.instances = append(w.instances, w.newInstance(p))
	}
	primary := w.byHost("SQL01")
	primary.addDatabase(Database, "FULL")
	primary.addDatabase(Transient, "SIMPLE")
	w.byHost("SQL11").addDatabase(Transient, "SIMPLE")
	w.mu.Unlock()
	if err := w.seed(); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pairs[0].witness = w.byHost("SQL03")
	if !w.cfg.Bare {
		w.configureShipping()
	}
	minute := w.Clock.Now().Truncate(time.Minute).Add(time.Minute)
	w.every(minute, func() time.Duration { return time.Minute }, w.tickAgents)
	w.startChat()
	return nil
}

// seed takes the first full backup and restores it where the site needs it.
func (w *World) seed() error {
	ctx := context.Background()
	primary, mirror, secondary := w.byHost("SQL01"), w.byHost("SQL02"), w.byHost("SQL11")
	full := Share + `\` + Database + `_full.bak`
	e := primary.backup(ctx, nil, tsql.Backup{Database: Database, Disks: []string{full}, With: options("INIT", "CHECKSUM")}, &listener{})
	if e != nil {
		return fmt.Errorf("building the lab: %w", e)
	}
	targets := []*Instance{mirror}
	if !w.cfg.Bare {
		targets = append(targets, secondary)
	}
	for _, i := range targets {
		e := i.restore(ctx, nil, tsql.Restore{What: "DATABASE", Database: Database, Disks: []string{full}, With: options("NORECOVERY")}, &listener{})
		if e != nil {
			return fmt.Errorf("building the lab: %w", e)
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.join(primary, mirror, Database)
	p.ready = w.Clock.Now()
	return nil
}

// The settings of the site's log shipping, as SSMS proposes them.
const (
	retention        = 4320
	historyRetention = 5760
	backupThreshold  = 60
	restoreThreshold = 45
	alertBackup      = 14420
	alertRestore     = 14421
)

// configureShipping sets log shipping up on both partners and the secondary.
// The caller holds w.mu.
func (w *World) configureShipping() {
	every := max(int(w.cfg.Interval/time.Minute), 1)
	primary, secondary := w.byHost("SQL01"), w.byHost("SQL11")
	for _, host := range []string{"SQL01", "SQL02"} {
		i := w.byHost(host)
		p := &shipPrimary{
			id: w.guid(), database: Database, directory: Share, share: Share, retention: retention, threshold: backupThreshold,
			alert: alertBackup, alertEnabled: true, historyRetention: historyRetention, compression: 2, monitor: w.monitorOf(i),
			secondaries: []shipPair{{secondary.Name(), Database}},
		}
		i.addPrimary(p, "LSBackup_"+Database)
		i.activate(p.job, "LSBackupSchedule_"+i.Name()+"1", every, 0)
	}
	s := &shipSecondary{
		id: w.guid(), server: primary.Name(), database: Database, source: Share, destination: Folder, retention: retention,
		monitor: w.monitorOf(secondary),
	}
	secondary.addSecondary(s, "LSCopy_"+primary.Name()+"_"+Database, "LSRestore_"+primary.Name()+"_"+Database)
	s.databases = []*shipDatabase{{
		of: s, database: Database, all: true, blockSize: -1, bufferCount: -1, threshold: restoreThreshold, alert: alertRestore,
		alertEnabled: true, historyRetention: historyRetention, latency: -1,
	}}
	secondary.activate(s.copyJob, "DefaultCopyJobSchedule", every, every/3)
	secondary.activate(s.restoreJob, "DefaultRestoreJobSchedule", every, every*2/3)
	if m := secondary.remote(s.monitor); m != nil {
		for _, host := range []string{"SQL01", "SQL02"} {
			i := w.byHost(host)
			m.watch(i.primaryOf(Database).watched(i))
		}
		m.watch(s.databases[0].watched(secondary))
		m.addAlertJob()
		return
	}
	for _, i := range []*Instance{primary, secondary} {
		i.addAlertJob()
	}
}

// monitorOf names what watches the log shipping of an instance: the site's monitor
// server, or itself.
func (w *World) monitorOf(i *Instance) string {
	if m := w.byHost(monitorPlace.host); m != nil {
		return m.Name()
	}
	return i.Name()
}

// activate gives a job a schedule and enables it.
func (i *Instance) activate(j *job, name string, every, first int) {
	j.schedules = append(j.schedules, i.everyMinutes(name, every, first))
	j.enabled = true
}

// addPrimary enters a log shipping primary with its disabled backup job.
func (i *Instance) addPrimary(p *shipPrimary, jobName string) {
	i.shipping.primaries = append(i.shipping.primaries, p)
	command := sqllogship + ` -Backup ` + p.id.String() + ` -server ` + i.Name()
	p.job = i.addJob(jobName, "Log Shipping Backup", command, func(ctx context.Context) outcome { return i.shipBackup(ctx, p) })
}

// addSecondary enters a log shipping secondary with its disabled jobs.
func (i *Instance) addSecondary(s *shipSecondary, copyName, restoreName string) {
	i.shipping.secondaries = append(i.shipping.secondaries, s)
	s.copyJob = i.addJob(copyName, "Log Shipping Copy", sqllogship+` -Copy `+s.id.String()+` -server `+i.Name(),
		func(ctx context.Context) outcome { return i.shipCopy(ctx, s) })
	s.restoreJob = i.addJob(restoreName, "Log Shipping Restore", sqllogship+` -Restore `+s.id.String()+` -server `+i.Name(),
		func(ctx context.Context) outcome { return i.shipRestore(ctx, s) })
}

const sqllogship = `"C:\Program Files\Microsoft SQL Server\110\Tools\Binn\sqllogship.exe"`

// alertEvery is how often the alert job looks, in minutes.
const alertEvery = 2

// addAlertJob makes the job that raises 14420 and 14421, if it is missing.
func (i *Instance) addAlertJob() *job {
	if i.shipping.alert == nil {
		i.shipping.alert = i.addJob("LSAlert_"+i.Name(), "Log Shipping Alert", "exec sys.sp_check_log_shipping_monitor_alert",
			func(context.Context) outcome { return i.shipAlert() })
		i.activate(i.shipping.alert, "Log shipping alert job schedule.", alertEvery, 0)
	}
	return i.shipping.alert
}
