package tsql

import "strings"

// expr is a scalar expression; it evaluates itself.
type expr interface {
	eval(e *env) (value, *Error)
}

// literal is a constant.
type literal struct{ value value }

func (x *literal) eval(*env) (value, *Error) { return x.value, nil }

// variable is @name.
type variable struct{ name string }

func (x *variable) eval(e *env) (value, *Error) { return e.frame.vars[x.name], nil }

// column is a possibly qualified column name.
type column struct {
	parts []string
	line  int32
}

func (x *column) name() string { return x.parts[len(x.parts)-1] }

func (x *column) eval(e *env) (value, *Error) { return e.scope.column(x) }

// unary is -x, +x or ~x.
type unary struct {
	op string
	x  expr
}

func (x *unary) eval(e *env) (value, *Error) {
	v, err := x.x.eval(e)
	if err != nil || x.op == "+" {
		return v, err
	}
	if x.op == "~" {
		n, ok := v.int()
		if !ok {
			return value{typ: v.typ}, nil
		}
		return value{v.typ, ^n}, nil
	}
	if v.kind == NVarChar && !v.null {
		return value{}, refuse(8117, "Operand data type %s is invalid for minus operator.", v.kind)
	}
	return arithmetic("-", integer(0), v)
}

// arithmeticExpr is an arithmetic operator, + on strings, or a bitwise operator.
type arithmeticExpr struct {
	op   string
	a, b expr
}

func (x *arithmeticExpr) eval(e *env) (value, *Error) {
	a, err := x.a.eval(e)
	if err != nil {
		return value{}, err
	}
	b, err := x.b.eval(e)
	if err != nil {
		return value{}, err
	}
	if strings.Contains("&|^", x.op) {
		return bitwise(x.op, a, b)
	}
	return arithmetic(x.op, a, b)
}

func bitwise(op string, a, b value) (value, *Error) {
	t := promote(a.typ, b.typ)
	if t.kind == Bit || !t.kind.integer() {
		t = typ{kind: Int}
	}
	// Bytes beside a number are one, too.
	if a.kind == VarBinary && b.kind.integer() {
		a, _ = convert(a, b.typ)
	} else if b.kind == VarBinary && a.kind.integer() {
		b, _ = convert(b, a.typ)
	}
	m, aok := a.int()
	n, bok := b.int()
	switch {
	case !aok || !bok:
		if a.v != nil && b.v != nil {
			return value{}, refuse(402, "The data types %s and %s are incompatible in the '%s' operator.", a.kind, b.kind, op)
		}
		return value{typ: t}, nil
	case op == "&":
		return value{t, m & n}, nil
	case op == "|":
		return value{t, m | n}, nil
	}
	return value{t, m ^ n}, nil
}

// collate is x COLLATE name.
type collate struct {
	x     expr
	exact bool
}

func (x *collate) eval(e *env) (value, *Error) {
	v, err := x.x.eval(e)
	v.exact = x.exact
	return v, err
}

// cast is CAST(x AS type) or CONVERT(type, x, style); try gives NULL where
// the conversion fails.
type cast struct {
	x     expr
	to    typ
	style expr
	try   bool
}

func (x *cast) eval(e *env) (value, *Error) {
	v, err := x.x.eval(e)
	if err != nil {
		return value{}, err
	}
	style := 0
	if x.style != nil {
		s, err := x.style.eval(e)
		if err != nil {
			return value{}, err
		}
		n, _ := s.int()
		style = int(n)
	}
	out, err := restyle(v, x.to, style)
	if err != nil && x.try {
		return value{typ: x.to}, nil
	}
	return out, err
}

// scalarQuery is (SELECT …) where a value is expected.
type scalarQuery struct{ query *query }

func (x *scalarQuery) eval(e *env) (value, *Error) {
	if e.typing {
		columns, err := x.query.shape(e)
		if err != nil {
			return value{}, err
		}
		return value{typ: typeOf(columns[0])}, nil
	}
	rows, err := e.subquery(x.query)
	if err != nil {
		return value{}, err
	}
	switch len(rows.Values) {
	case 0:
		return value{typ: typeOf(rows.Columns[0])}, nil
	case 1:
		return value{typeOf(rows.Columns[0]), rows.Values[0][0]}, nil
	}
	return value{}, refuse(512, "Subquery returned more than 1 value. This is not permitted when the subquery follows =, !=, <, <= , >, >= or when the subquery is used as an expression.")
}
