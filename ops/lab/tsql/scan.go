package tsql

import "slices"

// Padded is what a Host may implement too: tables that have many more rows than the
// lab keeps. It names the columns that an index leads with, and is told how a query
// gets at the table: from a value of such a column on, or over all rows of it.
type Padded interface {
	Indexed(parts []string) []string
	Seek(parts []string, from any)
	Scan(parts []string) *Error
}

// reads tells the host how the query gets at its tables. Found is how many rows came
// of it: a search from the end of an index stops at the first.
func (c *selectCore) reads(e *env, order []orderItem, found int) *Error {
	host, ok := e.frame.s.host.(Padded)
	if !ok || c.from == nil {
		return nil
	}
	tables, conds := leaves(c.from, conjuncts(c.where))
	for n, t := range tables {
		keys := host.Indexed(t.parts)
		if keys == nil {
			continue
		}
		if c.where == nil && c.keyOnly(keys) {
			continue // an end of the index
		}
		if from, ok := seek(e, tables, n, keys, conds); ok {
			host.Seek(t.parts, from)
			continue
		}
		if c.top != nil && len(order) > 0 && order[0].descending && found > 0 {
			continue
		}
		if err := host.Scan(t.parts); err != nil {
			return err
		}
	}
	return nil
}

// keyOnly reports whether all that is asked for is the least or the greatest key.
func (c *selectCore) keyOnly(keys []string) bool {
	for _, item := range c.items {
		a, ok := item.x.(*aggregate)
		if !ok || a.name != "MIN" && a.name != "MAX" {
			return false
		}
		col, ok := a.x.(*column)
		if !ok || !slices.Contains(keys, fold(col.name())) {
			return false
		}
	}
	return true
}

// leaves are the tables of a FROM clause, and all conditions that must hold.
func leaves(from source, conds []cond) ([]*tableSource, []cond) {
	switch s := from.(type) {
	case *tableSource:
		return []*tableSource{s}, conds
	case *join:
		left, conds := leaves(s.left, append(conds, conjuncts(s.on)...))
		right, conds := leaves(s.right, conds)
		return append(left, right...), conds
	}
	return nil, conds
}

func conjuncts(c cond) []cond {
	if and, ok := c.(*logical); ok && !and.or {
		return append(conjuncts(and.a), conjuncts(and.b)...)
	}
	if c == nil {
		return nil
	}
	return []cond{c}
}

// seek looks for a condition that an index answers: a key that equals something, or
// is beyond it. The other side may be a column of the tables before, or from outside.
func seek(e *env, tables []*tableSource, n int, keys []string, conds []cond) (from any, ok bool) {
	t := tables[n]
	for _, c := range conds {
		x, is := c.(*comparison)
		if !is || x.op != "=" && x.op != ">=" && x.op != ">" {
			continue
		}
		for _, pair := range [][2]expr{{x.a, x.b}, {x.b, x.a}} {
			col, is := pair[0].(*column)
			if !is || !slices.Contains(keys, fold(col.name())) || len(col.parts) > 1 && fold(col.parts[len(col.parts)-2]) != t.called() {
				continue
			}
			if other, is := pair[1].(*column); is {
				if x.op == "=" && len(other.parts) > 1 && (of(other, tables[:n]) || !of(other, tables)) {
					return nil, true
				}
				continue
			}
			if x.op == "=" {
				return nil, true
			}
			if v, err := pair[1].eval(e); err == nil && pair[0] == x.a {
				return v.v, true
			}
		}
	}
	return nil, false
}

// of reports whether a column with its table's name is of one of the tables; else it
// comes from the query around.
func of(col *column, tables []*tableSource) bool {
	return slices.ContainsFunc(tables, func(t *tableSource) bool { return fold(col.parts[len(col.parts)-2]) == t.called() })
}

// called is the name by which the query knows the table.
func (s *tableSource) called() string {
	if s.alias != "" {
		return fold(s.alias)
	}
	return fold(s.parts[len(s.parts)-1])
}
