package tsql

import "context"

// declareStmt is DECLARE of one variable.
type declareStmt struct {
	line
	name string
	t    typ
	init expr
}

func (s *declareStmt) run(ctx context.Context, f *frame) (flow, *Error) {
	if s.init == nil {
		// Declared inside a loop, a variable keeps its value.
		if _, ok := f.vars[s.name]; !ok {
			f.vars[s.name] = value{typ: s.t}
		}
		return goOn, nil
	}
	f.vars[s.name] = value{typ: s.t}
	v, err := f.eval(ctx, s.init)
	if err != nil {
		return goOn, err
	}
	return goOn, f.assign(s.name, v)
}

// setStmt is SET @name = x.
type setStmt struct {
	line
	name string
	x    expr
}

func (s *setStmt) run(ctx context.Context, f *frame) (flow, *Error) {
	v, err := f.eval(ctx, s.x)
	if err != nil {
		return goOn, err
	}
	if err := f.assign(s.name, v); err != nil {
		return goOn, err
	}
	f.s.rowCount = 1
	f.quiet()
	return goOn, nil
}

// useStmt is USE.
type useStmt struct {
	line
	db string
}

// changedContext is the message that tells of a new current database.
const changedContext = 5701

func (s *useStmt) run(_ context.Context, f *frame) (flow, *Error) {
	if err := f.s.host.Use(s.db); err != nil {
		return goOn, err
	}
	f.out.Message(&Error{Number: changedContext, State: 1, Line: s.where(), Message: "Changed database context to '" + f.s.host.Database() + "'."})
	f.done(-1)
	return goOn, nil
}
