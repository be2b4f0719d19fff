package mssql

import (
	"context"
	"database/sql/driver"
)

// sent is told every text that leaves, in a statement or in a script; nil: nobody
// wants to know. Only builds with the tag record set it, for tests.
var sent func(text string)

// PrepareContext is where every statement leaves.
func (s *session) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	if sent != nil {
		sent(text)
	}
	return s.Conn.PrepareContext(ctx, text)
}
