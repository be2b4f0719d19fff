package mssql

import (
	"context"
	"database/sql"
	"os"
	"strconv"
	"time"

	"pchatops/ops/fault"
	"pchatops/ops/status"
)

// sysprocesses is old, but the only view that tells the database of a session
// in every version from 2008 R2 on. A session can also hold the database from
// elsewhere, by a lock. The threads of a parallel statement have rows of their own
// (ecid), which name nobody.
const sessionsText = `DECLARE @id int;
SELECT @id = database_id FROM sys.databases WHERE name = @database;
SELECT ISNULL(HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW SERVER STATE'), 0) AS allowed;
SELECT p.spid, p.loginame, p.hostname, p.program_name, p.status, p.hostprocess,
    CONVERT(nvarchar(23), p.login_time, 121) AS login_time, CONVERT(nvarchar(36), c.connection_id) AS connection, ISNULL(s.is_user_process, 0) AS is_user,
    CASE WHEN p.loginame = ORIGINAL_LOGIN() THEN 1 ELSE 0 END AS mine
FROM sys.sysprocesses AS p LEFT JOIN sys.dm_exec_sessions AS s ON s.session_id = p.spid
    LEFT JOIN sys.dm_exec_connections AS c ON c.session_id = p.spid AND c.parent_connection_id IS NULL
WHERE p.ecid = 0 AND (p.dbid = @id OR EXISTS (
    SELECT 1 FROM sys.dm_tran_locks AS l
    WHERE l.request_session_id = p.spid AND l.resource_type = 'DATABASE' AND l.resource_database_id = @id))
ORDER BY p.spid`

// loginTime is how CONVERT style 121 writes a datetime. As text it is the same
// in the list and in the check before a KILL, to the last digit.
const loginTime = "2006-01-02 15:04:05.000"

// Sessions lists who holds a database. Without the right to see other sessions
// the list would be empty and look like good news, so that is a fault.
func (s *Server) Sessions(ctx context.Context, database string) ([]status.Session, error) {
	const tried = "list the sessions in the database"
	rows, err := s.read(ctx, tried, sessionsText, sql.Named("database", database))
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 || !rows[0].is("allowed") {
		return nil, s.fault(fault.Permission, tried, 0, "the login does not see the sessions of others", needsState)
	}
	var out []status.Session
	for _, r := range rows[1:] {
		out = append(out, sessionOf(r))
	}
	return out, nil
}

func sessionOf(r record) status.Session {
	id := int(r.int("spid", 0))
	since, _ := time.Parse(loginTime, r.text("login_time")) // zero never matches
	return status.Session{
		ID:        id,
		Login:     r.text("loginame"),
		Host:      r.text("hostname"),
		Program:   r.text("program_name"),
		Status:    r.text("status"),
		LoginTime: since, Connection: r.text("connection"),
		Own:    own(r),
		Mine:   r.is("mine"),
		System: id <= 50 || !r.is("is_user"),
	}
}

// own tells the sessions of this process from those of other programs, and
// from those of a console on another host.
func own(r record) bool {
	return r.text("program_name") == AppName && r.text("hostname") == workstation() && r.text("hostprocess") == strconv.Itoa(os.Getpid())
}
