package tsql

import "context"

// skim takes a statement that NOEXEC or FMTONLY keeps from running. NOEXEC
// leaves out all but the SET that ends it and USE, which a real server already
// obeys when it compiles. FMTONLY describes the rows of every SELECT, whatever
// the conditions around it say, and runs nothing else.
func (f *frame) skim(ctx context.Context, st stmt) (flow, *Error) {
	switch st := st.(type) {
	case *useStmt:
		return f.play(ctx, st)
	case *optionStmt:
		for _, name := range st.names {
			st.mode(&f.s.options, name)
		}
	case *block:
		return f.runAll(ctx, st.list)
	default:
		if !f.s.options.noExec {
			return f.describe(ctx, st)
		}
	}
	return goOn, nil
}

// describe is a statement under FMTONLY.
func (f *frame) describe(ctx context.Context, st stmt) (flow, *Error) {
	switch st := st.(type) {
	case *ifStmt:
		if how, err := f.run(ctx, st.then); st.els == nil || err != nil || how == abort {
			return how, err
		}
		return f.run(ctx, st.els)
	case *whileStmt:
		return f.run(ctx, st.body)
	case *tryStmt:
		return f.runAll(ctx, st.body)
	case *declareStmt:
		f.vars[st.name] = value{typ: st.t}
	case *createStmt:
		return f.play(ctx, st) // a SELECT may name the table
	case *execStmt, *execText, *describeStmt:
		return f.play(ctx, st)
	case *selectStmt:
		return f.play(ctx, &describeStmt{st.line, st.query})
	}
	return goOn, nil
}

// describeStmt sends the columns of a SELECT, and no row.
type describeStmt struct {
	line
	query *query
}

func (s *describeStmt) run(ctx context.Context, f *frame) (flow, *Error) {
	if first := s.query.parts[0]; first.assigns() || first.into != "" {
		return goOn, nil
	}
	columns, err := s.query.shape(f.env(ctx))
	if err != nil {
		return goOn, err
	}
	f.out.Rows(&Rows{Columns: columns})
	f.done(0)
	return goOn, nil
}
