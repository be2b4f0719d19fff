package world

import (
	"context"
	"slices"
	"strings"
	"time"

	"pchatops/ops/lab/world/media"
)

// agent is the SQL Server Agent of an instance.
type agent struct {
	running   bool
	sessions  []time.Time // start of each Agent session; the last is the current one
	jobs      []*job
	schedules []*schedule
	numbers   int // of schedules so far
	rows      int // rows of sysjobhistory so far
}

// job is an Agent job. What it does is work.
type job struct {
	id             media.GUID
	name, category string
	enabled        bool
	owner          []byte // sid of the login that it belongs to
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
	refused  bool // the Agent did not begin it: there is no row of a step
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

// cutShort ends the jobs that run.
func (a *agent) cutShort() {
	for _, j := range a.jobs {
		if j.cancel != nil {
			j.cancel()
		}
	}
}

// stopAgent ends the Agent and what it runs. Activity of its session stays as
// it was, as it does when a service goes away.
func (i *Instance) stopAgent() {
	i.agent.running = false
	i.agent.cutShort()
	for _, s := range i.sorted() {
		if strings.HasPrefix(s.app, "SQLAgent") {
			i.shut(s)
		}
	}
}

// addJob makes a disabled job.
func (i *Instance) addJob(name, category, command string, work func(context.Context) outcome) *job {
	j := &job{id: i.w.guid(), name: name, category: category, command: command, owner: saSID, created: i.w.Clock.Now(), work: work}
	i.agent.jobs = append(i.agent.jobs, j)
	return j
}

// deleteJob removes a job, and the schedules that no other job has; a running
// one is cut short.
func (i *Instance) deleteJob(j *job) {
	if j.cancel != nil {
		j.cancel()
	}
	i.agent.jobs = slices.DeleteFunc(i.agent.jobs, func(other *job) bool { return other == j })
	i.agent.schedules = slices.DeleteFunc(i.agent.schedules, func(s *schedule) bool {
		return slices.Contains(j.schedules, s) && !slices.ContainsFunc(i.agent.jobs, func(other *job) bool { return slices.Contains(other.schedules, s) })
	})
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
