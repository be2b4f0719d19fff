package mssql

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"

	"pchatops/ops/fault"
	"pchatops/ops/procedures"
	"pchatops/ops/status"
)

// Facts reads the status of the instance in one round trip. What this version
// does not have or this login may not see is missing from it, and Unread says
// so.
func (s *Server) Facts(ctx context.Context) (status.Facts, error) {
	known := s.known.Load()
	in, err := s.facts(ctx, max(known, -known))
	if err == nil && in.forgotten(known) { // msdb lacks what it had
		in, err = s.facts(ctx, 0)
	}
	if err != nil {
		return status.Facts{}, err
	}
	s.known.Store(cmp.Or(in.past.ID, -in.newest))
	f := in.finish()
	if s.site != nil {
		if m := status.Mistaken(s.site, s.instance, f); m != nil {
			return status.Facts{}, m
		}
	}
	return f, nil
}

const readStatus = "read the status"

// facts sends the status batch. Rows of the restore history before known are not
// looked at.
func (s *Server) facts(ctx context.Context, known int64) (*reading, error) {
	rows, err := s.read(ctx, readStatus, s.factsText(), sql.Named("database", s.database), sql.Named("known", known))
	if err != nil {
		return nil, err
	}
	in, err := s.gather(readStatus, rows)
	if err == nil && in.facts.ServerTime.IsZero() {
		err = s.fault(fault.Other, readStatus, 0, "the reply lacks the server's properties", "is this a SQL Server?")
	}
	return in, err
}

// gather takes the rows of a batch of parts.
func (s *Server) gather(tried string, rows []record) (*reading, error) {
	in := newReading()
	for _, r := range rows {
		if take := takers[r.text("part")]; take != nil {
			take(in, r)
		} else if err := s.unread(tried, in, r); err != nil {
			return in, err
		}
	}
	return in, nil
}

// FactsAnd also tells what a path is to the server's service account. They are two
// requests: what hangs on a path must not hold the status back.
func (s *Server) FactsAnd(ctx context.Context, path string) (f status.Facts, seen procedures.PathSeen, err error) {
	looked := make(chan struct{})
	go func() {
		defer close(looked)
		seen = s.glimpse(ctx, path)
	}()
	f, err = s.Facts(ctx)
	<-looked
	return f, seen, err
}

// unread notes a part that the server did not tell. Without the two that
// everything else leans on there is no status at all: a row that is missing
// would read as a database that does not exist.
func (s *Server) unread(tried string, in *reading, r record) error {
	number, text := int32(r.int("number", 0)), r.text("text")
	if name := r.text("name"); name != "server" && name != "database" {
		in.facts.Unread = append(in.facts.Unread, fmt.Sprintf("%s: %d %s", name, number, text))
		return nil
	}
	class, do := classify(number, text)
	return s.fault(class, tried, number, text, do)
}
