package mssql

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
)

// RunJob starts a job and waits for the end of that run. The Agent answers
// before it begins, so the end is known from a new row of the job's history.
func (s *Server) RunJob(job string) engine.Action {
	st := statement{text: "msdb.dbo.sp_start_job", proc: true, args: []arg{{"job_name", job}}}
	tried := "run the job " + job
	return s.action("run job "+job, st, func(ctx context.Context, r engine.Reporter) error {
		before, err := s.jobRun(ctx, job)
		if err != nil {
			return err
		}
		if err := s.startJob(ctx, r, tried, job, st); err != nil {
			return err
		}
		return s.awaitRun(ctx, r, tried, job, before.row)
	})
}

// startJob waits for a run that is under way: the Agent refuses a second one.
func (s *Server) startJob(ctx context.Context, r engine.Reporter, tried, job string, st statement) error {
	for idle := 0; ; {
		refused := s.write(ctx, r, tried, st)
		if !fault.Is(refused, fault.Agent) {
			return refused
		}
		run, err := s.jobRun(ctx, job)
		switch {
		case err != nil:
			return err
		case run.running:
			idle = 0
		case idle > 0:
			return refused // it has another reason: the Agent does not run
		default:
			idle++ // the other run may have ended since
		}
		r.Progress(engine.Progress{Percent: -1, Note: job + " runs already: waiting for its end"})
		if !wait(ctx, s.pace.settle) {
			return refused
		}
	}
}

// awaitRun waits for a row of the history behind the given one.
func (s *Server) awaitRun(ctx context.Context, r engine.Reporter, tried, job string, before int64) error {
	begun := time.Now()
	for pause := s.pace.settle / 8; ; pause = min(2*pause, s.pace.settle) { // most runs are short
		run, err := s.jobRun(ctx, job)
		switch {
		case err != nil:
			return s.lostFault(tried, nil, err)
		case run.row > before:
			return s.judgeRun(tried, run)
		case run.running:
			begun = time.Now()
		case time.Since(begun) > s.pace.patience:
			return s.fault(fault.Agent, tried, 0, "the Agent took the request and never ran the job", remedy[fault.Agent])
		}
		r.Progress(engine.Progress{Percent: -1, Note: job + " is running"})
		if !wait(ctx, pause) {
			return s.lostFault(tried, nil, ctx.Err())
		}
	}
}

func (s *Server) judgeRun(tried string, run jobRun) error {
	if outcome := outcomes[run.status]; outcome != "succeeded" {
		return s.fault(fault.Agent, tried, 0, fmt.Sprintf("the job %s: %s", outcome, run.message), "read the message: it is the job's own; then run the step again")
	}
	return nil
}

// jobRun is the last finished run of a job, and whether another is under way.
type jobRun struct {
	row     int64 // in sysjobhistory; 0: it has never run
	status  int64
	message string
	running bool
}

const jobRunText = `SELECT h.instance_id, h.run_status,
    (SELECT TOP (1) s.message FROM msdb.dbo.sysjobhistory AS s
     WHERE s.job_id = j.job_id AND s.step_id <> 0 ORDER BY s.instance_id DESC) AS message,
    CASE WHEN EXISTS (
        SELECT 1 FROM msdb.dbo.sysjobactivity AS a
        WHERE a.job_id = j.job_id AND a.session_id = (SELECT MAX(session_id) FROM msdb.dbo.syssessions)
            AND a.start_execution_date IS NOT NULL AND a.stop_execution_date IS NULL
    ) THEN 1 ELSE 0 END AS running
FROM msdb.dbo.sysjobs AS j
LEFT JOIN msdb.dbo.sysjobhistory AS h ON h.instance_id = (
    SELECT MAX(o.instance_id) FROM msdb.dbo.sysjobhistory AS o WHERE o.job_id = j.job_id AND o.step_id = 0)
WHERE j.name = @job`

func (s *Server) jobRun(ctx context.Context, job string) (jobRun, error) {
	tried := "look at the job " + job
	rows, err := s.read(ctx, tried, jobRunText, sql.Named("job", job))
	if err != nil {
		return jobRun{}, err
	}
	if len(rows) == 0 {
		return jobRun{}, s.fault(fault.NotFound, tried, 0, "there is no job of that name", remedy[fault.NotFound])
	}
	r := rows[0]
	return jobRun{row: r.int("instance_id", 0), status: r.int("run_status", -1), message: r.text("message"), running: r.is("running")}, nil
}
