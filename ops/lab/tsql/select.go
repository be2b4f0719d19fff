package tsql

import (
	"math"
)

// unit is what the select list is evaluated on: a row, or a group of rows.
type unit struct {
	row   []any
	group *group
}

// record is a row of the result with its sort keys, and what it came from.
type record struct {
	values []any
	keys   []value
	unit   unit
	index  int
}

// run gives the rows of the SELECT, sorted and cut by TOP.
func (c *selectCore) run(e *env, order []orderItem) ([][]any, *Error) {
	typing := *e
	typing.typing = true
	s, err := c.shape(&typing, order)
	if err != nil {
		return nil, err
	}
	inner, rows, err := c.open(e)
	if err != nil {
		return nil, err
	}
	if rows, err = c.filter(inner, rows); err != nil {
		return nil, err
	}
	if err := c.reads(inner, order, len(rows)); err != nil {
		return nil, err
	}
	units, err := c.units(inner, s, rows)
	if err != nil {
		return nil, err
	}
	if err := c.fillWindows(inner, units); err != nil {
		return nil, err
	}
	records, err := c.project(inner, s, units)
	if err != nil {
		return nil, err
	}
	if c.distinct {
		records = distinctRecords(records)
	}
	if err := sortRecords(records, s.order); err != nil {
		return nil, err
	}
	n, err := c.limit(e, len(records))
	if err != nil {
		return nil, err
	}
	out := make([][]any, n)
	for i, r := range records[:n] {
		if c.assigns() {
			if err := c.assign(inner, r); err != nil {
				return nil, err
			}
		}
		out[i] = r.values
	}
	return out, nil
}

// assigns reports whether the SELECT sets variables instead of giving rows.
func (c *selectCore) assigns() bool { return c.items[0].assign != "" }

// assign sets the variables from a row; a later row sees what an earlier one
// has set.
func (c *selectCore) assign(e *env, r record) *Error {
	r.enter(e)
	for _, item := range c.items {
		v, err := item.x.eval(e)
		if err != nil {
			return err
		}
		if err := e.frame.assign(item.assign, v); err != nil {
			return err
		}
	}
	return nil
}

// enter makes the row that the record came from the current one.
func (r *record) enter(e *env) {
	e.scope.row, e.scope.group, e.scope.index = r.unit.row, r.unit.group, r.index
}

func (c *selectCore) filter(e *env, rows [][]any) ([][]any, *Error) {
	if err := e.spend(len(rows)); err != nil || c.where == nil {
		return rows, err
	}
	var out [][]any
	for i, row := range rows {
		if i%1024 == 0 {
			if err := e.spend(0); err != nil {
				return nil, err
			}
		}
		e.scope.row = row
		ok, err := c.where.test(e)
		if err != nil {
			return nil, err
		}
		if ok == isTrue {
			out = append(out, row)
		}
	}
	return out, nil
}

// units are the rows themselves, or their groups in order of appearance. An
// aggregate without GROUP BY has one group even of no rows.
func (c *selectCore) units(e *env, s *shape, rows [][]any) ([]unit, *Error) {
	var out []unit
	if !c.grouped() {
		for _, row := range rows {
			out = append(out, unit{row: row})
		}
		return out, nil
	}
	groups := map[string]*group{}
	var list []*group
	if len(c.groupBy) == 0 {
		list = append(list, &group{rows: rows, keys: s.keys})
		rows = nil
	}
	for _, row := range rows {
		e.scope.row = row
		key := make([]any, len(c.groupBy))
		for i, x := range c.groupBy {
			v, err := x.eval(e)
			if err != nil {
				return nil, err
			}
			key[i] = v.v
		}
		k := rowKey(key)
		if groups[k] == nil {
			groups[k] = &group{keys: s.keys}
			list = append(list, groups[k])
		}
		groups[k].rows = append(groups[k].rows, row)
	}
	for _, g := range list {
		u := unit{row: make([]any, e.scope.width()), group: g}
		if len(g.rows) > 0 {
			u.row = g.rows[0]
		}
		e.scope.row, e.scope.group = u.row, g
		if c.having != nil {
			ok, err := c.having.test(e)
			if err != nil {
				return nil, err
			}
			if ok != isTrue {
				continue
			}
		}
		out = append(out, u)
	}
	return out, nil
}

// project evaluates the select list and the sort keys.
func (c *selectCore) project(e *env, s *shape, units []unit) ([]record, *Error) {
	out := make([]record, 0, len(units))
	for n, u := range units {
		if n%256 == 0 {
			if err := e.spend(0); err != nil {
				return nil, err
			}
		}
		r := record{unit: u, index: n, values: make([]any, len(s.exprs))}
		r.enter(e)
		if !c.assigns() {
			if err := r.fill(e, s); err != nil {
				return nil, err
			}
		}
		if err := r.sortBy(e, s); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// fill evaluates the select list on the current row.
func (r *record) fill(e *env, s *shape) *Error {
	for i, x := range s.exprs {
		v, err := x.eval(e)
		if err != nil {
			return err
		}
		if v.v != nil && v.kind != s.types[i].kind && !s.types[i].null {
			if v, err = convert(v, s.types[i]); err != nil {
				return err
			}
		}
		r.values[i] = v.v
	}
	return nil
}

// limit is the number of rows that TOP leaves of n.
func (c *selectCore) limit(e *env, n int) (int, *Error) {
	if c.top == nil {
		return n, nil
	}
	v, err := c.top.eval(e)
	if err != nil {
		return 0, err
	}
	f := v.float()
	if v.v == nil || f < 0 {
		return 0, syntax(1060, c.line, "The number of rows provided for a TOP or FETCH clauses row count parameter must be an integer.")
	}
	if c.percent {
		f = math.Ceil(f * float64(n) / 100)
	}
	return min(n, int(min(f, math.MaxInt32))), nil
}
