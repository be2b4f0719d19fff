package mssql

import (
	"context"
	"database/sql"
	"errors"
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
// round trip: the server itself waits for the row. A run that ended with the Agent
// which had begun it is begun once more.
func (s *Server) RunJob(job string, then func(engine.Reporter, procedures.Shipped) error) engine.Action {
	st := statement{text: "msdb.dbo.sp_start_job", proc: true, args: []arg{{"job_name", job}}}
	tried := "run the job " + job
	a := s.action("run job "+job, st, func(ctx context.Context, r engine.Reporter) error {
		run, err := s.runOnce(ctx, r, tried, job)
		if errors.Is(err, errAgentAnew) {
			r.Log(err.Error())
			run, err = s.runOnce(ctx, r, tried, job)
		}
		if err == nil {
			err = s.judgeRun(tried, run)
		}
		if err != nil || then == nil {
			return err
		}
		return then(r, run.shipped)
	})
	a.Hand = runByHand(st)
	return a
}

func (s *Server) runOnce(ctx context.Context, r engine.Reporter, tried, job string) (jobRun, error) {
	run, err := s.startJob(ctx, r, tried, job)
	if err != nil {
		return run, err
	}
	return s.awaitRun(ctx, r, tried, job, run)
}

// startJob waits for a run that is under way: the Agent refuses a second one.
func (s *Server) startJob(ctx context.Context, r engine.Reporter, tried, job string) (jobRun, error) {
	watching, stop := engine.Watching(ctx)
	defer stop()
	v := &vigil{Server: s, tried: tried, job: job}
	defer v.end()
	for idle := 0; ; {
		rows, refused := s.alter(ctx, tried, startText, s.jobArgs(job)...)
		if !fault.Is(refused, fault.Agent) {
			return readRun(rows), refused
		}
		run, err := s.lookAtRun(watching, job, 0, 0)
		switch {
		case watching.Err() != nil:
			return run, s.unbegun(tried, job, context.Cause(watching))
		case err != nil:
			return run, err
		case run.stopped():
			return run, refused
		case run.running:
			idle = 0
		case idle > 0:
			return run, refused // it has another reason
		default:
			idle++ // the other run may have ended since
		}
		v.tell(watching, "the end of a run of the job "+job+" that was under way on "+s.Address(), 0)
		r.Progress(engine.Progress{Percent: -1, Note: job + " runs already: waiting for its end"})
		if pause.For(watching, s.pace.settle) != nil {
			return run, s.unbegun(tried, job, context.Cause(watching))
		}
	}
}

// unbegun is the end of waiting for a run under way: none was begun after it.
func (s *Server) unbegun(tried, job string, why error) error {
	f := s.fault(fault.Refused, tried, 0, "the job "+job+" was under way, and its end is not waited for any more: "+why.Error(), "run the step again: it goes on where the world stands")
	f.Cause = why
	return f
}

// awaitRun waits until the run that was started has its row in the history. The Agent
// carries it out by itself: whoever only watches that may leave.
func (s *Server) awaitRun(ctx context.Context, r engine.Reporter, tried, job string, run jobRun) (jobRun, error) {
	ctx, stop := engine.Watching(ctx)
	defer stop()
	v := &vigil{Server: s, tried: tried, job: job, session: run.session, idle: time.Now()}
	defer v.end()
	for run.row <= run.before {
		note, err := v.look(ctx, run)
		if err != nil {
			r.Progress(engine.Progress{Percent: -1, Begun: true})
			return run, err
		}
		r.Progress(engine.Progress{Percent: -1, Note: note})
		if pause.For(ctx, s.pace.settle/8) != nil { // a server that does not wait is not asked without pause
			return run, s.unwatched(tried, job, context.Cause(ctx))
		}
		next, err := s.lookAtRun(ctx, job, run.before, looks)
		switch {
		case err != nil && ctx.Err() != nil:
			return run, s.unwatched(tried, job, context.Cause(ctx))
		case err != nil:
			return run, s.lostFault(tried, nil, err)
		}
		run = next
	}
	return run, nil
}

// unwatched is the end of watching a run that goes on.
func (s *Server) unwatched(tried, job string, why error) error {
	f := s.fault(fault.Lost, tried, 0, "the job "+job+" was begun, and is not watched any more: "+why.Error(),
		"it goes on by itself; run the step again: it goes on where the world stands")
	f.Cause = why
	return f
}

func (s *Server) judgeRun(tried string, run jobRun) error {
	if outcome := outcomes[run.status]; outcome != "succeeded" {
		f := s.fault(fault.Agent, tried, 0, fmt.Sprintf("the job %s: %s", outcome, run.message), "read the message: it is the job's own; then run the step again")
		f.Cause = procedures.ErrJobFailed
		return f
	}
	return nil
}

// jobRun is the last finished run of a job, and whether another is under way.
type jobRun struct {
	before  int64 // the last row of sysjobhistory before the start
	row     int64 // the last one now; 0: the job has never run
	status  int64
	message string
	running bool   // as msdb has it, which does not learn that the Agent was stopped
	session int64  // of the Agent: another one knows nothing of the run
	agent   string // the state of the Agent; "": it was not asked for
	shipped procedures.Shipped
}

// stopped reports whether the Agent is known not to run.
func (r jobRun) stopped() bool {
	return r.agent != "" && r.agent != "running" && r.agent != "unknown"
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
	in, told := newReading(), false
	for _, r := range rows {
		switch part := r.text("part"); part {
		case "run":
			run.before, run.row, run.session = r.int("before", 0), r.int("instance_id", 0), r.int("agent", 0)
			run.status, run.message, run.running = r.int("run_status", -1), r.text("message"), r.is("running")
		case "primary":
			run.shipped.Backup = r.text("last_backup_file")
		case "secondary":
			run.shipped.Copied, run.shipped.Restored = r.text("last_copied_file"), r.text("last_restored_file")
		case "server", "services", "sessions":
			takers[part](in, r)
			told = true
		}
	}
	if told {
		run.agent = in.finish().Agent.State
	}
	return run
}
