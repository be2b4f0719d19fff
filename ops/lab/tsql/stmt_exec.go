package tsql

import (
	"context"
	"strings"
)

// execArg is an argument of EXEC: a value, or a variable that takes an output.
type execArg struct {
	name   string // of the parameter; empty: by position
	x      expr
	output string // the variable that takes it; empty: none
}

// execStmt is EXEC of a procedure.
type execStmt struct {
	line
	status string // the variable that takes the return code
	parts  []string
	from   string // the variable that holds the name, instead of parts
	args   []execArg
}

// result is how a procedure ended.
type result struct {
	rc   int
	outs []Param
	how  flow
}

func (s *execStmt) run(ctx context.Context, f *frame) (flow, *Error) {
	parts := s.parts
	if s.from != "" {
		name := f.vars[s.from].String()
		if parts = nameParts(name); parts == nil {
			return goOn, noProcedure(name)
		}
	}
	args, err := s.values(ctx, f)
	if err != nil {
		return goOn, err
	}
	r, err := f.procedure(ctx, parts, args, s.where())
	if err != nil {
		return goOn, err
	}
	if err := s.take(f, args, r); err != nil {
		return goOn, err
	}
	if f.depth == 0 {
		f.out.Returned(r.rc)
	}
	return r.how, nil
}

func (s *execStmt) values(ctx context.Context, f *frame) ([]Param, *Error) {
	out := make([]Param, 0, len(s.args))
	for _, a := range s.args {
		v := value{typ: null.typ}
		if a.x != nil {
			var err *Error
			if v, err = f.eval(ctx, a.x); err != nil {
				return nil, err
			}
		}
		out = append(out, Param{Name: a.name, Kind: v.kind, Size: v.size, Value: v.v, Output: a.output != ""})
	}
	return out, nil
}

// take assigns the outputs and the return code.
func (s *execStmt) take(f *frame, args []Param, r result) *Error {
	for i, p := range matchOutputs(args, r.outs) {
		if p != nil {
			if err := f.assign(s.args[i].output, typed(p.Value, p.Kind)); err != nil {
				return err
			}
		}
	}
	if s.status != "" {
		return f.assign(s.status, integer(r.rc))
	}
	return nil
}

// matchOutputs finds the output of each argument that takes one: by name, and
// those passed by position in order.
func matchOutputs(args, outs []Param) []*Param {
	matched := make([]*Param, len(args))
	used := make([]bool, len(outs))
	for i, a := range args {
		for j := range outs {
			if a.Output && a.Name != "" && !used[j] && strings.EqualFold(a.Name, outs[j].Name) {
				matched[i], used[j] = &outs[j], true
				break
			}
		}
	}
	for i, a := range args {
		for j := range outs {
			if a.Output && a.Name == "" && !used[j] {
				matched[i], used[j] = &outs[j], true
				break
			}
		}
	}
	return matched
}

func noProcedure(name string) *Error {
	err := refuse(2812, "Could not find stored procedure '%s'.", clip(name, maxIdentifier))
	err.State = 62
	return err
}

// procedure runs a procedure of the session itself, or one of the host.
func (f *frame) procedure(ctx context.Context, parts []string, args []Param, at int32) (result, *Error) {
	if f.depth >= maxCalls {
		return result{}, tooDeep()
	}
	if run, ok := ownProcedures[fold(parts[len(parts)-1])]; ok {
		return run(f, ctx, args)
	}
	db, schema, name, err := qualified(parts)
	if err != nil || f.s.options.fmtOnly {
		return result{}, err
	}
	if !f.s.host.HasProc(db, schema, name) {
		if refusedProcedures[fold(name)] {
			return result{rc: 1}, Unplayed(name)
		}
		return result{rc: 1}, noProcedure(strings.Join(parts, "."))
	}
	sink := &hostSink{f: f, line: at}
	f.s.lastError = 0
	rc, outs, err := f.s.host.Call(ctx, db, schema, name, args, sink)
	if sink.last != nil && sink.last.Class > 10 {
		f.s.lastError = sink.last.Number
	}
	err = sink.ended(err)
	if err == nil && f.s.tries > 0 && sink.last != nil && sink.last.Class > 10 {
		err = sink.last
	}
	return result{rc: rc, outs: outs}, err
}

func tooDeep() *Error {
	return refuse(217, "Maximum stored procedure, function, trigger, or view nesting level exceeded (limit 32).")
}

// execText is EXEC ('text').
type execText struct {
	line
	parts []expr
}

func (s *execText) run(ctx context.Context, f *frame) (flow, *Error) {
	var b strings.Builder
	for _, x := range s.parts {
		v, err := f.eval(ctx, x)
		if err != nil {
			return goOn, err
		}
		b.WriteString(v.String())
	}
	if f.depth >= maxCalls {
		return goOn, tooDeep()
	}
	return f.child(nil).enter(ctx, b.String(), nil)
}

// child is a frame inside f, with variables of its own.
func (f *frame) child(vars map[string]value) *frame {
	if vars == nil {
		vars = map[string]value{}
	}
	return &frame{s: f.s, out: f.out, vars: vars, tables: map[string]*localTable{}, depth: f.depth + 1}
}

// enter runs text in a frame of its own: what leaves it goes on outside.
func (f *frame) enter(ctx context.Context, text string, params declarations) (flow, *Error) {
	how, err := f.text(ctx, text, params)
	if how == leave {
		how = goOn
	}
	return how, err
}
