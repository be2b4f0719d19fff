package tsql

// builtin is a function that needs nothing of the server. One that is strict
// gives NULL when an argument is.
type builtin struct {
	least, most int
	lenient     bool
	result      func(args []value) typ
	run         func(e *env, args []value) (any, *Error)
}

// builtins are all of them by upper-case name.
var builtins = map[string]builtin{}

func init() {
	for _, table := range []map[string]builtin{textFunctions, dateFunctions, mathFunctions, sessionFunctions, errorFunctions} {
		for name, f := range table {
			builtins[name] = f
		}
	}
}

// The results that functions have.

func gives(t typ) func([]value) typ { return func([]value) typ { return t } }

func likeArgument(args []value) typ {
	t := args[0].typ
	if t.kind != NVarChar || t.null {
		t = text(maxChars)
	}
	return t
}

// call is a call of a builtin function.
type call struct {
	name string
	builtin
	args []expr
}

func (x *call) eval(e *env) (value, *Error) {
	args, err := evaluate(e, x.args)
	if err != nil {
		return value{}, err
	}
	out := value{typ: x.result(args)}
	missing := e.typing && len(args) > 0 && !x.lenient
	for _, a := range args {
		missing = missing || a.v == nil && !x.lenient
	}
	if missing {
		return out, nil
	}
	if out.v, err = x.run(e, args); err != nil {
		return value{}, err
	}
	return out, nil
}

func evaluate(e *env, list []expr) ([]value, *Error) {
	out := make([]value, len(list))
	for i, x := range list {
		v, err := x.eval(e)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

// serverCall is a function or @@variable that the host answers.
type serverCall struct {
	name string
	args []expr
	line int32
}

func (x *serverCall) eval(e *env) (value, *Error) {
	args, err := evaluate(e, x.args)
	if err != nil {
		return value{}, err
	}
	plain := make([]any, len(args))
	for i, a := range args {
		plain[i] = a.v
	}
	if !e.typing {
		if err := e.await(x.name); err != nil {
			return value{}, err
		}
	}
	v, kind, err, ok := e.frame.s.host.Scalar(x.name, plain)
	if !ok {
		err = syntax(195, x.line, "'%s' is not a recognized built-in function name.", x.name)
	}
	if err != nil {
		return value{}, err
	}
	out := typed(v, kind)
	if kind == NVarChar {
		// The length of what a server says differs from row to row.
		out.size = max(out.size, maxIdentifier)
		if out.size > maxIdentifier {
			out.size = maxChars
		}
	}
	return out, nil
}
