package mssql

import (
	"context"
	"sync"
)

// errands are what a Server does beside its calls, until it is closed.
type errands struct {
	running sync.WaitGroup
	closing chan struct{}
	end     func() // closes closing
}

func newErrands() *errands {
	closing := make(chan struct{})
	return &errands{closing: closing, end: sync.OnceFunc(func() { close(closing) })}
}

// run runs f, whose context outlives the caller's and ends with the Server.
func (e *errands) run(ctx context.Context, f func(context.Context)) {
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	e.running.Go(func() {
		defer stop()
		f(ctx)
	})
	e.running.Go(func() {
		select {
		case <-e.closing:
			stop()
		case <-ctx.Done():
		}
	})
}

func (e *errands) close() {
	e.end()
	e.running.Wait()
}

// Ready lets the connections be opened that the next calls go over, as soon as
// the server has taken one login: the one that changes things, and while the
// first one that reads is at work, the others of the pool. Nobody waits here, and
// a server that cannot be reached is found out by the first call that needs it.
func (s *Server) Ready(ctx context.Context) {
	s.onceOpened(ctx, func(ctx context.Context) { s.writer.ready(ctx) })
	for range readers - 1 {
		s.onceOpened(ctx, func(ctx context.Context) {
			if conn, err := s.reads.Conn(ctx); err == nil {
				_ = conn.Close() // gives it to the pool
			}
		})
	}
}

func (s *Server) onceOpened(ctx context.Context, open func(context.Context)) {
	s.errands.run(ctx, func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, s.pace.patience)
		defer cancel()
		select {
		case <-s.gate.opened:
			open(ctx)
		case <-ctx.Done():
		}
	})
}
