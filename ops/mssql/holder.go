package mssql

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"time"

	"pchatops/ops/fault"
	"pchatops/ops/lease"
)

// Holder is the session that has an application lock.
type Holder struct {
	Instance string // as the operator knows it
	Session  int
	Login    string
	Host     string
	Program  string
	Process  string    // its process id on that host
	Since    time.Time // UTC, to the second: when the session logged in, which it did for the lock

	User    string  // whose console it is, as that says
	Own     bool    // it is of this very incident, and its console is gone or this one: a cut connection has left it behind
	Command string  // what it runs; "": it is idle
	Percent float64 // of that, where the server tells

	loginTime string // as the server writes it
}

// TakenError says who has the lock. It is a fault of class InUse.
type TakenError struct {
	Holder Holder // zero when the login may not see other sessions
	fault  *fault.Error
}

// Error reads as a sentence.
func (e *TakenError) Error() string { return e.fault.Error() }

// Unwrap gives the fault.
func (e *TakenError) Unwrap() error { return e.fault }

// The description of an application lock is the id of its database principal,
// the first 32 characters of its name in brackets, and a hash of the whole.
const holderText = `SELECT TOP (1) s.session_id, s.login_name, s.host_name, s.program_name, s.host_process_id,
    DATEADD(SECOND, DATEDIFF(SECOND, GETDATE(), GETUTCDATE()), s.login_time) AS since,
    CONVERT(nvarchar(23), s.login_time, 121) AS login_time, s.context_info, r.command, r.percent_complete
FROM sys.dm_tran_locks AS l JOIN sys.dm_exec_sessions AS s ON s.session_id = l.request_session_id
    LEFT JOIN sys.dm_exec_requests AS r ON r.session_id = s.session_id
WHERE l.resource_type = 'APPLICATION' AND l.request_status = 'GRANT'
    AND CHARINDEX(N'[' + @start + N']', l.resource_description) > 0`

// taken finds out who has the lock. That somebody has it is known; who, only
// where the login may see it.
func (s *Server) taken(ctx context.Context, tried, resource string) error {
	rows, err := s.holders(ctx, resource)
	if err != nil || len(rows) == 0 {
		return s.takenFault(tried)
	}
	return s.takenBy(tried, rows[0])
}

// Taken looks whether somebody has the lock of the database at this moment, without
// taking it: a TakenError says who, and any other error why nobody can say. name is the
// instance's own.
func (s *Server) Taken(ctx context.Context, name string) error {
	resource := lockName(name, s.database)
	rows, err := s.holders(ctx, resource)
	if err != nil || len(rows) == 0 {
		return err
	}
	return s.takenBy("take the lock "+resource, rows[0])
}

func (s *Server) holders(ctx context.Context, resource string) ([]record, error) {
	start := []rune(resource)
	start = start[:min(len(start), 32)]
	return s.read(ctx, "look who has the lock", holderText, sql.Named("start", string(start)))
}

func (s *Server) takenFault(tried string) *TakenError {
	return &TakenError{fault: s.fault(fault.InUse, tried, 0, "another console drives this site",
		"ask whoever drives to end it there (q in a console, ctrl+c in a run: a step under way runs to its end first), then try again here; `pchatops status` looks meanwhile")}
}

func (s *Server) takenBy(tried string, r record) *TakenError {
	e := s.takenFault(tried)
	run, marked := lease.RunOf(r.bytes("context_info"))
	e.Holder = Holder{
		Instance: s.Address(), Session: int(r.int("session_id", 0)), Login: r.text("login_name"), Host: r.text("host_name"),
		Program: r.text("program_name"), Process: strconv.FormatInt(r.int("host_process_id", 0), 10), Since: r.time("since"),
		User: run.User(), Own: marked && s.run.Owns(run, s.gone), Command: r.text("command"), Percent: r.percent(), loginTime: r.text("login_time"),
	}
	h := e.Holder
	since := h.Since.Format("2006-01-02 15:04:05")
	if !h.Own {
		e.fault.Text = fmt.Sprintf("%s on %s (%s, process %s) has been driving this site since %s UTC", h.Program, h.Host, h.Login, h.Process, since)
		if h.User != "" {
			e.fault.Text = h.User + "'s " + e.fault.Text
		}
		e.fault.Do = fault.Said(e.fault.Do, h.wayOut())
		return e
	}
	e.fault.Text = fmt.Sprintf("this incident's own session %d of %s UTC is still there and idle", h.Session, since)
	e.fault.Do = "wait a moment: it is ended"
	if h.Command != "" {
		e.fault.Text = fmt.Sprintf("this incident's own session %d of %s UTC still runs %s there", h.Session, since, h.Command)
		if h.Percent > 0 {
			e.fault.Text += fmt.Sprintf(" (%.0f %%)", h.Percent)
		}
		e.fault.Do = "wait until that has ended, then verify the step"
	}
	return e
}

// wayOut says what to do about the session of a console that is gone for good, as
// with its host: that it is, people have to know.
func (h Holder) wayOut() string {
	if h.Command != "" {
		return fmt.Sprintf("if that console is gone for good, leave its session %d on %s to the end of %s, which runs there", h.Session, h.Instance, h.Command)
	}
	return fmt.Sprintf("if that console is gone for good, SQL Server ends its session once it notices; at once does KILL %d on %s", h.Session, h.Instance)
}

// EndOwn ends the holder of a lock that is a session of this incident and idle:
// its console has lost it. One that runs something is left to its end.
func (s *Server) EndOwn(ctx context.Context, h Holder) error {
	tried := fmt.Sprintf("end this incident's own session %d", h.Session)
	if !h.Own || h.Command != "" || h.Session <= 0 {
		return s.fault(fault.Refused, tried, 0, "it is another's, or at work", "wait")
	}
	text := fmt.Sprintf(`IF EXISTS (SELECT 1 FROM sys.dm_exec_sessions WHERE session_id = %[1]d AND program_name = @program
    AND CONVERT(nvarchar(23), login_time, 121) = @since)
    AND NOT EXISTS (SELECT 1 FROM sys.dm_exec_requests WHERE session_id = %[1]d) KILL %[1]d`, h.Session)
	_, err := s.read(ctx, tried, text, sql.Named("program", h.Program), sql.Named("since", h.loginTime))
	switch numberOf(err) {
	case 6101, 6106: // it went away by itself
		return nil
	}
	return err
}
