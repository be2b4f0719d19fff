package world

import (
	"context"
	"time"

	"pchatops/ops/lab/tsql"
)

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
	ctx, cancel := context.WithCancel(context.Background())
	now := i.now()
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
	result, refused := i.ownerRefused(j)
	if !refused {
		result = j.work(ctx)
	}
	interrupted := ctx.Err() != nil
	w.mu.Lock()
	defer w.mu.Unlock()
	if session != len(i.agent.sessions) || !i.agent.running {
		return
	}
	j.cancel()
	j.cancel = nil
	now := i.now()
	run := jobRun{row: i.agent.rows + 1, at: j.started, took: now.Sub(j.started), status: runSucceeded, message: result.message, refused: refused}
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
