package tsql

import (
	"context"
	"strings"
)

// ownProcedures are the procedures that run statements in the session.
var ownProcedures map[string]func(*frame, context.Context, []Param) (result, *Error)

func init() {
	ownProcedures = map[string]func(*frame, context.Context, []Param) (result, *Error){
		"sp_executesql": (*frame).executeSQL,
		"sp_prepare":    (*frame).prepare,
		"sp_execute":    (*frame).execute,
		"sp_prepexec":   (*frame).prepareExecute,
		"sp_unprepare":  (*frame).unprepare,
	}
}

// formal is a declared parameter of a statement.
type formal struct {
	name   string
	t      typ
	output bool
	init   expr
}

func (f *frame) executeSQL(ctx context.Context, args []Param) (result, *Error) {
	text, err := textArgument("sp_executesql", args, 0, "@statement")
	if err != nil {
		return result{}, err
	}
	var params string
	rest := args[1:]
	if len(rest) > 0 {
		if params, err = textArgument("sp_executesql", args, 1, "@parameters"); err != nil {
			return result{}, err
		}
		rest = rest[1:]
	}
	return f.parameterised(ctx, prepared{params, text}, rest)
}

// textArgument is an argument that must be a Unicode string.
func textArgument(procedure string, args []Param, n int, name string) (string, *Error) {
	if n >= len(args) {
		err := refuse(201, "Procedure or function '%s' expects parameter '%s', which was not supplied.", procedure, name)
		err.State = 4
		return "", err
	}
	if args[n].Value == nil {
		return "", nil
	}
	s, ok := args[n].Value.(string)
	if !ok || args[n].Kind != NVarChar {
		err := refuse(214, "Procedure expects parameter '%s' of type 'ntext/nchar/nvarchar'.", name)
		err.State = 3
		return "", err
	}
	return s, nil
}

// parameterised runs a statement with parameters in a frame of its own.
func (f *frame) parameterised(ctx context.Context, st prepared, args []Param) (result, *Error) {
	formals, err := parseFormals(st.params, f.s.known)
	if err != nil {
		return result{}, err
	}
	child := f.child(nil)
	declared := declarations{}
	given, err := bindArguments(st.text, formals, args)
	if err != nil {
		return result{}, err
	}
	for i, p := range formals {
		declared[p.name] = p.t
		child.vars[fold(p.name)] = value{typ: p.t}
		var v value
		if given[i] >= 0 {
			a := args[given[i]]
			v = typed(a.Value, a.Kind)
		} else if v, err = p.init.eval(child.env(ctx)); err != nil {
			return result{}, err
		}
		if err := child.assign(fold(p.name), v); err != nil {
			return result{}, err
		}
	}
	how, err := child.enter(ctx, st.text, declared)
	r := result{how: how}
	for i, p := range formals {
		if given[i] >= 0 && p.output && args[given[i]].Output {
			v := child.vars[fold(p.name)]
			r.outs = append(r.outs, Param{Name: args[given[i]].Name, Kind: v.kind, Size: v.size, Value: v.v, Output: true})
		}
	}
	if f.s.lastError != 0 && r.rc == 0 {
		r.rc = int(f.s.lastError)
	}
	return r, err
}

// bindArguments gives for each parameter the argument that fills it, or -1 for
// its default.
func bindArguments(text string, formals []formal, args []Param) ([]int, *Error) {
	out := make([]int, len(formals))
	for i := range out {
		out[i] = -1
	}
	for n, a := range args {
		at := n
		if a.Name != "" {
			at = -1
			for i, p := range formals {
				if strings.EqualFold(p.name, a.Name) {
					at = i
				}
			}
			if at < 0 {
				return nil, refuse(8145, "%s is not a parameter for procedure %s.", a.Name, "sp_executesql")
			}
		}
		if at >= len(formals) {
			err := refuse(8144, "Procedure or function %s has too many arguments specified.", "sp_executesql")
			err.State = 2
			return nil, err
		}
		out[at] = n
	}
	for i, p := range formals {
		if out[i] < 0 && p.init == nil {
			return nil, refuse(8178, "The parameterized query '%s' expects the parameter '%s', which was not supplied.", clip(text, 100), p.name)
		}
	}
	return out, nil
}
