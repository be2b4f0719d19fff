package mssql

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"pchatops/ops/fault"
)

// Holder is the session that has an application lock.
type Holder struct {
	Session int
	Login   string
	Host    string
	Program string
	Process string    // its process id on that host
	Since   time.Time // UTC, to the second: when the session logged in, which it did for the lock
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
const holderText = `SELECT TOP (1) p.spid, p.loginame, p.hostname, p.program_name, p.hostprocess,
    DATEADD(SECOND, DATEDIFF(SECOND, GETDATE(), GETUTCDATE()), p.login_time) AS since
FROM sys.dm_tran_locks AS l JOIN sys.sysprocesses AS p ON p.spid = l.request_session_id
WHERE l.resource_type = 'APPLICATION' AND l.request_status = 'GRANT'
    AND CHARINDEX(N'[' + @start + N']', l.resource_description) > 0`

// taken finds out who has the lock. That somebody has it is known; who, only
// where the login may see it.
func (l *Lock) taken(ctx context.Context) error {
	e := &TakenError{fault: l.server.fault(fault.InUse, l.tried(), 0, "another console drives this site",
		"open this one as an observer, or ask the other to hand over")}
	start := []rune(l.resource)
	start = start[:min(len(start), 32)]
	rows, err := l.server.read(ctx, "look who has the lock", holderText, sql.Named("start", string(start)))
	if err != nil || len(rows) == 0 {
		return e
	}
	r := rows[0]
	e.Holder = Holder{
		Session: int(r.int("spid", 0)), Login: r.text("loginame"), Host: r.text("hostname"),
		Program: r.text("program_name"), Process: r.text("hostprocess"), Since: r.time("since"),
	}
	h := e.Holder
	e.fault.Text = fmt.Sprintf("%s on %s (%s, process %s) drives this site since %s UTC",
		h.Program, h.Host, h.Login, h.Process, h.Since.Format("2006-01-02 15:04:05"))
	return e
}
