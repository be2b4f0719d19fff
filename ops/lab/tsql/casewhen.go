package tsql

// caseWhen is CASE in both forms, IIF, COALESCE and NULLIF: conditions tried
// in order.
type caseWhen struct {
	when []cond
	then []expr
	els  expr
}

func (x *caseWhen) eval(e *env) (value, *Error) {
	if e.typing {
		return x.shape(e)
	}
	for i, c := range x.when {
		ok, err := c.test(e)
		if err != nil {
			return value{}, err
		}
		if ok == isTrue {
			return x.then[i].eval(e)
		}
	}
	return x.els.eval(e)
}

// shape is the type that all the branches share.
func (x *caseWhen) shape(e *env) (value, *Error) {
	out := null.typ
	for i, branch := range append(x.then, x.els) {
		if i < len(x.when) {
			if _, err := x.when[i].test(e); err != nil {
				return value{}, err
			}
		}
		v, err := branch.eval(e)
		if err != nil {
			return value{}, err
		}
		out = promote(out, v.typ)
	}
	return value{typ: out}, nil
}

// isNull is ISNULL(a, b): b takes the type of a.
type isNull struct{ a, b expr }

func (x *isNull) eval(e *env) (value, *Error) {
	a, err := x.a.eval(e)
	if err != nil || a.v != nil && !e.typing {
		return a, err
	}
	b, err := x.b.eval(e)
	if err != nil {
		return value{}, err
	}
	if a.null || e.typing {
		return value{promoteFirst(a.typ, b.typ), b.v}, nil
	}
	return convert(b, a.typ)
}

func promoteFirst(a, b typ) typ {
	if a.null {
		return b
	}
	return a
}
