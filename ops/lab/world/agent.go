package world

import (
	"context"
	"strings"
	"time"

	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/world/media"
)

// agent is the SQL Server Agent of an instance.
type agent struct {
	running   bool
	sessions  []time.Time // start of each Agent session; the last is the current one
	jobs      []*job
	schedules []*schedule
	rows      int // rows of sysjobhistory so far
}

// job is an Agent job. What it does is work.
type job struct {
	id             media.GUID
	name, category string
	enabled        bool
	created        time.Time
	command        string // of its only step
	schedules      []*schedule
	work           func(ctx context.Context) outcome
	history        []jobRun

	requested, started, stopped time.Time
	source                      int
	session                     int // Agent session of the activity
	lastRow                     int // instance_id of its last history row
	cancel                      context.CancelFunc
}

// outcome is how a run of a job ended.
type outcome struct {
	failed  bool
	message string
}

// jobRun is a finished run.
type jobRun struct {
	row      int // instance_id of the step's row; the job's own is the next
	at       time.Time
	took     time.Duration
	status   int
	message  string
	bySource string
}

// The values of sysjobhistory.run_status and sysjobactivity.run_requested_source.
const (
	runFailed, runSucceeded, runCanceled = 0, 1, 3
	byScheduler, byUser                  = 1, 4
)

// runs reports whether a job runs: what an earlier Agent session left behind
// does not.
func (a *agent) runs(j *job) bool {
	return a.running && j.session == len(a.sessions) && !j.started.IsZero() && j.stopped.IsZero()
}

// startAgent begins an Agent session. The caller holds w.mu.
func (i *Instance) startAgent(t time.Time) {
	if i.agent.running {
		return
	}
	i.agent.running = true
	i.agent.sessions = append(i.agent.sessions, t)
	for _, program := range []string{"SQLAgent - Generic Refresher", "SQLAgent - Job invocation engine"} {
		i.open(i.findLogin(i.service), LoginRequest{App: program, Host: i.host, PID: 1600}).db = "msdb"
	}
}

// stopAgent ends the Agent and what it runs. Activity of its session stays as
// it was, as it does when a service goes away.
func (i *Instance) stopAgent() {
	i.agent.running = false
	for _, j := range i.agent.jobs {
		if j.cancel != nil {
			j.cancel()
			j.cancel = nil
		}
	}
	for _, s := range i.sorted() {
		if strings.HasPrefix(s.app, "SQLAgent") {
			i.shut(s)
		}
	}
}

// tickAgents starts every minute what the schedules say.
func (w *World) tickAgents(t time.Time) {
	w.mu.Lock()
	var due []func()
	for _, i := range w.instances {
		for _, j := range i.agent.jobs {
			if i.up && i.agent.running && j.enabled && j.due(w.local(t)) {
				due = append(due, func() { _ = w.startJob(i, j, byScheduler) })
			}
		}
	}
	w.mu.Unlock()
	for _, start := range due {
		start() // a job that still runs is not started again
	}
}

func (j *job) due(local time.Time) bool {
	for _, s := range j.schedules {
		if s.fires(local) {
			return true
		}
	}
	return false
}

// startJob asks the Agent to run a job, which happens beside the caller; while
// the clock is moved by hand, at once.
func (w *World) startJob(i *Instance, j *job, source int) *tsql.Error {
	w.mu.Lock()
	switch {
	case !i.agent.running || w.closed:
		w.mu.Unlock()
		return fail(22022, "SQLServerAgent is not currently running so it cannot be notified of this action.")
	case i.agent.runs(j):
		w.mu.Unlock()
		return fail(22022, "Request to run job "+j.name+" refused because the job is already running from a previous request.")
	}
	ctx, cancel := context.WithCancel(w.life)
	now := w.Clock.Now()
	j.requested, j.started, j.stopped, j.source, j.session, j.cancel = now, now, time.Time{}, source, len(i.agent.sessions), cancel
	instant, session := w.instant, j.session
	if !instant {
		w.jobs.Add(1)
	}
	w.mu.Unlock()
	if instant {
		w.runJob(ctx, i, j, session)
		return nil
	}
	go func() {
		defer w.jobs.Done()
		w.runJob(ctx, i, j, session)
	}()
	return nil
}

// runJob does a job's work and writes it down, unless the Agent that began it
// is gone.
func (w *World) runJob(ctx context.Context, i *Instance, j *job, session int) {
	result := j.work(ctx)
	interrupted := ctx.Err() != nil
	w.mu.Lock()
	defer w.mu.Unlock()
	if session != len(i.agent.sessions) || !i.agent.running {
		return
	}
	j.cancel()
	j.cancel = nil
	now := w.Clock.Now()
	run := jobRun{row: i.agent.rows + 1, at: j.started, took: now.Sub(j.started), status: runSucceeded, message: result.message}
	run.bySource = map[int]string{byScheduler: "Schedule", byUser: "User"}[j.source]
	switch {
	case interrupted:
		run.status = runCanceled
	case result.failed:
		run.status = runFailed
	}
	i.agent.rows += 2
	j.stopped, j.lastRow = now, i.agent.rows
	j.history = append(j.history, run)
	j.history = j.history[max(len(j.history)-rowsPerJob, 0):]
}

// rowsPerJob is how many runs of a job the Agent keeps.
const rowsPerJob = 100

// addJob makes a disabled job.
func (i *Instance) addJob(name, category, command string, work func(context.Context) outcome) *job {
	j := &job{id: i.w.guid(), name: name, category: category, command: command, created: i.w.Clock.Now(), work: work}
	i.agent.jobs = append(i.agent.jobs, j)
	return j
}

// deleteJob removes a job; a running one is cut short.
func (i *Instance) deleteJob(j *job) {
	if j.cancel != nil {
		j.cancel()
	}
	for n, other := range i.agent.jobs {
		if other == j {
			i.agent.jobs = append(i.agent.jobs[:n:n], i.agent.jobs[n+1:]...)
			return
		}
	}
}

// findJob finds a job by its name or id.
func (i *Instance) findJob(key string) *job {
	for _, j := range i.agent.jobs {
		if strings.EqualFold(j.name, key) || strings.EqualFold(j.id.String(), strings.Trim(key, "{}")) {
			return j
		}
	}
	return nil
}
