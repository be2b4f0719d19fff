package world_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/world"
)

func (c *client) running(job string) bool {
	c.t.Helper()
	id := c.jobRow(job)["job_id"]
	sessions := c.view("msdb", "dbo", "syssessions")
	for _, a := range c.view("msdb", "dbo", "sysjobactivity") {
		if a["job_id"] == id && a["session_id"] == sessions[len(sessions)-1]["session_id"] {
			return a["start_execution_date"] != nil && a["stop_execution_date"] == nil
		}
	}
	return false
}

func TestAJobStartsBesideItsCallerAndRunsOnce(t *testing.T) {
	w := site(t)
	sa := admin(t, w, world.Primary)
	w.SetSlow(1e12)
	require.EqualValues(t, 14262, refused(sa, "sp_start_job", "@job_name", "no such job"))
	require.EqualValues(t, 14294, refused(sa, "sp_start_job"))
	runs := len(jobRuns(sa, "LSBackup_mgc"))
	sa.must("sp_start_job", "@job_name", "LSBackup_mgc")
	require.EqualValues(t, 14243, sa.info[0].Number)
	require.True(t, sa.running("LSBackup_mgc"))
	require.EqualValues(t, 22022, refused(sa, "sp_start_job", "@job_name", "LSBackup_mgc"))

	sa.must("sp_stop_job", "@job_name", "LSBackup_mgc")
	require.Eventually(t, func() bool { return !sa.running("LSBackup_mgc") }, 2*time.Minute, time.Millisecond)
	all := jobRuns(sa, "LSBackup_mgc")
	require.Len(t, all, runs+1)
	require.Equal(t, int64(3), all[runs]["run_status"], "canceled")
	require.EqualValues(t, 22022, refused(sa, "sp_stop_job", "@job_name", "LSBackup_mgc"))
}

func TestADisabledJobIsNotStartedByItsSchedule(t *testing.T) {
	w := site(t)
	sa := admin(t, w, world.Primary)
	stopped := len(jobRuns(sa, "LSBackup_mgc"))
	sa.must("sp_update_job", "@job_name", "LSBackup_mgc", "@enabled", int64(0))
	w.Elapse(time.Hour)
	require.Len(t, jobRuns(sa, "LSBackup_mgc"), stopped)
	sa.must("sp_start_job", "@job_name", "LSBackup_mgc")
	require.Eventually(t, func() bool { return len(jobRuns(sa, "LSBackup_mgc")) == stopped+1 }, 2*time.Minute, time.Millisecond)
}

func TestWithoutTheAgentNoJobRuns(t *testing.T) {
	w := site(t)
	w.StopAgent(world.Secondary)
	sa := admin(t, w, world.Secondary)
	require.EqualValues(t, 22022, refused(sa, "sp_start_job", "@job_name", sa.jobRow("LSCopy")["name"]))
	require.Equal(t, "Stopped", sa.view("", "sys", "dm_server_services")[1]["status_desc"])
	sa.must("xp_servicecontrol", "@action", "QueryState", "@service", "SQLAgent$RTC")
	require.Equal(t, "Stopped.", sa.sets[0].Values[0][0])
	for _, p := range sa.column("", "sys", "sysprocesses", "program_name") {
		require.NotContains(t, p, "SQLAgent")
	}
	before := len(jobRuns(sa, "LSCopy"))
	w.Elapse(time.Hour)
	require.Len(t, jobRuns(sa, "LSCopy"), before)
	w.StartAgent(world.Secondary)
	require.Len(t, sa.view("msdb", "dbo", "syssessions"), 2)
	w.Elapse(30 * time.Minute)
	require.Greater(t, len(jobRuns(sa, "LSCopy")), before)
}

func TestAJobThatTheAgentLeftBehindIsNoRunningJob(t *testing.T) {
	w := site(t)
	sa := admin(t, w, world.Primary)
	w.SetSlow(1e12)
	sa.must("sp_start_job", "@job_name", "LSBackup_mgc")
	require.True(t, sa.running("LSBackup_mgc"))
	w.StopAgent(world.Primary)
	w.StartAgent(world.Primary)
	require.False(t, sa.running("LSBackup_mgc"), "its activity belongs to an Agent session that is over")
	w.SetSlow(1)
	sa.must("sp_start_job", "@job_name", "LSBackup_mgc")
}

func TestSchedulesAreNamedAmbiguously(t *testing.T) {
	sa := admin(t, site(t), world.Primary)
	add := []any{"@schedule_name", "twice", "@freq_type", int64(4), "@schedule_id", "OUTPUT"}
	sa.must("sp_add_schedule", add...)
	sa.must("sp_attach_schedule", "@job_name", "LSBackup_mgc", "@schedule_name", "twice")
	second := sa.must("sp_add_schedule", add...)
	require.EqualValues(t, 14371, refused(sa, "sp_attach_schedule", "@job_name", "LSBackup_mgc", "@schedule_name", "twice"))
	require.EqualValues(t, 14373, refused(sa, "sp_attach_schedule", "@job_name", "LSBackup_mgc"))
	require.EqualValues(t, 14262, refused(sa, "sp_attach_schedule", "@job_name", "LSBackup_mgc", "@schedule_name", "never"))
	sa.must("sp_attach_schedule", "@job_name", "LSBackup_mgc", "@schedule_id", second["@schedule_id"])
}

func TestHelpJobShowsAJobFromAllSides(t *testing.T) {
	sa := admin(t, site(t), world.Secondary)
	sa.must("sp_help_job", "@job_name", sa.jobRow("LSRestore")["name"])
	require.Len(t, sa.sets, 4)
	job := named(sa.sets[0])[0]
	require.Equal(t, int64(1), job["last_run_outcome"])
	require.Equal(t, int64(4), job["current_execution_status"])
	sa.must("sp_help_job", "@category_name", "Log Shipping Copy")
	require.Len(t, sa.sets[0].Values, 1)
}
