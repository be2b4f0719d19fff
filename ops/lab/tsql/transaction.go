package tsql

import (
	"context"
	"strings"
)

// Isolated is what a Host may implement too: it is told the isolation level of
// the session, by the number of sys.dm_exec_sessions.
type Isolated interface {
	Isolate(level int)
}

// isolationLevels are their names as SET has them.
var isolationLevels = map[string]int{
	"READ UNCOMMITTED": 1, "READ COMMITTED": 2, "REPEATABLE READ": 3, "SERIALIZABLE": 4, "SNAPSHOT": 5,
}

// Isolate sets the isolation level of the session.
func (s *Session) Isolate(level int) {
	if h, ok := s.host.(Isolated); ok {
		h.Isolate(level)
	}
}

// Transactions is @@TRANCOUNT.
func (s *Session) Transactions() int { return s.transactions }

// Transaction numbers the session's transactions; 0: none is open. rolledBack
// is how the last one ended.
func (s *Session) Transaction() (id uint64, rolledBack bool) {
	if s.transactions == 0 {
		return 0, s.rolledBack
	}
	return s.transactionID, s.rolledBack
}

// Begin starts a transaction, or nests one deeper.
func (s *Session) Begin(name string) {
	s.transactions++
	if s.transactions > 1 {
		return
	}
	s.transactionID++
	s.transactionName, s.savepoints, s.doomed = name, nil, false
	if t, ok := s.host.(Transactor); ok {
		t.Begin()
	}
}

// endTransaction ends whatever transaction there is, and with it the locks that
// belong to it.
func (s *Session) endTransaction() {
	open := s.transactions > 0
	s.transactions, s.savepoints, s.doomed, s.rolledBack = 0, nil, false, true
	if t, ok := s.host.(Transactor); ok && open {
		t.End()
	}
}

// Commit ends the innermost transaction.
func (s *Session) Commit() *Error {
	switch {
	case s.transactions == 0:
		return refuse(3902, "The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION.")
	case s.doomed:
		return doomed()
	case s.transactions == 1:
		s.endTransaction()
		s.rolledBack = false
	default:
		s.transactions--
	}
	return nil
}

// Save sets a savepoint.
func (s *Session) Save(name string) *Error {
	switch {
	case s.transactions == 0:
		return refuse(628, "Cannot issue SAVE TRANSACTION when there is no active transaction.")
	case s.doomed:
		return doomed()
	}
	s.savepoints = append(s.savepoints, fold(name))
	return nil
}

// Rollback ends all the transactions, or goes back to a savepoint. What they did
// to the lab's tables stays.
func (s *Session) Rollback(name string) *Error {
	if s.transactions == 0 {
		return refuse(3903, "The ROLLBACK TRANSACTION request has no corresponding BEGIN TRANSACTION.")
	}
	for i := len(s.savepoints) - 1; i >= 0 && name != ""; i-- {
		if s.savepoints[i] == fold(name) {
			if s.doomed {
				return refuse(3931, "The current transaction cannot be committed and cannot be rolled back to a savepoint. Roll back the entire transaction.")
			}
			s.savepoints = s.savepoints[:i+1]
			return nil
		}
	}
	if name != "" && !strings.EqualFold(name, s.transactionName) {
		return refuse(6401, "Cannot roll back %s. No transaction or savepoint of that name was found.", clip(name, maxIdentifier))
	}
	s.endTransaction()
	return nil
}

func doomed() *Error {
	return refuse(3930, "The current transaction cannot be committed and cannot support operations that write to the log file. Roll back the transaction.")
}

// doom notes that an error which a TRY takes leaves the transaction with no way
// but back.
func (f *frame) doom(level level) {
	if f.s.transactions > 0 && level != endsStatement {
		f.s.doomed = true
	}
}

// settle ends a doomed transaction with its batch.
func (f *frame) settle() {
	if !f.s.doomed {
		return
	}
	f.s.endTransaction()
	f.fail(refuse(3998, "Uncommittable transaction is detected at the end of the batch. The transaction is rolled back."), 1)
}

// writes reports whether a statement changes a table, which no doomed
// transaction may.
func writes(st stmt) bool {
	switch st := st.(type) {
	case *insertStmt:
		return !strings.HasPrefix(st.parts[len(st.parts)-1], "@")
	case *deleteStmt:
		return !strings.HasPrefix(st.parts[len(st.parts)-1], "@")
	case *dropStmt, *alterStmt, *loginStmt, *roleStmt, *dropLoginStmt:
		return true
	case *createStmt:
		return !strings.HasPrefix(st.name, "@")
	case *selectStmt:
		return st.query.parts[0].into != ""
	}
	return false
}

// transactionStmt is BEGIN, COMMIT, ROLLBACK or SAVE TRANSACTION.
type transactionStmt struct {
	line
	what string
	name expr // nil: none
}

func (s *transactionStmt) run(ctx context.Context, f *frame) (flow, *Error) {
	name := ""
	if s.name != nil {
		v, err := f.eval(ctx, s.name)
		if err != nil {
			return goOn, err
		}
		name = v.String()
	}
	var err *Error
	switch s.what {
	case "BEGIN":
		f.s.Begin(name)
	case "COMMIT":
		err = f.s.Commit()
	case "ROLLBACK":
		err = f.s.Rollback(name)
	case "SAVE":
		err = f.s.Save(name)
	}
	if err == nil {
		f.done(-1)
	}
	return goOn, err
}

// isolationStmt is SET TRANSACTION ISOLATION LEVEL.
type isolationStmt struct {
	line
	level int
}

func (s *isolationStmt) run(_ context.Context, f *frame) (flow, *Error) {
	f.s.Isolate(s.level)
	f.done(-1)
	return goOn, nil
}
