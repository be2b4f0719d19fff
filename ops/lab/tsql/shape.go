package tsql

import "strings"

// shape is what is known of a SELECT before its first row: the expressions of
// its result with stars expanded, their types, and its sort keys.
type shape struct {
	exprs   []expr
	columns []Column
	types   []typ
	order   []sortKey
	keys    map[int]bool // slots that GROUP BY allows outside aggregates
}

// slotRef is a column that a star stands for.
type slotRef int

func (x slotRef) eval(e *env) (value, *Error) { return e.scope.slot(int(x)), nil }

// shape binds all the names of the SELECT on a row of NULLs.
func (c *selectCore) shape(e *env, order []orderItem) (*shape, *Error) {
	if s := e.st.shapes[c]; s != nil {
		return s, nil
	}
	e, _, err := c.open(e)
	if err != nil {
		return nil, err
	}
	e.scope.row = make([]any, e.scope.width())
	out := &shape{}
	if err := c.bindRows(e, out); err != nil {
		return nil, err
	}
	for _, item := range c.items {
		if err := out.item(e, item); err != nil {
			return nil, err
		}
	}
	if out.order, err = c.sortKeys(e, out, order); err != nil {
		return nil, err
	}
	e.st.shapes[c] = out
	return out, nil
}

// open binds FROM and gives the environment of the SELECT's own scope.
func (c *selectCore) open(e *env) (*env, [][]any, *Error) {
	s := &scope{outer: e.scope}
	rows := [][]any{{}}
	if c.from != nil {
		r, err := c.from.bind(e)
		if err != nil {
			return nil, nil, err
		}
		s.tables, rows = r.tables, r.rows
	}
	return e.in(s), rows, nil
}

// bindRows checks WHERE, GROUP BY and HAVING.
func (c *selectCore) bindRows(e *env, out *shape) *Error {
	if c.where != nil {
		if _, err := c.where.test(e); binding(err) {
			return err
		}
	}
	if !c.grouped() {
		return nil
	}
	out.keys = map[int]bool{}
	for _, x := range c.groupBy {
		if _, err := x.eval(e); binding(err) {
			return err
		}
		col, plain := x.(*column)
		if !plain {
			out.keys = nil
			break
		}
		if slot, err := e.scope.find(col); err == nil && slot >= 0 {
			out.keys[slot] = true
		}
	}
	e.scope.group = &group{keys: out.keys}
	if c.having != nil {
		if _, err := c.having.test(e); binding(err) {
			return err
		}
	}
	return nil
}

func (c *selectCore) grouped() bool {
	return len(c.groupBy) > 0 || c.aggregated || c.having != nil
}

// item adds an expression, or the columns of a star.
func (s *shape) item(e *env, item selectItem) *Error {
	if item.star {
		return s.star(e, item)
	}
	v, err := item.x.eval(e)
	if binding(err) {
		if err.Line == 0 {
			err.Line = item.line
		}
		return err
	}
	if err != nil {
		v = null
	}
	name := item.alias
	if col, ok := item.x.(*column); ok && name == "" {
		name = col.name()
	}
	s.add(item.x, name, v.typ)
	return nil
}

func (s *shape) add(x expr, name string, t typ) {
	s.exprs = append(s.exprs, x)
	s.columns = append(s.columns, t.column(name))
	s.types = append(s.types, t)
}

func (s *shape) star(e *env, item selectItem) *Error {
	found := false
	for _, t := range e.scope.tables {
		if !t.named(item.of) {
			continue
		}
		found = true
		for i, col := range t.columns {
			x := slotRef(t.at + i)
			if e.scope.group != nil && e.scope.group.keys != nil && !e.scope.group.keys[int(x)] {
				return refuse(8120, "Column '%s' is invalid in the select list because it is not contained in either an aggregate function or the GROUP BY clause.", e.scope.qualify(int(x)))
			}
			s.add(x, col.Name, typeOf(col))
		}
	}
	switch {
	case found:
		return nil
	case len(item.of) > 0:
		return syntax(107, item.line, "The column prefix '%s' does not match with a table name or alias name used in the query.", strings.Join(item.of, "."))
	}
	return syntax(263, item.line, "Must specify table to select from.")
}

// binding reports whether an error met while typing is one of names or types.
// The others depend on the values, and there are none yet.
func binding(err *Error) bool {
	if err == nil {
		return false
	}
	switch err.Number {
	case 245, 241, 242, 248, 8134, 8114, 8115, 8169, 220, 512, 536, 537, 506:
		return false
	}
	return true
}
