package tsql

import (
	"context"
	"time"
)

// maxRounds bounds a WHILE, which in the lab can only be a mistake.
const maxRounds = 1_000_000

// block is BEGIN … END.
type block struct {
	line
	list []stmt
}

func (s *block) run(ctx context.Context, f *frame) (flow, *Error) { return f.runAll(ctx, s.list) }

// ifStmt is IF … ELSE.
type ifStmt struct {
	line
	when      cond
	then, els stmt
}

func (s *ifStmt) run(ctx context.Context, f *frame) (flow, *Error) {
	ok, err := f.test(ctx, s.when)
	switch {
	case err != nil:
		return goOn, err
	case ok:
		return f.run(ctx, s.then)
	case s.els != nil:
		return f.run(ctx, s.els)
	}
	return goOn, nil
}

// test evaluates a condition of a statement.
func (f *frame) test(ctx context.Context, c cond) (bool, *Error) {
	ok, err := c.test(f.env(ctx))
	if err == nil {
		f.s.lastError = 0
	}
	return ok == isTrue, err
}

// eval evaluates an expression of a statement.
func (f *frame) eval(ctx context.Context, x expr) (value, *Error) { return x.eval(f.env(ctx)) }

// whileStmt is WHILE.
type whileStmt struct {
	line
	when cond
	body stmt
}

func (s *whileStmt) run(ctx context.Context, f *frame) (flow, *Error) {
	for round := 0; ; round++ {
		if over(ctx) {
			return abort, nil
		}
		ok, err := f.test(ctx, s.when)
		if err != nil || !ok {
			return goOn, err
		}
		if round == maxRounds {
			return goOn, tooBig()
		}
		how, err := f.run(ctx, s.body)
		switch {
		case err != nil || how == leave || how == abort:
			return how, err
		case how == breakLoop:
			return goOn, nil
		}
	}
}

// jump is BREAK or CONTINUE.
type jump struct {
	line
	how flow
}

func (s *jump) run(context.Context, *frame) (flow, *Error) { return s.how, nil }

// returnStmt is RETURN.
type returnStmt struct{ line }

func (s *returnStmt) run(context.Context, *frame) (flow, *Error) { return leave, nil }

// tryStmt is BEGIN TRY … END TRY BEGIN CATCH … END CATCH.
type tryStmt struct {
	line
	body, handler []stmt
}

func (s *tryStmt) run(ctx context.Context, f *frame) (flow, *Error) {
	f.s.tries++
	f.tries++
	how, err := f.runAll(ctx, s.body)
	f.s.tries--
	f.tries--
	if err == nil || f.dead || err.Class >= 20 {
		return how, err
	}
	outer := f.s.caught
	f.s.caught, f.s.flying = err, nil
	f.s.lastError = err.Number
	how, err = f.runAll(ctx, s.handler)
	f.s.caught = outer
	return how, err
}

// waitStmt is WAITFOR DELAY.
type waitStmt struct {
	line
	delay expr
}

func (s *waitStmt) run(ctx context.Context, f *frame) (flow, *Error) {
	v, err := f.eval(ctx, s.delay)
	if err != nil {
		return goOn, err
	}
	at, ok := parseTime(v.String())
	if !ok || v.v == nil {
		return goOn, syntax(148, s.where(), "Incorrect time syntax in time string '%s' used with WAITFOR.", clip(v.String(), maxIdentifier))
	}
	d := at.Sub(at.Truncate(24 * time.Hour))
	if !f.wait(ctx, d) {
		return abort, nil
	}
	f.done(-1)
	return goOn, nil
}

// wait takes the lab's time where the host has a clock of its own. It is false
// when the statement was cancelled.
func (f *frame) wait(ctx context.Context, d time.Duration) bool {
	if w, ok := f.s.host.(Waiter); ok {
		return w.Wait(ctx, d) == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
