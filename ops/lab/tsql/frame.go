package tsql

import "context"

// maxCalls is how deep procedures and EXEC may call each other.
const maxCalls = 32

// flow is how control leaves a statement.
type flow uint8

const (
	goOn flow = iota
	breakLoop
	nextRound
	leave // the batch, procedure or EXEC that the statement is in
	abort // everything
)

// stmt is a statement; it runs itself.
type stmt interface {
	run(ctx context.Context, f *frame) (flow, *Error)
	where() int32
}

// line is embedded by statements: the line they start on.
type line int32

func (l line) where() int32 { return int32(l) }

// frame is a batch, or the text of an EXEC or sp_executesql, while it runs.
type frame struct {
	s      *Session
	out    Output
	vars   map[string]value
	tables map[string]*localTable
	depth  int
	tries  int  // TRY blocks of this frame that run
	dead   bool // an error of names has ended it: its own TRY blocks do not catch
}

// text compiles and runs a batch in the frame. An error is one that a TRY
// outside the frame may catch.
func (f *frame) text(ctx context.Context, text string, params declarations) (flow, *Error) {
	o := &f.s.options
	batch, err := compile(text, params, f.s.known, !o.unquoted)
	if batch.parseOnly != nil {
		o.parseOnly = *batch.parseOnly
	}
	if err == nil && !o.parseOnly {
		err = batch.unbound // names are looked up by what comes after the parser
	}
	if err != nil {
		if f.s.tries > 0 {
			return leave, err
		}
		f.fail(err, 1)
		return leave, nil
	}
	if f.depth == 0 {
		o.unquoted = !batch.quoted
	}
	if o.parseOnly {
		return leave, nil
	}
	return f.runAll(ctx, batch.list)
}

// over reports that the batch was cancelled.
func over(ctx context.Context) bool { return ctx.Err() != nil }

func (f *frame) runAll(ctx context.Context, list []stmt) (flow, *Error) {
	for _, st := range list {
		if how, err := f.run(ctx, st); how != goOn || err != nil {
			return how, err
		}
	}
	return goOn, nil
}

// run runs a statement and decides what its error ends: the statement, the
// frame or the batch. An error returned is on its way to a TRY.
func (f *frame) run(ctx context.Context, st stmt) (flow, *Error) {
	if over(ctx) {
		return abort, nil
	}
	if f.s.options.dry() {
		return f.skim(ctx, st)
	}
	return f.play(ctx, st)
}

// play runs a statement for good.
func (f *frame) play(ctx context.Context, st stmt) (flow, *Error) {
	f.implicit(st)
	f.s.command = command(st)
	if f.s.doomed && writes(st) {
		return f.caught(ctx, st, goOn, doomed())
	}
	how, err := st.run(ctx, f)
	return f.caught(ctx, st, how, err)
}

// caught decides what an error of a statement ends.
func (f *frame) caught(ctx context.Context, st stmt, how flow, err *Error) (flow, *Error) {
	if err == nil || err == f.s.flying {
		return how, err
	}
	if err.Line == 0 {
		located := *err
		located.Line = st.where()
		err = &located
	}
	switch level := f.level(st, err); {
	case err.Number == statementCancelled && over(ctx):
		return abort, nil
	case err.Class >= 20:
		f.fail(err, 0)
		return abort, nil
	case level == endsFrame && f.s.tries > f.tries:
		f.dead = true
		f.doom(f.severity(st, err))
		f.s.flying = err
		return leave, err
	case level != endsFrame && f.s.tries > 0:
		f.doom(f.severity(st, err))
		f.s.flying = err
		return goOn, err
	case level == endsStatement:
		f.fail(err, 0)
		return goOn, nil
	case level == endsFrame:
		f.dead = true
		f.fail(err, 0)
		return leave, nil
	default:
		f.s.endTransaction()
		f.fail(err, 0)
		return abort, nil
	}
}

// level is what an error ends.
type level uint8

const (
	endsStatement level = iota
	endsFrame
	endsBatch
)

func (f *frame) level(st stmt, err *Error) level {
	switch st.(type) {
	case *raiseStmt:
		return endsStatement
	case *throwStmt, *useStmt:
		return endsBatch
	case *selectStmt, *describeStmt, *insertStmt, *deleteStmt, *ifStmt, *setStmt, *declareStmt:
		switch n := err.Number; {
		case n == 207, n == 208, n == 209, n == 4104, n == 7202, err.Class == 15:
			return endsFrame
		case n >= 911 && n <= 955:
			return endsFrame
		}
	}
	return f.severity(st, err)
}

// severity is what an error does to the batch, and to the transaction where a
// TRY takes it.
func (f *frame) severity(st stmt, err *Error) level {
	if _, ok := st.(*raiseStmt); ok {
		return endsStatement
	}
	switch err.Number {
	case 241, 242, 245, 248, 1205, 8114, 8169, 701, 3617:
		return endsBatch
	}
	if f.s.options.xactAbort {
		return endsBatch
	}
	return endsStatement
}

// fail sends an error to the client, and ends the statement with it.
func (f *frame) fail(err *Error, line int32) {
	f.say(err, line)
	f.out.Done(-1, f.depth > 0)
}

// say sends an error to the client and remembers its number.
func (f *frame) say(err *Error, line int32) {
	f.s.lastError = err.Number
	if err.Line == 0 && line != 0 {
		located := *err
		located.Line = line
		err = &located
	}
	f.s.broken = f.s.broken || err.Class >= 20
	f.out.Message(err)
}

// quiet ends a statement that counts no rows; inside a procedure NOCOUNT leaves
// that out.
func (f *frame) quiet() {
	f.s.lastError = 0
	if f.depth == 0 || !f.s.options.noCount {
		f.out.Done(-1, f.depth > 0)
	}
}

// done ends a statement that went well.
func (f *frame) done(rows int) {
	f.s.lastError = 0
	if rows >= 0 {
		f.s.rowCount = rows
	}
	if f.s.options.noCount {
		rows = -1
	}
	f.out.Done(rows, f.depth > 0)
}

// assign sets a variable; the value takes its type.
func (f *frame) assign(name string, v value) *Error {
	t := f.vars[name].typ
	out, err := convert(v, t)
	if err == nil {
		f.vars[name] = out
	}
	return err
}
