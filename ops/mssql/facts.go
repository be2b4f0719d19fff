package mssql

import (
	"context"
	"database/sql"
	"fmt"

	"pchatops/ops/fault"
	"pchatops/ops/status"
)

// Facts reads the status of the instance in one round trip. What this version
// does not have or this login may not see is missing from it, and Unread says
// so.
func (s *Server) Facts(ctx context.Context) (status.Facts, error) {
	const tried = "read the status"
	rows, err := s.read(ctx, tried, factsText(), sql.Named("database", s.database))
	if err != nil {
		return status.Facts{}, err
	}
	in := newReading()
	for _, r := range rows {
		name := r.text("part")
		if take := takers[name]; take != nil {
			take(in, r)
			continue
		}
		if err := s.unread(in, tried, r); err != nil {
			return status.Facts{}, err
		}
	}
	if in.facts.ServerTime.IsZero() {
		return status.Facts{}, s.fault(fault.Other, tried, 0, "the reply lacks the server's properties", "is this a SQL Server?")
	}
	return in.finish(), nil
}

// unread notes a part that the server did not tell. Without the two that
// everything else leans on there is no status at all: a row that is missing
// would read as a database that does not exist.
func (s *Server) unread(in *reading, tried string, r record) error {
	number, text := int32(r.int("number", 0)), r.text("text")
	if name := r.text("name"); name != "server" && name != "database" {
		in.facts.Unread = append(in.facts.Unread, fmt.Sprintf("%s: %d %s", name, number, text))
		return nil
	}
	class, do := classify(number, text)
	return s.fault(class, tried, number, text, do)
}
