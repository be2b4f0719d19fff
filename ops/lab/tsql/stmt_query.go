package tsql

import (
	"context"
	"strings"
)

// selectStmt is a SELECT that sends its rows, sets variables or fills a table.
type selectStmt struct {
	line
	query *query
}

func (s *selectStmt) run(ctx context.Context, f *frame) (flow, *Error) {
	rows, err := s.query.run(f.env(ctx))
	if err != nil {
		return goOn, err
	}
	if n := f.s.options.rowLimit; n > 0 && len(rows.Values) > n {
		rows.Values = rows.Values[:n]
	}
	first := s.query.parts[0]
	switch {
	case first.assigns():
		f.s.rowCount = len(rows.Values)
		f.s.lastError = 0
		return goOn, nil
	case first.into != "":
		if err := f.createTable(first.into, rows); err != nil {
			return goOn, err
		}
	default:
		f.cutText(rows)
		f.out.Rows(rows)
	}
	f.done(len(rows.Values))
	return goOn, nil
}

// insertStmt is INSERT … VALUES, SELECT or EXEC.
type insertStmt struct {
	line
	parts   []string
	columns []string
	values  [][]expr
	query   *query
	exec    stmt
}

func (s *insertStmt) run(ctx context.Context, f *frame) (flow, *Error) {
	rows, how, err := s.rows(ctx, f)
	if err != nil || how != goOn {
		return how, err
	}
	n := len(rows.Values)
	if name := s.parts[len(s.parts)-1]; isLocalTable(name) {
		table, err := f.table(name)
		if err != nil {
			return goOn, err
		}
		err = table.insert(s.columns, rows)
		if err != nil {
			return goOn, err
		}
	} else {
		db, schema, name, err := qualified(s.parts)
		if err != nil {
			return goOn, err
		}
		if n, err = f.s.host.Insert(db, schema, name, s.columns, rows.Values); err != nil {
			return goOn, err
		}
	}
	f.done(n)
	return goOn, nil
}

func (s *insertStmt) rows(ctx context.Context, f *frame) (*Rows, flow, *Error) {
	switch {
	case s.query != nil:
		rows, err := s.query.run(f.env(ctx))
		return rows, goOn, err
	case s.exec != nil:
		return f.collect(ctx, s.exec)
	}
	rows, err := valueRows(f.env(ctx), s.values)
	return rows, goOn, err
}

// deleteStmt is DELETE.
type deleteStmt struct {
	line
	parts []string
	match cond
}

func (s *deleteStmt) run(ctx context.Context, f *frame) (flow, *Error) {
	e := f.env(ctx)
	var failed *Error
	match := func(columns []Column, row []any) bool {
		if s.match == nil || failed != nil {
			return failed == nil
		}
		e.scope.tables = []boundTable{{names: s.parts, columns: columns}}
		e.scope.row = row
		ok, err := s.match.test(e)
		if err == nil {
			err = e.spend(1)
		}
		failed = err
		return ok == isTrue && err == nil
	}
	n, err := s.delete(f, match)
	if failed != nil {
		err = failed
	}
	if err != nil {
		return goOn, err
	}
	f.done(n)
	return goOn, nil
}

func (s *deleteStmt) delete(f *frame, match func([]Column, []any) bool) (int, *Error) {
	name := s.parts[len(s.parts)-1]
	if isLocalTable(name) {
		table, err := f.table(name)
		if err != nil {
			return 0, err
		}
		return table.delete(match), nil
	}
	db, schema, name, err := qualified(s.parts)
	if err != nil {
		return 0, err
	}
	return f.s.host.Delete(db, schema, name, match)
}

// createStmt is CREATE TABLE #name, or DECLARE @name TABLE.
type createStmt struct {
	line
	name    string
	columns []Column
}

func (s *createStmt) run(_ context.Context, f *frame) (flow, *Error) {
	if strings.HasPrefix(s.name, "@") {
		if f.tables[fold(s.name)] == nil {
			f.tables[fold(s.name)] = &localTable{Rows: Rows{Columns: s.columns}}
		}
		return goOn, nil
	}
	if err := f.createTable(s.name, &Rows{Columns: s.columns}); err != nil {
		return goOn, err
	}
	f.done(-1)
	return goOn, nil
}
