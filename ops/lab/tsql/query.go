package tsql

// query is one or more SELECTs combined, with what surrounds them.
type query struct {
	ctes    []cte
	parts   []*selectCore
	ops     []string // between the parts: UNION ALL, UNION, EXCEPT, INTERSECT
	orderBy []orderItem
	line    int32
}

// cte is a common table expression.
type cte struct {
	name    string
	columns []string
	query   *query
}

// selectCore is a SELECT without what follows a union.
type selectCore struct {
	distinct   bool
	top        expr
	percent    bool
	items      []selectItem
	into       string
	from       source
	where      cond
	groupBy    []expr
	having     cond
	aggregated bool
	windows    []*window
	line       int32
}

// selectItem is an expression of a select list with its alias, a star, or an
// assignment to a variable.
type selectItem struct {
	x      expr
	alias  string
	star   bool
	of     []string // the table whose star it is
	assign string
	line   int32
}

// orderItem is an expression of ORDER BY.
type orderItem struct {
	x          expr
	descending bool
}

// rows runs the query, or in typing only describes its columns.
func (q *query) rows(e *env) (*Rows, *Error) {
	if !e.typing {
		return q.run(e)
	}
	columns, err := q.shape(e)
	return &Rows{Columns: columns}, err
}

// shape describes the columns of the result.
func (q *query) shape(e *env) ([]Column, *Error) {
	typing := *e
	typing.typing = true
	e, err := q.with(&typing)
	if err != nil {
		return nil, err
	}
	return q.columns(e)
}

func (q *query) columns(e *env) ([]Column, *Error) {
	var names []Column
	var types []typ
	for i, core := range q.parts {
		order := q.orderBy
		if len(q.parts) > 1 {
			order = nil
		}
		s, err := core.shape(e, order)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			names, types = s.columns, append(types, s.types...)
			continue
		}
		if len(s.types) != len(types) {
			return nil, refuse(205, "All queries combined using a UNION, INTERSECT or EXCEPT operator must have an equal number of expressions in their target lists.")
		}
		for j, t := range s.types {
			types[j] = promote(types[j], t)
		}
	}
	out := make([]Column, len(types))
	for i, t := range types {
		out[i] = t.column(names[i].Name)
	}
	return out, nil
}

// run gives the rows of the query.
func (q *query) run(e *env) (*Rows, *Error) {
	e, err := q.with(e)
	if err != nil {
		return nil, err
	}
	columns, err := q.shape(e)
	if err != nil {
		return nil, err
	}
	if len(q.parts) == 1 {
		values, err := q.parts[0].run(e, q.orderBy)
		return &Rows{columns, values}, err
	}
	types := make([]typ, len(columns))
	for i, c := range columns {
		types[i] = typeOf(c)
	}
	var out [][]any
	for i, core := range q.parts {
		values, err := core.run(e, nil)
		if err != nil {
			return nil, err
		}
		if values, err = core.widen(e, values, types); err != nil {
			return nil, err
		}
		if i == 0 {
			out = values
		} else {
			out = combine(q.ops[i-1], out, values)
		}
	}
	if err := sortOutput(out, columns, q.orderBy); err != nil {
		return nil, err
	}
	return &Rows{columns, out}, nil
}

// widen converts the rows of one part to the types of the whole.
func (c *selectCore) widen(e *env, rows [][]any, types []typ) ([][]any, *Error) {
	from := e.st.shapes[c].types
	out := make([][]any, len(rows))
	for i, row := range rows {
		values := make([]value, len(row))
		for j, v := range row {
			values[j] = value{from[j], v}
			values[j].null = v == nil
		}
		var err *Error
		if out[i], err = convertRow(values, types); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// combine applies a set operator.
func combine(op string, a, b [][]any) [][]any {
	if op == "UNION ALL" {
		return append(a, b...)
	}
	if op == "UNION" {
		return distinctRows(append(a, b...))
	}
	in := map[string]bool{}
	for _, row := range b {
		in[rowKey(row)] = true
	}
	var out [][]any
	for _, row := range distinctRows(a) {
		if in[rowKey(row)] == (op == "INTERSECT") {
			out = append(out, row)
		}
	}
	return out
}

// with evaluates the common table expressions, each seeing those before it.
func (q *query) with(e *env) (*env, *Error) {
	if len(q.ctes) == 0 {
		return e, nil
	}
	out := *e
	for _, c := range q.ctes {
		rows, err := c.query.rows(&out)
		if err != nil {
			return nil, err
		}
		if rows, err = renamed(rows, c.columns, c.name); err != nil {
			return nil, err
		}
		out.ctes = &cteRows{c.name, rows, out.ctes}
	}
	return &out, nil
}
