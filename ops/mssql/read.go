package mssql

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"time"

	"pchatops/ops/await"
)

// gentle stands before everything that is only read. A reader that meets a RESTORE
// is the one that gives way: as the victim of a deadlock it costs itself, and as any
// other it could cost the RESTORE. It waits for no lock longer than a fraction of
// what a poll may take.
const gentle = "SET DEADLOCK_PRIORITY LOW;SET LOCK_TIMEOUT 500;\n"

// querier is what a request is sent on.
type querier interface {
	QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error)
}

// reader is a connection of the read pool. Nothing leaves on it but gently.
type reader struct{ conn *sql.Conn }

// QueryContext implements querier.
func (r reader) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	return r.conn.QueryContext(ctx, gentle+text, args...)
}

// read sends one request on the read pool and gives the rows of all its result
// sets. An idle connection may have died unnoticed, so a request that failed
// on a used connection for want of a server is sent again on the next.
func (s *Server) read(ctx context.Context, tried, text string, args ...any) (rows []record, err error) {
	err = s.reading(ctx, tried, func(ctx context.Context, on querier) (err error) {
		rows, err = query(ctx, on, text, args)
		return err
	})
	return rows, err
}

// reading lets do send one request on the read pool. After a cut each connection
// of the pool may be broken, and then a new one serves.
func (s *Server) reading(ctx context.Context, tried string, do func(context.Context, querier) error) error {
	ctx, cancel := context.WithTimeout(ctx, s.pace.patience) // no read is worth waiting for ever
	defer cancel()
	defer await.For(ctx, s.Address()+" to answer ("+tried+")", s.pace.patience)()
	ctx, over := s.whileItAnswers(ctx)
	defer over()
	for tries := readers; ; tries-- {
		conn, err := s.reads.Conn(ctx)
		if err != nil {
			return s.readFault(ctx, tried, err)
		}
		broken, err := s.on(ctx, conn, func(ctx context.Context) error { return do(ctx, reader{conn}) })
		_ = conn.Close() // gives it back to the pool
		if err == nil {
			return nil
		}
		if !broken || tries == 0 || ctx.Err() != nil {
			return s.readFault(ctx, tried, err)
		}
	}
}

// ask sends one request on one connection and gives the rows of its reply.
func (s *Server) ask(ctx context.Context, conn *sql.Conn, text string, args []any) (rows []record, err error) {
	_, err = s.on(ctx, conn, func(ctx context.Context) (err error) {
		rows, err = query(ctx, conn, text, args)
		return err
	})
	return rows, err
}

// on lets do send one request on one connection. Once the context has ended the
// server has a moment to confirm the cancellation, then the wire is cut: the
// driver alone would wait ten seconds for a server that hangs.
func (s *Server) on(ctx context.Context, conn *sql.Conn, do func(context.Context) error) (broken bool, err error) {
	var on *session
	err = conn.Raw(func(c any) error {
		on = c.(*session)
		return nil
	})
	if err != nil {
		return false, err
	}
	stop := context.AfterFunc(ctx, func() { _ = on.wire.SetDeadline(time.Now().Add(s.pace.grace)) })
	err = do(ctx)
	cut := !stop()
	if broken = cut || (err != nil && sqlErrors(err) == nil); broken {
		_ = conn.Raw(func(any) error { return driver.ErrBadConn }) // the pool drops it
	}
	return broken, err
}

// query reads a whole reply. A reply that makes the driver panic is an error.
func query(ctx context.Context, on querier, text string, args []any) (out []record, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the answer cannot be read: %v", p)
		}
	}()
	rows, err := on.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // whatever happens, the connection is free again
	out, err = records(rows)
	if closed := rows.Close(); err == nil {
		err = closed
	}
	return out, err
}

// named turns the arguments of a statement into those of the driver.
func named(args []arg) []any {
	out := make([]any, len(args))
	for i, a := range args {
		v := a.value
		switch x := v.(type) {
		case name:
			v = string(x)
		case int:
			v = int32(x)
		}
		out[i] = sql.Named(a.name, v)
	}
	return out
}
