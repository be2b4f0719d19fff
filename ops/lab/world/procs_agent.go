package world

import (
	"context"
	"strings"

	"pchatops/ops/lab/tsql"
)

// agentProcs are the procedures of msdb that start, stop and show jobs.
var agentProcs = map[string]procedure{
	"sp_start_job": {home: "msdb", admin: true, wait: startJobProc, params: params(
		"@job_name sysname = null, @job_id uniqueidentifier = null, @error_flag int = 1, @server_name sysname = null, @step_name sysname = null, @output_flag int = 1")},
	"sp_stop_job": {home: "msdb", admin: true, run: stopJobProc, params: params(
		"@job_name sysname = null, @job_id uniqueidentifier = null, @originating_server sysname = null, @server_name sysname = null")},
	"sp_update_job": {home: "msdb", admin: true, run: updateJobProc, params: params(
		"@job_id uniqueidentifier = null, @job_name sysname = null, @new_name sysname = null, @enabled tinyint = null, @description nvarchar(512) = null, @owner_login_name sysname = null")},
	"sp_delete_job": {home: "msdb", admin: true, run: func(c *call) (int, *tsql.Error) {
		j, e := c.job()
		if e != nil {
			return 1, e
		}
		c.inst().deleteJob(j)
		return 0, nil
	}, params: params("@job_id uniqueidentifier = null, @job_name sysname = null, @originating_server sysname = null, @delete_history bit = 1, @delete_unused_schedule bit = 1")},
	"sp_help_job": {home: "msdb", admin: true, run: helpJobProc, params: params(
		"@job_id uniqueidentifier = null, @job_name sysname = null, @job_aspect nvarchar(9) = null, @job_type nvarchar(12) = null, @owner_login_name sysname = null, @subsystem nvarchar(40) = null, @category_name sysname = null, @enabled tinyint = null, @execution_status int = null")},
	"sp_help_jobactivity": {home: "msdb", admin: true, run: func(c *call) (int, *tsql.Error) {
		c.rows(viewJobActivity(c.s))
		return 0, nil
	}, params: params("@job_id uniqueidentifier = null, @job_name sysname = null, @session_id int = null")},
}

// job finds the job that a call names.
func (c *call) job() (*job, *tsql.Error) {
	key := c.str("@job_id")
	if key == "" {
		key = c.str("@job_name")
	}
	if key == "" || c.has("@job_id") && c.has("@job_name") {
		return nil, fail(14294)
	}
	j := c.inst().findJob(key)
	if j != nil {
		return j, nil
	}
	if c.has("@job_id") {
		return nil, fail(14262, "@job_id", key)
	}
	return nil, fail(14262, "@job_name", key)
}

func startJobProc(_ context.Context, c *call) (int, *tsql.Error) {
	w := c.inst().w
	w.mu.Lock()
	j, e := c.job()
	w.mu.Unlock()
	if e != nil {
		return 1, e
	}
	if e := w.startJob(c.inst(), j, byUser); e != nil {
		return 1, e
	}
	c.say(fail(14243, j.name))
	return 0, nil
}

func stopJobProc(c *call) (int, *tsql.Error) {
	j, e := c.job()
	switch {
	case e != nil:
		return 1, e
	case !c.inst().agent.running:
		return 1, fail(22022, "SQLServerAgent is not currently running so it cannot be notified of this action.")
	case !c.inst().agent.runs(j):
		return 1, fail(22022, "Request to stop job "+j.name+" refused because the job is not currently running.")
	}
	j.cancel()
	c.say(fail(14254, j.name))
	return 0, nil
}

func updateJobProc(c *call) (int, *tsql.Error) {
	j, e := c.job()
	if e != nil {
		return 1, e
	}
	if c.has("@owner_login_name") {
		l := c.inst().findLogin(c.str("@owner_login_name"))
		if l == nil {
			return 1, fail(14234, "@owner_login_name", "sp_helplogins [excluding Windows NT groups]")
		}
		j.owner = l.sid
	}
	c.setText(&j.name, "@new_name")
	c.setBit(&j.enabled, "@enabled")
	return 0, nil
}

// helpJobProc is sp_help_job: with a job, its steps, schedules and targets too.
func helpJobProc(c *call) (int, *tsql.Error) {
	aspect := strings.ToUpper(c.str("@job_aspect"))
	var one *job
	if c.has("@job_id") || c.has("@job_name") {
		j, e := c.job()
		if e != nil {
			return 1, e
		}
		one = j
	}
	if aspect == "" && one != nil {
		aspect = "ALL"
	}
	if aspect == "" || aspect == "JOB" || aspect == "ALL" {
		c.rows(c.helpJobs(one))
	}
	if one == nil {
		return 0, nil
	}
	id := [16]byte(one.id)
	if aspect == "STEPS" || aspect == "ALL" {
		c.rows(pick(where(viewJobSteps(c.s), "job_id", id), "step_id", "step_name", "subsystem", "command", "flags", "server",
			"database_name", "last_run_outcome", "last_run_duration", "last_run_date", "last_run_time"))
	}
	if aspect == "SCHEDULES" || aspect == "ALL" {
		c.rows(c.helpSchedules(one))
	}
	if aspect == "TARGETS" || aspect == "ALL" {
		c.rows(where(viewJobServers(c.s), "job_id", id))
	}
	return 0, nil
}

func (c *call) helpJobs(one *job) *tsql.Rows {
	t := newTable(`job_id uniqueidentifier, originating_server sysname, name sysname, enabled tinyint, description nvarchar(512), start_step_id int,
		category sysname, owner sysname, last_run_date int, last_run_time int, last_run_outcome int, next_run_date int, next_run_time int,
		next_run_schedule_id int, current_execution_status int, current_execution_step sysname, current_retry_attempt int, has_step int,
		has_schedule int, has_target int, type int`)
	for _, j := range c.inst().agent.jobs {
		executing, step := 4, "0 (unknown)"
		if c.inst().agent.runs(j) {
			executing, step = 1, "1 ("+stepName(j)+")"
		}
		switch {
		case one != nil && one != j,
			c.has("@category_name") && !strings.EqualFold(j.category, c.str("@category_name")),
			c.has("@enabled") && j.enabled != c.yes("@enabled"),
			c.has("@execution_status") && c.num("@execution_status") != 0 && c.num("@execution_status") != executing:
			continue
		}
		last := j.lastRun()
		at := c.inst().w.local(last.at)
		t.add(j.id, c.inst().Name(), j.name, bit(j.enabled), j.category+" job.", 1, j.category, orNull(c.inst().ownerName(j)),
			dateNumber(at), timeNumber(at), last.status, 0, 0, 0, executing, step, 0, 1, len(j.schedules), 1, 1)
	}
	return t.Rows
}

func (c *call) helpSchedules(j *job) *tsql.Rows {
	all := viewSchedules(c.s)
	out := &tsql.Rows{Columns: all.Columns}
	for _, s := range j.schedules {
		out.Values = append(out.Values, where(all, "schedule_id", int64(s.id)).Values...)
	}
	return out
}
