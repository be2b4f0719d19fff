package tsql

import (
	"sort"
	"strings"
)

// sortKey sorts by a column of the result, or by an expression of its own.
type sortKey struct {
	output     int // -1: x
	x          expr
	descending bool
}

// sortKeys resolves ORDER BY: a position, a name of the result, or an
// expression on the rows.
func (c *selectCore) sortKeys(e *env, s *shape, order []orderItem) ([]sortKey, *Error) {
	var out []sortKey
	for i, item := range order {
		n, err := outputColumn(item.x, s.columns, i)
		if err != nil {
			return nil, err
		}
		if c.assigns() {
			n = -1 // variables are set after sorting
		} else if n < 0 {
			if n = s.same(e, item.x); n < 0 && c.distinct {
				return nil, syntax(145, c.line, "ORDER BY items must appear in the select list if SELECT DISTINCT is specified.")
			}
		}
		if n < 0 {
			if _, err := item.x.eval(e); binding(err) {
				return nil, err
			}
		}
		out = append(out, sortKey{n, item.x, item.descending})
	}
	return out, nil
}

// same finds the result column that is the same column of a table as x.
func (s *shape) same(e *env, x expr) int {
	col, ok := x.(*column)
	if !ok {
		return -1
	}
	slot, err := e.scope.find(col)
	for i, candidate := range s.exprs {
		if ref, ok := candidate.(slotRef); ok && err == nil && int(ref) == slot {
			return i
		}
		if other, ok := candidate.(*column); ok && err == nil {
			if at, err := e.scope.find(other); err == nil && at == slot && slot >= 0 {
				return i
			}
		}
	}
	return -1
}

// outputColumn is the result column that an ORDER BY item names, or -1.
func outputColumn(x expr, columns []Column, item int) (int, *Error) {
	switch x := x.(type) {
	case *literal:
		n, ok := x.value.int()
		if !ok {
			return 0, syntax(408, 0, "A constant expression was encountered in the ORDER BY list, position %d.", item+1)
		}
		if n < 1 || n > int64(len(columns)) {
			return 0, syntax(108, 0, "The ORDER BY position number %d is out of range of the number of items in the select list.", n)
		}
		return int(n - 1), nil
	case *column:
		if len(x.parts) > 1 {
			return -1, nil
		}
		for i, c := range columns {
			if strings.EqualFold(c.Name, x.name()) {
				return i, nil
			}
		}
	}
	return -1, nil
}

// sortBy evaluates the keys of a record on the current row.
func (r *record) sortBy(e *env, s *shape) *Error {
	for _, key := range s.order {
		if key.output >= 0 {
			r.keys = append(r.keys, value{s.types[key.output], r.values[key.output]})
			continue
		}
		v, err := key.x.eval(e)
		if err != nil {
			return err
		}
		r.keys = append(r.keys, v)
	}
	return nil
}

func sortRecords(records []record, order []sortKey) *Error {
	if len(order) == 0 {
		return nil
	}
	var failed *Error
	sort.SliceStable(records, func(i, j int) bool {
		for k, key := range order {
			n, err := sortCompare(records[i].keys[k], records[j].keys[k])
			if err != nil {
				failed = err
			}
			if n != 0 {
				return n < 0 != key.descending
			}
		}
		return false
	})
	return failed
}

// sortCompare puts NULL before everything else.
func sortCompare(a, b value) (int, *Error) {
	switch {
	case a.v == nil && b.v == nil:
		return 0, nil
	case a.v == nil:
		return -1, nil
	case b.v == nil:
		return 1, nil
	}
	return compare(a, b)
}

// sortOutput sorts the rows of a union, which only its own columns can do.
func sortOutput(rows [][]any, columns []Column, order []orderItem) *Error {
	var keys []sortKey
	for i, item := range order {
		n, err := outputColumn(item.x, columns, i)
		if err != nil {
			return err
		}
		if n < 0 {
			return syntax(104, 0, "ORDER BY items must appear in the select list if the statement contains a UNION, INTERSECT or EXCEPT operator.")
		}
		keys = append(keys, sortKey{output: n, descending: item.descending})
	}
	records := make([]record, len(rows))
	for i, row := range rows {
		records[i].values = row
		for _, k := range keys {
			records[i].keys = append(records[i].keys, value{typeOf(columns[k.output]), row[k.output]})
		}
	}
	if err := sortRecords(records, keys); err != nil {
		return err
	}
	for i, r := range records {
		rows[i] = r.values
	}
	return nil
}
