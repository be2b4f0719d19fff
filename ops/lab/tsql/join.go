package tsql

import "strings"

// join is a JOIN b ON …, a CROSS JOIN b, or a CROSS or OUTER APPLY b.
type join struct {
	left, right source
	on          cond // nil: every pair
	hint        cond // the WHERE clause around a join without ON
	keepLeft    bool // LEFT JOIN, FULL JOIN, OUTER APPLY
	keepRight   bool // RIGHT JOIN, FULL JOIN
	apply       bool // the right side sees the row on the left
}

func (j *join) bind(e *env) (*relation, *Error) {
	left, err := j.left.bind(e)
	if err != nil {
		return nil, err
	}
	if j.apply {
		return j.applied(e, left)
	}
	right, err := j.right.bind(e)
	if err != nil {
		return nil, err
	}
	out := &relation{tables: beside(left, right)}
	s := &scope{outer: e.scope, tables: out.tables}
	if e.typing {
		if j.on != nil {
			_, err = j.on.test(e.in(s))
		}
		return out, err
	}
	out.rows, err = j.pairs(e.in(s), left, right)
	return out, err
}

// pairs are the combined rows for which ON holds, and the rows kept alone.
func (j *join) pairs(e *env, left, right *relation) ([][]any, *Error) {
	match := j.matcher(e, left, right)
	used := make([]bool, len(right.rows))
	var out [][]any
	for _, l := range left.rows {
		found := false
		candidates := match(l)
		if err := e.spend(len(candidates) + 1); err != nil {
			return nil, err
		}
		if err := hold(out); err != nil {
			return nil, err
		}
		for _, i := range candidates {
			row := wide(l, right.rows[i], left.width()+right.width())
			ok := isTrue
			if j.on != nil {
				var err *Error
				e.scope.row = row
				if ok, err = j.on.test(e); err != nil {
					return nil, err
				}
			}
			if ok == isTrue {
				found, used[i] = true, true
				out = append(out, row)
			}
		}
		if !found && j.keepLeft {
			out = append(out, wide(l, nil, left.width()+right.width()))
		}
	}
	if j.keepRight {
		for i, r := range right.rows {
			if !used[i] {
				out = append(out, wide(make([]any, left.width()), r, left.width()+right.width()))
			}
		}
	}
	return out, nil
}

// wide sets a and b side by side in a row of n columns; what is missing is NULL.
func wide(a, b []any, n int) []any {
	row := make([]any, 0, n)
	row = append(append(row, a...), b...)
	return row[:n]
}

// matcher gives the rows on the right that may belong to one on the left. An
// equality of two columns is looked up instead of tried row by row.
func (j *join) matcher(e *env, left, right *relation) func([]any) []int {
	l, r, ok := j.keys(e.scope, left.width())
	if !ok {
		every := make([]int, len(right.rows))
		for i := range every {
			every[i] = i
		}
		return func([]any) []int { return every }
	}
	index := map[any][]int{}
	for i, row := range right.rows {
		if k := hashKey(row[r]); k != nil {
			index[k] = append(index[k], i)
		}
	}
	return func(row []any) []int {
		if k := hashKey(row[l]); k != nil {
			return index[k]
		}
		return nil
	}
}

// keys finds an equality between a column of each side whose kinds hash alike.
func (j *join) keys(s *scope, width int) (left, right int, ok bool) {
	pending := []cond{j.on, j.hint}
	for len(pending) > 0 {
		c := pending[0]
		pending = pending[1:]
		if and, is := c.(*logical); is && !and.or {
			pending = append(pending, and.a, and.b)
		}
		eq, is := c.(*comparison)
		if !is || eq.op != "=" {
			continue
		}
		a, aok := eq.a.(*column)
		b, bok := eq.b.(*column)
		if !aok || !bok {
			continue
		}
		x, err1 := s.find(a)
		y, err2 := s.find(b)
		if err1 != nil || err2 != nil || x < 0 || y < 0 || !hashAlike(s.slot(x).kind, s.slot(y).kind) {
			continue
		}
		if x < width && y >= width {
			return x, y - width, true
		}
		if y < width && x >= width {
			return y, x - width, true
		}
	}
	return 0, 0, false
}

func hashAlike(a, b Kind) bool {
	return a.integer() && b.integer() || a == b && (a == NVarChar || a == UniqueIdentifier)
}

func hashKey(v any) any {
	if s, ok := v.(string); ok {
		return fold(strings.TrimRight(s, " "))
	}
	return v
}

// applied evaluates the right side once for every row on the left.
func (j *join) applied(e *env, left *relation) (*relation, *Error) {
	s := &scope{outer: e.scope, tables: left.tables, row: make([]any, left.width())}
	typing := *e.in(s)
	typing.typing = true
	shape, err := j.right.bind(&typing)
	if err != nil {
		return nil, err
	}
	out := &relation{tables: beside(left, shape)}
	if e.typing {
		return out, nil
	}
	n := left.width() + shape.width()
	for _, l := range left.rows {
		s.row = l
		right, err := j.right.bind(e.in(s))
		if err != nil {
			return nil, err
		}
		if err := e.spend(len(right.rows) + 1); err != nil {
			return nil, err
		}
		if err := hold(out.rows); err != nil {
			return nil, err
		}
		for _, r := range right.rows {
			out.rows = append(out.rows, wide(l, r, n))
		}
		if len(right.rows) == 0 && j.keepLeft {
			out.rows = append(out.rows, wide(l, nil, n))
		}
	}
	return out, nil
}
