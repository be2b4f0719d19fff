package mssql

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"time"
)

// writer is the one connection of a Server that changes things. One statement
// runs on it at a time, and it is never handed to anybody else, so that its
// session id stays known and a look from another connection finds it.
type writer struct {
	db   *sql.DB
	turn chan struct{} // holds one token
	// The rest belongs to who holds the turn.
	conn *sql.Conn
	wire net.Conn
	spid int
	last time.Time // end of the last statement
}

func newWriter(db *sql.DB) *writer {
	return &writer{db: db, turn: make(chan struct{}, 1)}
}

// take waits for the turn and makes sure that the connection is alive, so that
// what fails here was certainly not sent. The caller gives the turn back.
func (w *writer) take(ctx context.Context, p pace) error {
	select {
	case w.turn <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("another statement is still running: %w", ctx.Err())
	}
	if err := w.revive(ctx, p); err != nil {
		w.give()
		return err
	}
	return nil
}

// ready lets the connection be opened while nobody uses it.
func (w *writer) ready(ctx context.Context, p pace) {
	select {
	case w.turn <- struct{}{}:
		_ = w.revive(ctx, p) // who needs it tries again, and says what is wrong
		w.give()
	default:
	}
}

// revive opens the connection where there is none that works.
func (w *writer) revive(ctx context.Context, p pace) error {
	ctx, cancel := context.WithTimeout(ctx, p.patience)
	defer cancel()
	if w.conn != nil && time.Since(w.last) > p.idle && w.look(ctx) != nil {
		w.drop() // died while nobody used it: a firewall, a restart
	}
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
	return w.look(ctx)
}

// look learns the session id, which also shows that the connection works.
func (w *writer) look(ctx context.Context) error {
	wire := w.wire
	stop := context.AfterFunc(ctx, func() { _ = wire.SetDeadline(past) })
	defer stop()
	rows, err := query(ctx, w.conn, "SELECT CAST(@@SPID AS int) AS spid", nil)
	if err != nil {
		return err
	}
	if len(rows) != 1 {
		return fmt.Errorf("the server does not tell the session id")
	}
	w.spid = int(rows[0].int("spid", 0))
	return nil
}

// drop closes the connection; the next statement opens another.
func (w *writer) drop() {
	if w.conn != nil {
		_ = w.conn.Close()
	}
	w.conn, w.wire = nil, nil
}

// give ends the turn.
func (w *writer) give() {
	w.last = time.Now()
	<-w.turn
}

// close waits for a statement that is still running, then ends the connection.
func (w *writer) close() error {
	w.turn <- struct{}{}
	defer w.give()
	w.drop()
	return w.db.Close()
}
