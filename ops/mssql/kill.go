package mssql

import (
	"context"
	"fmt"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/status"
)

const raised = 50000 // the number of RAISERROR with a text

// stillThere is the condition that the session that was listed is there: session
// ids are used again at once.
func stillThere(one status.Session) (string, arg) {
	if one.Connection != "" {
		return fmt.Sprintf("EXISTS (SELECT 1 FROM sys.dm_exec_connections WHERE session_id = %d AND CONVERT(nvarchar(36), connection_id) = @connection)", one.ID),
			arg{"connection", one.Connection}
	}
	return fmt.Sprintf("EXISTS (SELECT 1 FROM sys.sysprocesses WHERE spid = %d AND ecid = 0 AND CONVERT(nvarchar(23), login_time, 121) = @since)", one.ID),
		arg{"since", one.LoginTime.Format(loginTime)}
}

// killStatement is KILL of a session that is still the one that was listed.
func killStatement(one status.Session) statement {
	is, by := stillThere(one)
	text := fmt.Sprintf(`IF %[2]s
    KILL %[1]d
ELSE IF EXISTS (SELECT 1 FROM sys.dm_exec_sessions WHERE session_id = %[1]d)
    RAISERROR(N'session id %[1]d belongs to another session now', 16, 1)`, one.ID, is)
	return statement{text: text, args: []arg{by}}
}

// EndSession is KILL, after checking in the same batch that the session is
// still the one that was listed. A session that has gone is success.
func (s *Server) EndSession(one status.Session) engine.Action {
	st := killStatement(one)
	a := s.action(fmt.Sprintf("end session %d", one.ID), st, func(ctx context.Context, r engine.Reporter) error {
		if err := s.kill(ctx, r, one, st); err != nil {
			return err
		}
		return s.awaitEnd(ctx, one)
	})
	a.Hand = killByHand(st, one.ID)
	a.Settle = func(ctx context.Context) (bool, error) { return s.over(ctx, one) }
	return a
}

func (s *Server) kill(ctx context.Context, r engine.Reporter, one status.Session, st statement) error {
	tried := fmt.Sprintf("end session %d", one.ID)
	if one.Own || one.System {
		return s.fault(fault.Refused, tried, 0, "it belongs to the console or to the system", "leave it alone")
	}
	err := s.write(ctx, r, tried, st)
	switch numberOf(err) {
	case 6101, 6106: // it went away between the check and the KILL
		return nil
	case raised:
		return s.fault(fault.Refused, tried, raised, "the session id belongs to another session now", "list the sessions again")
	}
	return err
}

// awaitEnd waits until the session is gone: KILL only asks for it, and what
// the session was doing is rolled back first.
func (s *Server) awaitEnd(ctx context.Context, one status.Session) error {
	gone, err := s.until(ctx, func(ctx context.Context) (bool, error) { return s.over(ctx, one) })
	if err != nil || gone {
		return err
	}
	tried := fmt.Sprintf("end session %d", one.ID)
	return s.fault(fault.Busy, tried, 0, "it is still being rolled back",
		fmt.Sprintf("wait; KILL %d WITH STATUSONLY tells how far it is", one.ID))
}

// over tells whether the session that was listed is gone, and rolled back.
func (s *Server) over(ctx context.Context, one status.Session) (bool, error) {
	is, by := stillThere(one)
	text := fmt.Sprintf("SELECT 1 AS here WHERE %s OR EXISTS (SELECT 1 FROM sys.dm_exec_requests WHERE session_id = %d AND command LIKE N'KILLED%%')", is, one.ID)
	rows, err := s.read(ctx, fmt.Sprintf("look for session %d", one.ID), text, named([]arg{by})...)
	return err == nil && len(rows) == 0, err
}
