package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"pchatops/ops/fault"
	"pchatops/ops/mssql"
)

// lease is the right to drive the site, held in SQL Server itself: no console
// on any host can have it at the same time. It is asked for until it is had,
// because the secondary may be out of reach when the console starts.
type lease struct {
	mu    sync.Mutex
	lock  *mssql.Lock
	err   error // why it is not held
	lost  chan struct{}
	first chan struct{} // closed when the first attempt has ended
}

const (
	retry  = 5 * time.Second // between two attempts
	linger = 8               // quick attempts, two seconds in all, before somebody else is taken to drive
)

func newLease() *lease {
	return &lease{
		err:  &fault.Error{Class: fault.Refused, Tried: "drive this site", Text: "the lock on the secondary has not been taken yet", Do: "wait a moment"},
		lost: make(chan struct{}), first: make(chan struct{}),
	}
}

// keep takes the lock of a resource on a server and holds it until ctx ends.
// Who has just ended may have it for another moment: the server frees it when
// it notices.
func (l *lease) keep(ctx context.Context, server *mssql.Server, resource string) {
	var once sync.Once
	for lingers := linger; ctx.Err() == nil; lingers-- {
		lock, err := server.Lock(ctx, resource)
		if err == nil {
			l.set(lock, nil)
			once.Do(func() { close(l.first) })
			l.hold(ctx, lock)
			return
		}
		l.set(nil, err)
		pause := retry
		if held(err) && lingers > 0 {
			pause = retry / 20
		} else {
			once.Do(func() { close(l.first) })
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
	once.Do(func() { close(l.first) })
}

// hold keeps a lock until it is lost or ctx ends.
func (l *lease) hold(ctx context.Context, lock *mssql.Lock) {
	select {
	case <-lock.Lost():
		l.set(nil, lock.Held())
		close(l.lost) // for good: what happened in between is not known
	case <-ctx.Done():
	}
	_ = lock.Release() // its session ends either way
}

// held reports whether another console has the lock.
func held(err error) bool {
	var taken *mssql.TakenError
	return errors.As(err, &taken)
}

func (l *lease) set(lock *mssql.Lock, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lock, l.err = lock, err
}

// Held says why the lease is not held; nil: it is.
func (l *lease) Held() error {
	l.mu.Lock()
	lock, err := l.lock, l.err
	l.mu.Unlock()
	if lock != nil {
		return lock.Held()
	}
	return err
}

// Lost is closed when the lease was held and is no longer.
func (l *lease) Lost() <-chan struct{} { return l.lost }

// await waits for the first attempt, and turns "somebody has it" into the exit
// code that says so.
func (l *lease) await(ctx context.Context) error {
	select {
	case <-l.first:
	case <-ctx.Done():
		return ctx.Err()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if held(l.err) {
		return &exit{exitHeld, l.err}
	}
	return l.err
}
