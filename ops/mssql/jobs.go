package mssql

import (
	"context"
	"database/sql"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/status"
)

// StopJob asks the Agent to stop a job that runs and waits until it is idle.
// The Agent answers at once and stops later.
func (s *Server) StopJob(job status.Job) engine.Action {
	st := statement{text: "msdb.dbo.sp_stop_job", proc: true, args: []arg{{"job_name", job.Name}}}
	tried := "stop the job " + job.Name
	a := s.action("stop job "+job.Name, st, func(ctx context.Context, r engine.Reporter) error {
		asked := s.write(ctx, r, tried, st)
		if asked != nil && !fault.Is(asked, fault.Agent) {
			return asked
		}
		// The Agent refuses (22022) a job that has come to its end meanwhile.
		idle, err := s.until(ctx, func(ctx context.Context) (bool, error) { return s.idle(ctx, job.Name) })
		switch {
		case err != nil:
			return err
		case !idle && asked != nil:
			return asked
		case !idle:
			return s.fault(fault.Agent, tried, 0, "the job is still running", remedy[fault.Agent])
		}
		return nil
	})
	a.Hand = stopByHand(st)
	a.Settle = func(ctx context.Context) (bool, error) { return s.idle(ctx, job.Name) }
	return a
}

// DisableJob keeps the Agent from starting a job again. One that runs goes on.
func (s *Server) DisableJob(job status.Job) engine.Action {
	st := statement{text: "msdb.dbo.sp_update_job", proc: true, args: []arg{{"job_name", job.Name}, {"enabled", 0}}}
	tried := "disable the job " + job.Name
	a := s.action("disable job "+job.Name, st, func(ctx context.Context, r engine.Reporter) error {
		return s.write(ctx, r, tried, st)
	})
	a.Settle = func(ctx context.Context) (bool, error) {
		rows, err := s.read(ctx, "look at the job "+job.Name,
			"SELECT 1 AS enabled FROM msdb.dbo.sysjobs WHERE name = @job AND enabled <> 0", sql.Named("job", job.Name))
		return err == nil && len(rows) == 0, err
	}
	return a
}

// idle tells whether no run of a job is under way since the Agent's last start.
func (s *Server) idle(ctx context.Context, job string) (bool, error) {
	rows, err := s.read(ctx, "look at the job "+job, `SELECT 1 AS running
FROM msdb.dbo.sysjobs AS j JOIN msdb.dbo.sysjobactivity AS a ON a.job_id = j.job_id
WHERE j.name = @job AND a.session_id = (SELECT MAX(session_id) FROM msdb.dbo.syssessions)
    AND a.start_execution_date IS NOT NULL AND a.stop_execution_date IS NULL`, sql.Named("job", job))
	return err == nil && len(rows) == 0, err
}
