package world

import (
	"slices"

	"pchatops/ops/lab/tsql"
)

// scheduleProcs make schedules and attach them to jobs.
var scheduleProcs = map[string]procedure{
	"sp_add_schedule": {home: "msdb", admin: true, run: addScheduleProc, params: params(
		`@schedule_name sysname, @enabled tinyint = 1, @freq_type int = 0, @freq_interval int = 0, @freq_subday_type int = 0,
		@freq_subday_interval int = 0, @freq_relative_interval int = 0, @freq_recurrence_factor int = 0, @active_start_date int = null,
		@active_end_date int = 99991231, @active_start_time int = 0, @active_end_time int = 235959, @owner_login_name sysname = null,
		@schedule_uid uniqueidentifier = null, @schedule_id int = null, @originating_server sysname = null`)},
	"sp_attach_schedule": {home: "msdb", admin: true, run: attachScheduleProc, params: params(
		`@job_id uniqueidentifier = null, @job_name sysname = null, @schedule_id int = null, @schedule_name sysname = null,
		@automatic_post bit = 1`)},
	"sp_detach_schedule": {home: "msdb", admin: true, run: detachScheduleProc, params: params(
		`@job_id uniqueidentifier = null, @job_name sysname = null, @schedule_id int = null, @schedule_name sysname = null,
		@delete_unused_schedule bit = 0, @automatic_post bit = 1`)},
	"sp_update_schedule": {home: "msdb", admin: true, run: updateScheduleProc, params: params(
		`@schedule_id int = null, @name sysname = null, @new_name sysname = null, @enabled tinyint = null, @freq_type int = null,
		@freq_interval int = null, @freq_subday_type int = null, @freq_subday_interval int = null, @freq_relative_interval int = null,
		@freq_recurrence_factor int = null, @active_start_date int = null, @active_end_date int = null, @active_start_time int = null,
		@active_end_time int = null, @owner_login_name sysname = null, @automatic_post bit = 1`)},
}

func addScheduleProc(c *call) (int, *tsql.Error) {
	start := c.num("@active_start_date")
	if !c.has("@active_start_date") {
		start = dateNumber(c.inst().w.local(c.inst().now()))
	}
	if c.num("@freq_type") == 0 {
		return 1, fail(14266, "freq_type", "0x1, 0x4, 0x8, 0x10, 0x20, 0x40, 0x80")
	}
	s := c.inst().addSchedule(schedule{
		name: c.str("@schedule_name"), enabled: c.yes("@enabled"), freqType: c.num("@freq_type"), freqInterval: c.num("@freq_interval"),
		subdayType: c.num("@freq_subday_type"), subdayEvery: c.num("@freq_subday_interval"), startDate: start,
		endDate: c.num("@active_end_date"), startTime: c.num("@active_start_time"), endTime: c.num("@active_end_time"),
	})
	c.out["@schedule_uid"], c.out["@schedule_id"] = s.uid, s.id
	return 0, nil
}

func attachScheduleProc(c *call) (int, *tsql.Error) {
	j, e := c.job()
	if e != nil {
		return 1, e
	}
	s, e := c.schedule("@schedule_name")
	if e != nil {
		return 1, e
	}
	for _, have := range j.schedules {
		if have == s {
			return 0, nil
		}
	}
	j.schedules = append(j.schedules, s)
	return 0, nil
}

func detachScheduleProc(c *call) (int, *tsql.Error) {
	j, e := c.job()
	if e != nil {
		return 1, e
	}
	s, e := c.schedule("@schedule_name")
	if e != nil {
		return 1, e
	}
	if !slices.Contains(j.schedules, s) {
		return 1, fail(14374, j.name, digits(int64(s.id)), s.name)
	}
	agent := &c.inst().agent
	j.schedules = slices.DeleteFunc(j.schedules, func(have *schedule) bool { return have == s })
	if c.yes("@delete_unused_schedule") && !slices.ContainsFunc(agent.jobs, func(other *job) bool { return slices.Contains(other.schedules, s) }) {
		agent.schedules = slices.DeleteFunc(agent.schedules, func(have *schedule) bool { return have == s })
	}
	return 0, nil
}

func updateScheduleProc(c *call) (int, *tsql.Error) {
	s, e := c.schedule("@name")
	if e != nil {
		return 1, e
	}
	c.setText(&s.name, "@new_name")
	c.setBit(&s.enabled, "@enabled")
	for p, to := range map[string]*int{
		"@freq_type": &s.freqType, "@freq_interval": &s.freqInterval, "@freq_subday_type": &s.subdayType,
		"@freq_subday_interval": &s.subdayEvery, "@active_start_date": &s.startDate, "@active_end_date": &s.endDate,
		"@active_start_time": &s.startTime, "@active_end_time": &s.endTime,
	} {
		c.setNumber(to, p)
	}
	return 0, nil
}

// schedule finds the schedule that a call names: names may be ambiguous.
func (c *call) schedule(byName string) (*schedule, *tsql.Error) {
	if c.has("@schedule_id") == c.has(byName) {
		return nil, fail(14373, "@schedule_id", byName)
	}
	if c.has(byName) {
		named := c.inst().schedulesNamed(c.str(byName))
		switch len(named) {
		case 0:
			return nil, fail(14262, byName, c.str(byName))
		case 1:
			return named[0], nil
		}
		return nil, fail(14371, c.str(byName), "@schedule_id", byName)
	}
	for _, s := range c.inst().agent.schedules {
		if s.id == c.num("@schedule_id") {
			return s, nil
		}
	}
	return nil, fail(14262, "@schedule_id", digits(int64(c.num("@schedule_id"))))
}
