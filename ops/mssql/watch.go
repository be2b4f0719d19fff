package mssql

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"
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
// more, or whose server has fallen silent. database is the one that the
// statement is about.
func (s *Server) watch(ctx context.Context, give context.CancelCauseFunc, database string, news *news) {
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
		switch found, err := s.glance(context.WithoutCancel(ctx), database, news); {
		case err != nil:
		case found:
			missing = 0
		default:
			missing++
		}
		switch {
		case missing >= vanished:
			give(errVanished)
		case news.silent() > s.pace.silence:
			give(errSilent)
		}
	}
}

// The data files are what BACKUP DATABASE and RESTORE DATABASE go through.
const glanceText = `SELECT ISNULL(HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW SERVER STATE'), 0) AS allowed,
    r.session_id, r.command, r.percent_complete,
    (SELECT SUM(CONVERT(bigint, f.size)) FROM sys.master_files AS f
     WHERE f.database_id = DB_ID(@database) AND f.type = 0) AS pages
FROM (SELECT 1 AS one) AS o LEFT JOIN sys.dm_exec_requests AS r ON r.session_id = @session`

// glance reports whether the writer's request is known to the server. Without
// the right to see other sessions nothing can be said about it.
func (s *Server) glance(ctx context.Context, database string, news *news) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*s.pace.progress)
	defer cancel()
	rows, err := s.read(ctx, "look at the running statement", glanceText,
		sql.Named("session", int32(s.writer.spid)), sql.Named("database", database))
	if err != nil || len(rows) == 0 {
		return false, err
	}
	r := rows[0]
	if r["session_id"] == nil && r.is("allowed") {
		return false, nil
	}
	news.alive()
	command := r.text("command")
	switch {
	case strings.HasSuffix(command, " DATABASE"): // of a log backup nobody knows how much there is
		news.seen(r.percent(), r.int("pages", 0)*pageBytes)
	case strings.HasSuffix(command, " LOG"):
		news.seen(r.percent(), 0)
	default:
		if p := r.percent(); p > 0 {
			news.percent(p)
		}
	}
	return true, nil
}
