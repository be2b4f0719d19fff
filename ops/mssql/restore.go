package mssql

import (
	"context"
	"database/sql"
	"fmt"

	"pchatops/ops/chain"
	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/status"
)

// RestoreLog is RESTORE LOG of one backup set from all its files, always WITH
// NORECOVERY: what
// RESTORE does of itself would end the chain. Checksums are verified where the
// backup holds them; asking for them elsewhere is an error (3187).
func (s *Server) RestoreLog(database string, h chain.Header) engine.Action {
	st := statement{args: []arg{{"database", name(database)}, {"file", h.File}}}
	from := "DISK = @file"
	for i, other := range h.Others {
		from += fmt.Sprintf(", DISK = @file%d", i+2)
		st.args = append(st.args, arg{fmt.Sprintf("file%d", i+2), other})
	}
	st.text = fmt.Sprintf("RESTORE LOG @database FROM %s WITH FILE = %d, NORECOVERY, STATS = 5", from, max(1, h.Position))
	if h.Checksums {
		st.text += ", CHECKSUM"
	}
	tried := "restore " + chain.Base(h.File)
	id := tried
	if h.Position > 1 {
		id += fmt.Sprintf(" set %d", h.Position)
	}
	a := s.action(id, st, func(ctx context.Context, r engine.Reporter) error {
		return s.write(ctx, r, tried, st)
	})
	a.Hand = st.declared() + clearText + st.text
	a.Settle = func(ctx context.Context) (bool, error) { return s.reached(ctx, database, h.Last) }
	return a
}

// reached tells whether a restoring database has been rolled forward up to an
// LSN. A database that does not wait for log any more cannot tell.
func (s *Server) reached(ctx context.Context, database string, end chain.LSN) (bool, error) {
	const tried = "read the redo position"
	d, err := s.restoring(ctx, database)
	if err != nil {
		return false, err
	}
	if !d.Restoring() || d.RedoLSN.IsZero() {
		return false, s.fault(fault.State, tried, 0, "the database is "+d.State+" and does not tell", remedy[fault.State])
	}
	return d.RedoLSN.Compare(end) >= 0, nil
}

// restoring reads state and redo position of a database, with the parts of the
// status batch that tell them.
func (s *Server) restoring(ctx context.Context, database string) (status.Database, error) {
	const tried = "read the redo position"
	rows, err := s.read(ctx, tried, batch(positionParts), sql.Named("database", database), sql.Named("known", 0))
	if err != nil {
		return status.Database{}, err
	}
	in, err := s.gather(tried, rows)
	return in.finish().Database, err
}

var positionParts = []string{"database", "request", "redo", "history"}
