package tsql

// aggregate is COUNT, COUNT_BIG, SUM, MIN, MAX or AVG; a nil x is a star.
type aggregate struct {
	name     string
	x        expr
	distinct bool
}

var aggregates = words("COUNT COUNT_BIG SUM MIN MAX AVG")

func (a *aggregate) eval(e *env) (value, *Error) {
	s := e.scope
	if s.group == nil {
		return value{}, syntax(147, 0, "An aggregate may not appear in the WHERE clause unless it is in a subquery contained in a HAVING clause or a select list, and the column being aggregated is an outer reference.")
	}
	g, row := s.group, s.row
	s.group = nil
	defer func() { s.group, s.row = g, row }()
	if e.typing {
		return a.shape(e)
	}
	return a.over(e, g.rows)
}

// shape is the type of the result.
func (a *aggregate) shape(e *env) (value, *Error) {
	t := typ{kind: Int}
	if a.x != nil {
		v, err := a.x.eval(e)
		if err != nil {
			return value{}, err
		}
		t = v.typ
	}
	return value{typ: a.result(t)}, nil
}

// result is the type of the aggregate of values of type t.
func (a *aggregate) result(t typ) typ {
	switch a.name {
	case "COUNT":
		return typ{kind: Int}
	case "COUNT_BIG":
		return typ{kind: BigInt}
	case "MIN", "MAX":
		return t
	}
	switch {
	case t.kind == Numeric:
		t.size = maxPrecision
	case t.kind == Real:
		t.kind = Float
	case t.kind.integer() && t.kind != BigInt:
		t.kind = Int
	}
	return t
}

// over computes the aggregate of rows.
func (a *aggregate) over(e *env, rows [][]any) (value, *Error) {
	if err := e.spend(len(rows)); err != nil {
		return value{}, err
	}
	if a.x == nil {
		return convert(integer(len(rows)), a.result(typ{kind: Int}))
	}
	var values []value
	seen := map[string]bool{}
	t := null.typ
	for _, row := range rows {
		e.scope.row = row
		v, err := a.x.eval(e)
		if err != nil {
			return value{}, err
		}
		t = promote(t, v.typ)
		if v.v == nil {
			continue
		}
		if a.distinct {
			k := rowKey([]any{v.v})
			if seen[k] {
				continue
			}
			seen[k] = true
		}
		values = append(values, v)
	}
	return a.fold(values, t)
}

func (a *aggregate) fold(values []value, t typ) (value, *Error) {
	result := a.result(t)
	if a.name == "COUNT" || a.name == "COUNT_BIG" {
		return convert(integer(len(values)), result)
	}
	if !t.null && (a.name == "SUM" || a.name == "AVG") && (!t.kind.number() || t.kind == Bit) {
		return value{}, refuse(8117, "Operand data type %s is invalid for %s operator.", t.kind, map[string]string{"SUM": "sum", "AVG": "avg"}[a.name])
	}
	if len(values) == 0 {
		return value{typ: result}, nil
	}
	out := values[0]
	for _, v := range values[1:] {
		if a.name == "SUM" || a.name == "AVG" {
			sum, err := arithmetic("+", value{result, out.v}, v)
			if err != nil {
				return value{}, err
			}
			out = sum
			continue
		}
		n, err := compare(v, out)
		if err != nil {
			return value{}, err
		}
		if n < 0 == (a.name == "MIN") && n != 0 {
			out = v
		}
	}
	if a.name == "AVG" {
		return arithmetic("/", out, integer(len(values)))
	}
	return convert(out, result)
}
