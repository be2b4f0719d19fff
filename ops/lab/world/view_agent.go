package world

import (
	"time"

	"pchatops/ops/lab/tsql"
)

func dateNumber(t time.Time) int {
	if t.IsZero() {
		return 0
	}
	return t.Year()*10000 + int(t.Month())*100 + t.Day()
}

func timeNumber(t time.Time) int { return t.Hour()*10000 + t.Minute()*100 + t.Second() }

// durationNumber is HHMMSS, as sysjobhistory writes how long a run took.
func durationNumber(d time.Duration) int {
	return int(d.Hours())*10000 + int(d.Minutes())%60*100 + int(d.Seconds())%60
}

func viewJobs(s *Session) *tsql.Rows {
	t := newTable(`job_id uniqueidentifier, originating_server_id int, name sysname, enabled tinyint, description nvarchar(512),
		start_step_id int, category_id int, owner_sid varbinary(85), notify_level_eventlog int, delete_level int, date_created datetime,
		date_modified datetime, version_number int`)
	for _, j := range s.inst.agent.jobs {
		t.add(j.id, 0, j.name, bit(j.enabled), j.category+" job.", 1, categoryID(j.category), j.owner, 0, 0,
			s.inst.w.local(j.created), s.inst.w.local(j.created), 1)
	}
	return t.Rows
}

var jobCategories = []struct {
	id   int
	name string
}{
	{0, "[Uncategorized (Local)]"},
	{5, "Log Shipping Backup"},
	{6, "Log Shipping Copy"},
	{7, "Log Shipping Restore"},
	{8, "Log Shipping Alert"},
}

func categoryID(name string) int {
	for _, c := range jobCategories {
		if c.name == name {
			return c.id
		}
	}
	return 0
}

func viewCategories(*Session) *tsql.Rows {
	t := newTable("category_id int, category_class int, category_type tinyint, name sysname")
	for _, c := range jobCategories {
		t.add(c.id, 1, 1, c.name)
	}
	return t.Rows
}

func viewJobSteps(s *Session) *tsql.Rows {
	t := newTable(`job_id uniqueidentifier, step_id int, step_name sysname, subsystem nvarchar(40), command nvarchar(max), flags int,
		on_success_action tinyint, on_fail_action tinyint, server sysname, database_name sysname, retry_attempts int, retry_interval int,
		last_run_outcome int, last_run_duration int, last_run_retries int, last_run_date int, last_run_time int, step_uid uniqueidentifier`)
	for _, j := range s.inst.agent.jobs {
		last := j.lastRun()
		at := s.inst.w.local(last.at)
		t.add(j.id, 1, stepName(j), "CMDEXEC", j.command, 0, 1, 2, nil, nil, 0, 0,
			last.status, durationNumber(last.took), 0, dateNumber(at), timeNumber(at), j.id)
	}
	return t.Rows
}

func stepName(j *job) string { return j.category + " job step." }

// lastRun is the job's last finished run, or one that never was.
func (j *job) lastRun() jobRun {
	if len(j.history) == 0 {
		return jobRun{status: 5}
	}
	return j.history[len(j.history)-1]
}

func viewJobActivity(s *Session) *tsql.Rows {
	t := newTable(`session_id int, job_id uniqueidentifier, run_requested_date datetime, run_requested_source sysname, queued_date datetime,
		start_execution_date datetime, last_executed_step_id int, last_executed_step_date datetime, stop_execution_date datetime,
		job_history_id int, next_scheduled_run_date datetime`)
	w := s.inst.w
	for _, j := range s.inst.agent.jobs {
		for session := 1; session <= len(s.inst.agent.sessions); session++ {
			if session != j.session {
				t.add(session, j.id, nil, nil, nil, nil, nil, nil, nil, nil, s.inst.nextRun(j, session))
				continue
			}
			row := any(nil)
			if !j.stopped.IsZero() {
				row = j.lastRow
			}
			t.add(session, j.id, w.local(j.requested), digits(int64(j.source)), nil, w.local(j.started), nil, nil, w.local(j.stopped), row, s.inst.nextRun(j, session))
		}
	}
	return t.Rows
}

