package mssql

import (
	"context"
	"errors"

	"github.com/golang-sql/sqlexp"
	mssql "github.com/microsoft/go-mssqldb"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/lease"
)

// ErrAbort ends a running statement when it is the cause with which its
// action's context ended. No other end of the context does: a restore or a
// recovery that was sent runs to its end, whatever becomes of who is watching.
var ErrAbort = errors.New("aborted by the operator")

// write sends a statement that changes something and waits for its end. A
// connection that ends on the way is a fault of class Lost.
func (s *Server) write(ctx context.Context, r engine.Reporter, tried string, st statement) error {
	if err := s.take(ctx, tried); err != nil {
		return err
	}
	defer s.writer.give()
	run, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	defer stop(nil)
	defer context.AfterFunc(ctx, func() {
		if cause := context.Cause(ctx); errors.Is(cause, ErrAbort) {
			stop(cause)
		}
	})()
	news := newNews(r, st.bytes)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		s.watch(run, stop, news)
	}()
	errs, status, err := s.send(run, st, news)
	cause := context.Cause(run)
	stop(nil)
	<-watched
	if err != nil {
		lost := s.lostFault(tried, errs, errors.Join(cause, err))
		s.writer.lose(lost)
		return lost
	}
	if len(errs) == 0 && status != 0 {
		return s.silentFailure(tried, int32(status))
	}
	return s.sqlFault(tried, errs)
}

// take makes the connection that changes things ready for one statement, under
// the lock that it holds. What fails here was not sent.
func (s *Server) take(ctx context.Context, tried string) error {
	if err := lease.Check(ctx, lease.Bound); err != nil {
		return err
	}
	if err := s.writer.take(ctx); err != nil {
		return s.readFault(ctx, tried, err)
	}
	return nil
}

// alter sends a short batch that changes something and gives its rows. What
// ends it before its reply is a fault of class Lost.
func (s *Server) alter(ctx context.Context, tried, text string, args ...any) ([]record, error) {
	if err := s.take(ctx, tried); err != nil {
		return nil, err
	}
	defer s.writer.give()
	ctx, cancel := context.WithTimeout(ctx, s.pace.patience)
	defer cancel()
	ctx, over := s.whileItAnswers(ctx)
	defer over()
	rows, err := s.ask(ctx, s.writer.conn, text, args)
	if errs := sqlErrors(err); err == nil || (len(errs) > 0 && !ended(errs)) {
		return rows, s.sqlFault(tried, errs)
	}
	if silent := (*unheard)(nil); errors.As(context.Cause(ctx), &silent) {
		err = silent
	}
	lost := s.lostFault(tried, sqlErrors(err), err)
	s.writer.lose(lost)
	return nil, lost
}

// send sends the statement and reads its reply to the end: all errors in their
// order, and messages as they come. The driver brings messages on a queue and
// the end of the reply on another way, so both are read at the same time.
func (s *Server) send(ctx context.Context, st statement, news *news) ([]mssql.Error, mssql.ReturnStatus, error) {
	var queue sqlexp.ReturnMessage
	var status mssql.ReturnStatus
	args := append(named(st.args), &queue)
	if st.proc {
		args = append(args, &status)
	}
	// A wire that is given up must not wait for the server's consent.
	wire := s.writer.wire
	defer context.AfterFunc(ctx, func() {
		if !errors.Is(context.Cause(ctx), ErrAbort) {
			_ = wire.SetDeadline(past)
		}
	})()
	rows, err := s.writer.conn.QueryContext(ctx, st.text, args...)
	if err != nil {
		return sqlErrors(err), 0, err
	}
	collected := make(chan []mssql.Error)
	go func() { collected <- collect(&queue, news) }()
	for rows.NextResultSet() { // the rows themselves do not matter
	}
	err = rows.Err()
	if closed := rows.Close(); err == nil {
		err = closed
	}
	_ = sqlexp.ReturnMessageEnqueue(context.Background(), &queue, last{})
	return <-collected, status, err
}

// last is put behind the driver's messages when the reply has ended.
type last struct{}

// collect empties the queue up to its end.
func collect(queue *sqlexp.ReturnMessage, news *news) []mssql.Error {
	var errs []mssql.Error
	for {
		switch m := queue.Message(context.Background()).(type) {
		case last:
			return errs
		case sqlexp.MsgError:
			errs = append(errs, sqlErrors(m.Error)...)
		case sqlexp.MsgNotice:
			if info, ok := m.Message.(mssql.Error); ok {
				news.message(info)
			}
		}
	}
}

// silentFailure is for a procedure that returns 1 and raises nothing.
func (s *Server) silentFailure(tried string, status int32) error {
	return s.fault(fault.Other, tried, status, "the procedure failed and gave no reason",
		"look at the SQL Server error log, then verify the step")
}
