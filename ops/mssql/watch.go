package mssql

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"pchatops/ops/fault"
)

// Why a running statement is given up; its outcome is unknown.
var (
	errVanished = errors.New("the server no longer runs the statement, and its answer never came")
	errSilent   = errors.New("the server has shown no sign of life")
)

// vanished is how many looks in a row must not find the statement.
const vanished = 10

// watch looks at the running statement from another connection until it ends.
// It brings percent_complete, which STATS of a huge database tells only every
// few minutes, and it gives a statement up of which the server knows nothing any
// more, or whose server has fallen silent. While the session lives, nothing here
// ends it: SQL Server would abort the RESTORE that it runs.
func (s *Server) watch(ctx context.Context, give context.CancelCauseFunc, news *news) {
	tick := time.NewTicker(s.pace.progress)
	defer tick.Stop()
	missing := 0
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		// A look that was begun is finished: cancelling it would cost the connection.
		switch found, err := s.glance(context.WithoutCancel(ctx), news); {
		case itsWord(err):
			news.alive() // it refuses to tell, and lives
		case err != nil:
		case found:
			missing = 0
		default:
			missing++
		}
		switch {
		case missing >= vanished:
			give(errVanished)
		case news.silent() > s.pace.silence && (news.silent() > s.pace.deaf || !s.accepts(ctx)):
			give(errSilent)
		}
	}
}

// itsWord reports whether an error is the server's own word.
func itsWord(err error) bool {
	return numberOf(err) != 0 || fault.Is(err, fault.Login)
}

// accepts reports whether the server takes connections, though it may be too busy to
// answer on them.
func (s *Server) accepts(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.pace.knock)
	defer cancel()
	return s.Knock(ctx) == nil
}

// Neither view waits for a lock, whatever a RESTORE holds.
const glanceText = `SELECT ISNULL(HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW SERVER STATE'), 0) AS allowed,
    s.status, r.session_id, r.command, r.percent_complete
FROM (SELECT 1 AS one) AS o
    LEFT JOIN sys.dm_exec_sessions AS s ON s.session_id = @session AND s.program_name = APP_NAME()
    LEFT JOIN sys.dm_exec_requests AS r ON r.session_id = s.session_id`

// glance reports whether the server knows the writer's session to be at work.
// Without the right to see other sessions nothing can be said about it.
func (s *Server) glance(ctx context.Context, news *news) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*s.pace.progress)
	defer cancel()
	rows, err := s.read(ctx, "look at the running statement", glanceText, sql.Named("session", int32(s.writer.spid)))
	if err != nil || len(rows) == 0 {
		return false, err
	}
	r := rows[0]
	if r["session_id"] == nil && r.is("allowed") && (r.text("status") == "" || strings.EqualFold(r.text("status"), "sleeping")) {
		return false, nil
	}
	news.alive()
	switch command := r.text("command"); {
	case strings.HasSuffix(command, " DATABASE"), strings.HasSuffix(command, " LOG"):
		news.seen(r.percent())
	default:
		if p := r.percent(); p > 0 {
			news.percent(p)
		}
	}
	return true, nil
}
