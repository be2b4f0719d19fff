package mssql

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"sync"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/lease"
)

// writer is the one connection of a Server that changes things. It holds the
// application lock of the instance, so that losing one is losing the other. One
// statement runs on it at a time, and it is never handed to anybody else, so that
// its session id stays known and a look from another connection finds it.
type writer struct {
	server *Server
	db     *sql.DB
	turn   chan struct{} // holds one token
	ending <-chan struct{}
	leave  func() // closes ending: nobody needs the lock any more
	// The rest belongs to who holds the turn.
	conn   *sql.Conn
	wire   net.Conn
	spid   int
	name   string // of the instance, as it names itself
	locked bool
	since  lease.Term // the first term that knew the lock held
	proven time.Time  // when the session was last seen to be alive, and so to hold it
	gone   error      // why a lock that was held is gone; nil once it is taken again
}

func newWriter(s *Server) *writer {
	ending := make(chan struct{})
	return &writer{
		server: s, db: s.dedicated(), turn: make(chan struct{}, 1), ending: ending, leave: sync.OnceFunc(func() { close(ending) }),
	}
}

// take waits for the turn and makes sure that the connection is alive, holds the
// lock, and did so when what is to be sent was planned. What fails here was
// certainly not sent. The caller gives the turn back.
func (w *writer) take(ctx context.Context) error {
	if err := w.wait(ctx); err != nil {
		return err
	}
	if err := w.fence(ctx, lease.Of(ctx).Term); err != nil {
		w.release()
		return err
	}
	return nil
}

// wait waits for the turn.
func (w *writer) wait(ctx context.Context) error {
	select {
	case w.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("another statement is still running: %w", ctx.Err())
	}
}

// fence lets only those through who planned under the lock that this connection
// holds. A connection that has ended took its lock along: another one is no
// better than somebody else's, except for who had no plan.
func (w *writer) fence(ctx context.Context, planned lease.Term) error {
	ctx, cancel := context.WithTimeout(ctx, w.server.pace.patience)
	defer cancel()
	switch {
	case !w.locked:
	case hungUp(w.wire):
		w.lose(w.server.fault(fault.Lost, "use the session of the lock", 0, "the server has ended it", "look who drives this site now"))
	case age(w.proven) > lease.Bound:
		_ = w.prove(ctx) // died while nobody used it: a firewall, a restart
	}
	if planned == 0 {
		if w.locked {
			return nil
		}
		return w.lock(ctx, 0)
	}
	switch {
	case w.gone != nil:
		return w.server.unled(w.gone)
	case !w.locked:
		f := w.server.fault(fault.Refused, "use the lock of this instance", 0,
			"it was not taken yet: the server did not answer until now", "plan the step again")
		f.Cause = lease.ErrOver
		return f
	case planned < w.since:
		return w.server.unled(nil)
	}
	return nil
}

// ready lets the connection be opened while nobody uses it.
func (w *writer) ready(ctx context.Context) {
	select {
	case w.turn <- struct{}{}:
		_ = w.reach(ctx) // who needs it tries again, and says what is wrong
		w.release()
	default:
	}
}

// reach opens the connection where there is none.
func (w *writer) reach(ctx context.Context) error {
	if w.conn != nil {
		return nil
	}
	err := w.open(ctx)
	if err != nil {
		w.drop()
	}
	return err
}

func (w *writer) open(ctx context.Context) (err error) {
	if w.conn, err = w.db.Conn(ctx); err != nil {
		return err
	}
	err = w.conn.Raw(func(c any) error {
		w.wire = c.(*session).wire
		return nil
	})
	if err != nil {
		return err
	}
	row, err := w.look(ctx, sealText(w.server.run))
	if err != nil {
		return err
	}
	w.spid, w.name, w.proven = int(row.int("spid", 0)), row.text("name"), time.Now()
	return nil
}

// look sends a short question on the connection and gives its one row.
func (w *writer) look(ctx context.Context, text string, args ...any) (record, error) {
	wire := w.wire
	stop := context.AfterFunc(ctx, func() { _ = wire.SetDeadline(past) })
	defer stop()
	rows, err := query(ctx, w.conn, text, args)
	if err != nil {
		return nil, err
	}
	if len(rows) != 1 {
		return nil, fmt.Errorf("the server does not tell about its session")
	}
	return rows[0], nil
}

// prove asks the server whether the connection holds the lock; where it does
// not, the connection is given up.
func (w *writer) prove(ctx context.Context) error {
	// A proof that was begun is finished: cancelling it would cost the lock. Only
	// who needs no lock any more does not wait for it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), proofLimit)
	defer cancel()
	ctx, stop := engine.Until(ctx, w.ending)
	defer stop()
	asked := time.Now()
	row, err := w.look(ctx, "SELECT APPLOCK_MODE(N'public', @resource, N'Session') AS mode",
		sql.Named("resource", lockName(w.name, w.server.database)))
	switch {
	case err != nil:
		err = w.server.readFault(ctx, "prove that the lock is held", err)
	case row.text("mode") != "Exclusive":
		err = w.server.fault(fault.Lost, "prove that the lock is held", 0, "the server says that this session does not hold it", "look who drives this site now")
	default:
		w.proven = asked
		return nil
	}
	w.lose(err)
	return err
}

// proofLimit is how long a server may take to answer a proof, or to grant a lock.
const proofLimit = 10 * time.Second

// lose closes the connection, and remembers that a lock went with it.
func (w *writer) lose(why error) {
	if w.locked {
		w.gone = why
	}
	w.drop()
}

// drop closes the connection.
func (w *writer) drop() {
	if w.conn != nil {
		_ = w.conn.Close()
	}
	w.conn, w.wire, w.locked, w.since = nil, nil, false, 0
}

// give ends the turn of a statement. Its reply was a proof, if it came.
func (w *writer) give() {
	if w.locked {
		w.proven = time.Now()
	}
	w.release()
}

// release ends a turn in which nothing was sent.
func (w *writer) release() { <-w.turn }

// close waits for a statement that is still running, then ends the connection.
func (w *writer) close() error {
	w.turn <- struct{}{}
	defer w.release()
	w.drop()
	return w.db.Close()
}
