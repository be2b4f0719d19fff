package tsql

import (
	"context"
	"strings"
)

// Bounds on one statement: the rows that it may look at, the values that a
// join may hold, and the rows of a table that a session keeps.
const (
	maxWork  = 20_000_000
	maxCells = 4_000_000
	maxRows  = 500_000
)

// maxText bounds a string that a statement may build, in bytes.
const maxText = 4 << 20

func tooBig() *Error {
	return &Error{Number: 701, State: 1, Class: 17, Message: "There is insufficient system memory in resource pool 'default' to run this query."}
}

// statement is what one statement keeps while it runs: views are read once, so
// that all its parts see one moment.
type statement struct {
	views  map[string]*Rows
	memo   map[*query]*memo
	shapes map[*selectCore]*shape
	work   int
}

// env is where an expression is evaluated. In typing no rows exist yet: every
// column is NULL, and what counts is the type of the result and whether all
// the names are known.
type env struct {
	over   func() error             // not nil: the statement was cancelled
	await  func(name string) *Error // waits for what locks a view or function
	frame  *frame
	st     *statement
	scope  *scope
	ctes   *cteRows
	typing bool
}

// cteRows is the chain of common table expressions in sight.
type cteRows struct {
	name  string
	rows  *Rows
	outer *cteRows
}

func (f *frame) env(ctx context.Context) *env {
	return &env{
		over: ctx.Err, frame: f, await: func(name string) *Error { return f.await(ctx, name) }, scope: &scope{},
		st: &statement{views: map[string]*Rows{}, memo: map[*query]*memo{}, shapes: map[*selectCore]*shape{}},
	}
}

// await waits for what locks a view or function of the host.
func (f *frame) await(ctx context.Context, name string) *Error {
	h, ok := f.s.host.(LockWaiter)
	if !ok {
		return nil
	}
	return h.Await(ctx, name, f.s.options.waits)
}

// in returns the environment with another scope.
func (e *env) in(s *scope) *env {
	out := *e
	out.scope = s
	return &out
}

// spend counts rows looked at, and notices that the statement was cancelled.
func (e *env) spend(n int) *Error {
	e.st.work += n
	if e.st.work > maxWork {
		return tooBig()
	}
	if e.over() != nil {
		return cancelled()
	}
	return nil
}

// statementCancelled is the number of an error that no client sees.
const statementCancelled = 3617

// hold refuses to keep more than maxCells.
func hold(rows [][]any) *Error {
	if n := len(rows); n > 0 && n*len(rows[n-1]) > maxCells {
		return tooBig()
	}
	return nil
}

// cancelled ends a statement whose context has ended. The client does not see
// it: it gets the acknowledgement of its attention.
func cancelled() *Error {
	return &Error{Number: statementCancelled, State: 1, Class: 11, Message: "The statement has been cancelled."}
}

// view reads a view or table of the host, once in a statement.
func (e *env) view(parts []string) (*Rows, *Error) {
	key := fold(strings.Join(parts, "\x00"))
	if rows := e.st.views[key]; rows != nil {
		return rows, nil
	}
	db, schema, name, err := qualified(parts)
	if err != nil {
		return nil, err
	}
	if err := e.await(name); err != nil {
		return nil, err
	}
	rows, err, ok := e.frame.s.host.View(db, schema, name)
	if !ok {
		return nil, refuse(208, "Invalid object name '%s'.", strings.Join(parts, "."))
	}
	if err != nil {
		return nil, err
	}
	e.st.views[key] = rows
	return rows, nil
}

// qualified splits a name of up to three parts; a fourth is a linked server.
func qualified(parts []string) (db, schema, name string, err *Error) {
	name = parts[len(parts)-1]
	switch len(parts) {
	case 2:
		schema = parts[0]
	case 3:
		db, schema = parts[0], parts[1]
	case 4:
		err = refuse(7202, "Could not find server '%s' in sys.servers. Verify that the correct server name was specified. If necessary, execute the stored procedure sp_addlinkedserver to add the server to sys.servers.", parts[0])
		err.State = 2
	}
	return db, schema, name, err
}
