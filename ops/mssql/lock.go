package mssql

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"time"

	mssql "github.com/microsoft/go-mssqldb"

	"pchatops/ops/fault"
)

const (
	lockPrefix = AppName + ":"
	lockBeat   = 2 * time.Second // between two proofs that a lock is still held
	lockTrust  = 3 * time.Second // for so long a proof is good enough
	lockLimit  = 10 * time.Second
)

// Lock is an application lock in SQL Server: as long as it is held, no other
// console on any host drives the same site. It belongs to a session, so it
// ends with the process, with the connection and with the server, whatever
// happens to the console.
type Lock struct {
	server   *Server
	resource string
	db       *sql.DB
	conn     *sql.Conn

	turn   sync.Mutex // one statement at a time on the connection
	proven time.Time  // when the lock was last seen to be held; guarded by turn

	lost    chan struct{}
	once    sync.Once
	why     error // set before lost is closed
	stop    context.CancelFunc
	watched chan struct{}
}

// Lock takes the application lock of a resource, or says at once who has it
// (TakenError). The caller releases it.
func (s *Server) Lock(ctx context.Context, resource string) (*Lock, error) {
	l := &Lock{
		server: s, resource: lockPrefix + resource, db: s.dedicated(),
		lost: make(chan struct{}), watched: make(chan struct{}),
	}
	if len(l.resource) > 255 {
		return nil, s.fault(fault.Config, l.tried(), 0, "the name is longer than 255 characters", "give the site a shorter name")
	}
	if err := l.take(ctx); err != nil {
		_ = l.db.Close()
		return nil, err
	}
	watch, stop := context.WithCancel(context.WithoutCancel(ctx))
	l.stop, l.proven = stop, time.Now()
	go l.watch(watch)
	return l, nil
}

func (l *Lock) tried() string { return "take the lock " + l.resource }

// take asks for the lock without waiting for it.
func (l *Lock) take(ctx context.Context) (err error) {
	if l.conn, err = l.db.Conn(ctx); err != nil {
		return l.server.readFault(ctx, l.tried(), err)
	}
	granted, err := l.call(ctx, "sp_getapplock", sql.Named("Resource", l.resource), sql.Named("LockMode", "Exclusive"),
		sql.Named("LockOwner", "Session"), sql.Named("LockTimeout", int32(0)))
	switch {
	case err != nil:
		return l.server.readFault(ctx, l.tried(), err)
	case granted >= 0:
		return nil
	case granted == -1:
		return l.taken(ctx)
	}
	return l.server.fault(fault.Other, l.tried(), int32(granted), "sp_getapplock failed", "try again")
}

// call runs a procedure on the lock's connection and gives its return code.
func (l *Lock) call(ctx context.Context, procedure string, args ...any) (mssql.ReturnStatus, error) {
	var status mssql.ReturnStatus
	_, _, err := l.server.ask(ctx, l.conn, procedure, append(args, &status))
	return status, err
}

// watch proves again and again that the lock is held.
func (l *Lock) watch(ctx context.Context) {
	defer close(l.watched)
	tick := time.NewTicker(lockBeat)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := l.prove(ctx, 0); err != nil && ctx.Err() == nil {
				l.lose(err)
				return
			}
		}
	}
}

// prove looks whether the lock is held, unless it was seen to be so lately.
func (l *Lock) prove(ctx context.Context, lately time.Duration) error {
	l.turn.Lock()
	defer l.turn.Unlock()
	if time.Since(l.proven) < lately {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, lockLimit)
	defer cancel()
	const tried = "prove that the lock is held"
	rows, _, err := l.server.ask(ctx, l.conn, "SELECT APPLOCK_MODE(N'public', @resource, N'Session') AS mode",
		[]any{sql.Named("resource", l.resource)})
	if err != nil {
		return l.server.readFault(ctx, tried, err)
	}
	if len(rows) != 1 || rows[0].text("mode") != "Exclusive" {
		return l.server.fault(fault.Lost, tried, 0, "the server says that this session does not hold it", "look who drives this site now")
	}
	l.proven = time.Now()
	return nil
}

func (l *Lock) lose(err error) {
	l.once.Do(func() {
		l.why = err
		close(l.lost)
	})
}

// Lost is closed when the lock is known to be held no longer.
func (l *Lock) Lost() <-chan struct{} { return l.lost }

// Held says whether the lock is held, by a proof that is a few seconds old at
// most. As long as the watch keeps it young, asking costs nothing.
func (l *Lock) Held() error {
	select {
	case <-l.lost:
		return l.why
	default:
	}
	err := l.prove(context.Background(), lockTrust)
	if err != nil {
		l.lose(err)
	}
	return err
}

// Release gives the lock up by ending its session.
func (l *Lock) Release() error {
	l.stop()
	<-l.watched
	l.lose(l.server.fault(fault.Lost, "hold the lock "+l.resource, 0, "it was released", ""))
	_ = l.conn.Close()
	if err := l.db.Close(); err != nil {
		return fmt.Errorf("release the lock %s: %w", l.resource, err)
	}
	return nil
}
