package mssql

import (
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
	rows, err := s.read(ctx, readStatus, s.factsText(), sql.Named("database", s.database))
	if err != nil {
		return status.Facts{}, err
	}
	return s.factsOf(rows)
}

// FactsAnd also tells what a path is to the server's service account.
func (s *Server) FactsAnd(ctx context.Context, path string) (status.Facts, procedures.PathSeen, error) {
	text := fileText + ";\n" + s.factsText()
	rows, err := s.read(ctx, readStatus, text, sql.Named("database", s.database), sql.Named("path", path))
	if err != nil || len(rows) == 0 {
		return status.Facts{}, procedures.PathSeen{}, err
	}
	f, err := s.factsOf(rows[1:])
	return f, seen(rows[0]), err
}

const readStatus = "read the status"

// factsOf takes the rows of the status batch.
func (s *Server) factsOf(rows []record) (status.Facts, error) {
	in := newReading()
	for _, r := range rows {
		name := r.text("part")
		if take := takers[name]; take != nil {
			take(in, r)
			continue
		}
		if err := s.unread(in, r); err != nil {
			return status.Facts{}, err
		}
	}
	if in.facts.ServerTime.IsZero() {
		return status.Facts{}, s.fault(fault.Other, readStatus, 0, "the reply lacks the server's properties", "is this a SQL Server?")
	}
	f := in.finish()
	if s.site != nil {
		if m := status.Mistaken(s.site, s.instance, f); m != nil {
			return status.Facts{}, m
		}
	}
	return f, nil
}

// unread notes a part that the server did not tell. Without the two that
// everything else leans on there is no status at all: a row that is missing
// would read as a database that does not exist.
func (s *Server) unread(in *reading, r record) error {
	number, text := int32(r.int("number", 0)), r.text("text")
	if name := r.text("name"); name != "server" && name != "database" {
		in.facts.Unread = append(in.facts.Unread, fmt.Sprintf("%s: %d %s", name, number, text))
		return nil
	}
	class, do := classify(number, text)
	return s.fault(class, readStatus, number, text, do)
}
