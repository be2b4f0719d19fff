package mssql

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/pause"
	"pchatops/ops/procedures"
)

// RunJob starts a job of the Agent, waits for the end of that run, and lets
// then judge what the run left behind. The Agent answers before it begins, so
// the end is known from a new row of the job's history. A short run costs one
// round trip: the server itself waits for the row.
func (s *Server) RunJob(job string, then func(engine.Reporter, procedures.Shipped) error) engine.Action {
	st := statement{text: "msdb.dbo.sp_start_job", proc: true, args: []arg{{"job_name", job}}}
	tried := "run the job " + job
	return s.action("run job "+job, st, func(ctx context.Context, r engine.Reporter) error {
		run, err := s.startJob(ctx, r, tried, job)
		if err == nil {
			run, err = s.awaitRun(ctx, r, tried, job, run)
		}
		if err == nil {
			err = s.judgeRun(tried, run)
		}
		if err != nil || then == nil {
			return err
		}
		return then(r, run.shipped)
	})
}

// startJob waits for a run that is under way: the Agent refuses a second one.
func (s *Server) startJob(ctx context.Context, r engine.Reporter, tried, job string) (jobRun, error) {
	for idle := 0; ; {
		rows, refused := s.alter(ctx, tried, startText, s.jobArgs(job)...)
		if !fault.Is(refused, fault.Agent) {
			return readRun(rows), refused
		}
		run, err := s.lookAtRun(ctx, job, 0, 0)
		switch {
		case err != nil:
			return run, err
		case run.running:
			idle = 0
		case idle > 0:
			return run, refused // it has another reason: the Agent does not run
		default:
			idle++ // the other run may have ended since
		}
		r.Progress(engine.Progress{Percent: -1, Note: job + " runs already: waiting for its end"})
		if pause.For(ctx, s.pace.settle) != nil {
			return run, refused
		}
	}
}

// awaitRun waits until the run that was started has its row in the history.
func (s *Server) awaitRun(ctx context.Context, r engine.Reporter, tried, job string, run jobRun) (jobRun, error) {
	for begun := time.Now(); run.row <= run.before; {
		switch {
		case run.running:
			begun = time.Now()
		case time.Since(begun) > s.pace.patience:
			return run, s.fault(fault.Agent, tried, 0, "the Agent took the request and never ran the job", remedy[fault.Agent])
		}
		r.Progress(engine.Progress{Percent: -1, Note: job + " is running"})
		if pause.For(ctx, s.pace.settle/8) != nil { // a server that does not wait is not asked without pause
			return run, s.lostFault(tried, nil, ctx.Err())
		}
		next, err := s.lookAtRun(ctx, job, run.before, looks)
		if err != nil {
			return run, s.lostFault(tried, nil, err)
		}
		run = next
	}
	return run, nil
}

func (s *Server) judgeRun(tried string, run jobRun) error {
	if outcome := outcomes[run.status]; outcome != "succeeded" {
		return s.fault(fault.Agent, tried, 0, fmt.Sprintf("the job %s: %s", outcome, run.message), "read the message: it is the job's own; then run the step again")
	}
	return nil
}

// jobRun is the last finished run of a job, and whether another is under way.
type jobRun struct {
	before  int64 // the last row of sysjobhistory before the start
	row     int64 // the last one now; 0: the job has never run
	status  int64
	message string
	running bool
	shipped procedures.Shipped
}

// lookAtRun waits on the server, for so many looks at most, until the history
// has a row behind the given one.
func (s *Server) lookAtRun(ctx context.Context, job string, before int64, looks int) (jobRun, error) {
	args := append(s.jobArgs(job), sql.Named("before", before), sql.Named("looks", int32(looks)))
	rows, err := s.read(ctx, "look at the job "+job, awaitText, args...)
	return readRun(rows), err
}

func (s *Server) jobArgs(job string) []any {
	return []any{sql.Named("job", job), sql.Named("database", s.database)}
}

func readRun(rows []record) (run jobRun) {
	for _, r := range rows {
		switch r.text("part") {
		case "run":
			run.before, run.row = r.int("before", 0), r.int("instance_id", 0)
			run.status, run.message, run.running = r.int("run_status", -1), r.text("message"), r.is("running")
		case "primary":
			run.shipped.Backup = r.text("last_backup_file")
		case "secondary":
			run.shipped.Copied, run.shipped.Restored = r.text("last_copied_file"), r.text("last_restored_file")
		}
	}
	return run
}
