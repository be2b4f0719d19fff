package mssql

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	mssql "github.com/microsoft/go-mssqldb"

	"pchatops/ops/fault"
	"pchatops/ops/lease"
)

// lockName is the name of the lock of a database on an instance, as the instance
// names itself: two site files that call one server differently mean one lock.
func lockName(instance, database string) string {
	name := AppName + ":" + strings.ToUpper(instance) + ":" + strings.ToLower(database)
	if len([]rune(name)) <= 255 {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return AppName + ":" + hex.EncodeToString(sum[:])
}

// Approach opens the connection that changes things, without a lock, and gives
// the instance's own name.
func (s *Server) Approach(ctx context.Context) (name string, err error) {
	if err := s.writer.wait(ctx); err != nil {
		return "", err
	}
	defer s.writer.release()
	ctx, cancel := context.WithTimeout(ctx, proofLimit)
	defer cancel()
	if err := s.writer.reach(ctx); err != nil {
		return "", s.readFault(ctx, "open the session of the lock", err)
	}
	return s.writer.name, nil
}

// Lock takes the application lock of the database on this instance, without
// waiting, on the session that changes it; or says who has it (TakenError). since
// is the first term that knows it held. A lock that is held already is proved.
func (s *Server) Lock(ctx context.Context, since lease.Term) error {
	if err := s.writer.wait(ctx); err != nil {
		return err
	}
	defer s.writer.release()
	if s.writer.locked {
		if err := s.writer.prove(ctx); err == nil {
			s.writer.since = since
			return nil
		}
	}
	s.writer.gone = nil // whoever takes the lock again plans anew
	return s.writer.lock(ctx, since)
}

// Answers reports whether the instance has taken a login of this console.
func (s *Server) Answers() bool {
	select {
	case <-s.gate.opened:
		return true
	default:
		return false
	}
}

// Prove says why the lock is not held. What it rests on is at most within old;
// zero: it asks the server now.
func (s *Server) Prove(ctx context.Context, within time.Duration) error {
	select {
	case s.writer.turn <- struct{}{}:
	default:
		if within > 0 {
			return nil // a statement of ours runs on the session that holds it
		}
		if err := s.writer.wait(ctx); err != nil {
			return err
		}
	}
	defer s.writer.release()
	switch {
	case s.writer.gone != nil:
		return s.unled(s.writer.gone)
	case !s.writer.locked:
		return s.unled(nil)
	case within > 0 && age(s.writer.proven) < within:
		return nil
	}
	if err := s.writer.prove(ctx); err != nil {
		return s.unled(err)
	}
	return nil
}

// Leave ends the proofs that are under way, for good: nobody needs the lock any more.
func (s *Server) Leave() { s.writer.leave() }

// Unlock gives the lock up by ending its session. It waits for a statement that
// is still running.
func (s *Server) Unlock() {
	s.writer.turn <- struct{}{}
	defer s.writer.release()
	s.writer.drop()
	s.writer.gone = nil
}

// lock takes the lock on the writer's connection. The caller has the turn.
func (w *writer) lock(ctx context.Context, since lease.Term) error {
	s := w.server
	ctx, cancel := context.WithTimeout(ctx, proofLimit) // a server that is silent has not granted it
	defer cancel()
	tried := "take the lock of this instance"
	if age(w.proven) > lease.Bound {
		w.drop() // it may have died while nobody used it
	}
	if err := w.reach(ctx); err != nil {
		return s.readFault(ctx, tried, err)
	}
	resource := lockName(w.name, s.database)
	tried = "take the lock " + resource
	var granted mssql.ReturnStatus
	_, err := s.ask(ctx, w.conn, "sp_getapplock", []any{
		sql.Named("Resource", resource), sql.Named("LockMode", "Exclusive"),
		sql.Named("LockOwner", "Session"), sql.Named("LockTimeout", int32(0)), &granted,
	})
	switch {
	case err != nil:
		w.drop()
		return s.readFault(ctx, tried, err)
	case granted == -1:
		return s.taken(ctx, tried, resource)
	case granted < 0:
		return s.fault(fault.Other, tried, int32(granted), "sp_getapplock failed", "try again")
	}
	w.locked, w.since, w.gone, w.proven = true, since, nil, time.Now()
	return nil
}

// unled is the fault of a lock that is not held any more. Nothing was sent.
func (s *Server) unled(why error) error {
	f := s.fault(fault.Refused, "use the lock of this instance", 0, lease.ErrOver.Error(), "plan the step again")
	if why != nil {
		f.Text += ": " + why.Error()
	}
	f.Cause = lease.ErrOver
	return f
}

// age is how old a moment is. The wall clock counts, too: the other one stands
// still while a laptop sleeps.
func age(t time.Time) time.Duration {
	now := time.Now()
	wall := now.Round(0).Sub(t.Round(0))
	if wall < 0 {
		return time.Duration(1<<63 - 1) // the clock was set back
	}
	return max(wall, now.Sub(t))
}

// sealText is the text that tells a session's owner and learns whom it has reached.
func sealText(r lease.Run) string {
	return fmt.Sprintf(`SET CONTEXT_INFO 0x%x;
SELECT CAST(@@SPID AS int) AS spid, ISNULL(CONVERT(nvarchar(128), SERVERPROPERTY('ServerName')), @@SERVERNAME) AS name`, r.Info())
}