// nextRun is when a job is due next, on the wall clock of the server.
func (i *Instance) nextRun(j *job, session int) any {
	if session != len(i.agent.sessions) || !i.agent.running || !j.enabled {
		return nil
	}
	t := i.w.local(i.now()).Truncate(time.Minute)
	for range 24 * 60 {
		t = t.Add(time.Minute)
		if j.due(t) {
			return t
		}
	}
	return nil
}

func viewJobHistory(s *Session) *tsql.Rows {
	t := newTable(`instance_id int, job_id uniqueidentifier, step_id int, step_name sysname, sql_message_id int, sql_severity int,
		message nvarchar(4000), run_status int, run_date int, run_time int, run_duration int, operator_id_emailed int,
		operator_id_netsent int, operator_id_paged int, retries_attempted int, server sysname`)
	for _, j := range s.inst.agent.jobs {
		for _, r := range j.history {
			at := s.inst.w.local(r.at)
			add := func(row, step int, name, message string) {
				t.add(row, j.id, step, name, 0, 0, message, r.status, dateNumber(at), timeNumber(at), durationNumber(r.took), 0, 0, 0, 0, s.inst.Name())
			}
			if !r.refused {
				add(r.row, 1, stepName(j), "Executed as user: "+s.inst.account(Agent)+". "+r.message)
			}
			add(r.row+1, 0, "(Job outcome)", outcomeText(j, r))
		}
	}
	return t.Rows
}

func outcomeText(j *job, r jobRun) string {
	if r.refused {
		return r.message
	}
	word := map[int]string{runFailed: "The job failed.", runSucceeded: "The job succeeded.", runCanceled: "The job was stopped prior to completion."}[r.status]
	return word + "  The Job was invoked by " + r.bySource + ".  The last step to run was step 1 (" + stepName(j) + ")."
}

func viewJobSchedules(s *Session) *tsql.Rows {
	t := newTable("schedule_id int, job_id uniqueidentifier, next_run_date int, next_run_time int")
	for _, j := range s.inst.agent.jobs {
		next, _ := s.inst.nextRun(j, len(s.inst.agent.sessions)).(time.Time)
		for _, sch := range j.schedules {
			t.add(sch.id, j.id, dateNumber(next), timeNumber(next))
		}
	}
	return t.Rows
}

func viewJobServers(s *Session) *tsql.Rows {
	t := newTable("job_id uniqueidentifier, server_id int, last_run_outcome tinyint, last_outcome_message nvarchar(4000), last_run_date int, last_run_time int, last_run_duration int")
	for _, j := range s.inst.agent.jobs {
		r := j.lastRun()
		at := s.inst.w.local(r.at)
		message := any(nil)
		if len(j.history) > 0 {
			message = outcomeText(j, r)
		}
		t.add(j.id, 0, r.status, message, dateNumber(at), timeNumber(at), durationNumber(r.took))
	}
	return t.Rows
}

func viewSchedules(s *Session) *tsql.Rows {
	t := newTable(`schedule_id int, schedule_uid uniqueidentifier, originating_server_id int, name sysname, owner_sid varbinary(85), enabled int,
		freq_type int, freq_interval int, freq_subday_type int, freq_subday_interval int, freq_relative_interval int,
		freq_recurrence_factor int, active_start_date int, active_end_date int, active_start_time int, active_end_time int,
		date_created datetime, date_modified datetime, version_number int`)
	for _, c := range s.inst.agent.schedules {
		made := s.inst.w.local(c.created)
		t.add(c.id, c.uid, 0, c.name, []byte{1}, bit(c.enabled), c.freqType, c.freqInterval, c.subdayType, c.subdayEvery, 0, 0,
			c.startDate, c.endDate, c.startTime, c.endTime, made, made, 1)
	}
	return t.Rows
}

func viewAgentSessions(s *Session) *tsql.Rows {
	t := newTable("session_id int, agent_start_date datetime")
	for n, at := range s.inst.agent.sessions {
		t.add(n+1, s.inst.w.local(at))
	}
	return t.Rows
}
