package mssql

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"time"
)

// read sends one request on the read pool and gives the rows of all its result
// sets. An idle connection may have died unnoticed, so a request that failed
// on a used connection for want of a server is sent again on the next.
func (s *Server) read(ctx context.Context, tried, text string, args ...any) ([]record, error) {
	ctx, cancel := context.WithTimeout(ctx, s.pace.patience) // no read is worth waiting for ever
	defer cancel()
	for {
		conn, err := s.reads.Conn(ctx)
		if err != nil {
			return nil, s.readFault(ctx, tried, err)
		}
		rows, stale, err := s.ask(ctx, conn, text, args)
		_ = conn.Close() // gives it back to the pool
		if err == nil {
			return rows, nil
		}
		if !stale || ctx.Err() != nil {
			return nil, s.readFault(ctx, tried, err)
		}
	}
}

// ask sends one request on one connection. Once the context has ended the
// server has a moment to confirm the cancellation, then the wire is cut: the
// driver alone would wait ten seconds for a server that hangs.
func (s *Server) ask(ctx context.Context, conn *sql.Conn, text string, args []any) (rows []record, stale bool, err error) {
	var on *session
	err = conn.Raw(func(c any) error {
		on = c.(*session)
		return nil
	})
	if err != nil {
		return nil, false, err
	}
	used := on.used
	on.used = true
	stop := context.AfterFunc(ctx, func() { _ = on.wire.SetDeadline(time.Now().Add(s.pace.grace)) })
	rows, err = query(ctx, conn, text, args)
	cut := !stop()
	if broken := cut || (err != nil && sqlErrors(err) == nil); broken {
		_ = conn.Raw(func(any) error { return driver.ErrBadConn }) // the pool drops it
		return rows, used && !cut, err
	}
	return rows, false, err
}

// query reads a whole reply. A reply that makes the driver panic is an error.
func query(ctx context.Context, conn *sql.Conn, text string, args []any) (out []record, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the answer cannot be read: %v", p)
		}
	}()
	rows, err := conn.QueryContext(ctx, text, args...)
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
