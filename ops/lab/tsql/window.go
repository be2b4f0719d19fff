package tsql

// window is a ranking function or an aggregate with OVER (…). Its values are
// computed for all the rows before the select list is.
type window struct {
	name        string // ROW_NUMBER, RANK, DENSE_RANK; or:
	aggregate   *aggregate
	partitionBy []expr
	orderBy     []orderItem
}

var rankings = words("ROW_NUMBER RANK DENSE_RANK")

func (w *window) eval(e *env) (value, *Error) {
	if e.typing {
		return w.shape(e)
	}
	if values := e.scope.windows[w]; e.scope.index < len(values) {
		return values[e.scope.index], nil
	}
	return value{}, syntax(4108, 0, "Windowed functions can only appear in the SELECT or ORDER BY clauses.")
}

func (w *window) shape(e *env) (value, *Error) {
	list := append([]expr{}, w.partitionBy...)
	for _, item := range w.orderBy {
		list = append(list, item.x)
	}
	for _, x := range list {
		if _, err := x.eval(e); err != nil {
			return value{}, err
		}
	}
	if w.aggregate != nil {
		return w.aggregate.shape(e)
	}
	return value{typ: typ{kind: BigInt}}, nil
}

// fillWindows computes the window functions of the SELECT over its rows.
func (c *selectCore) fillWindows(e *env, units []unit) *Error {
	if len(c.windows) == 0 {
		return nil
	}
	filled := map[*window][]value{}
	for _, w := range c.windows {
		values, err := w.fill(e, units)
		if err != nil {
			return err
		}
		filled[w] = values
	}
	e.scope.windows = filled
	return nil
}

func (w *window) fill(e *env, units []unit) ([]value, *Error) {
	out := make([]value, len(units))
	var partitions []string
	members := map[string][]record{}
	for n, u := range units {
		r := record{unit: u, index: n}
		r.enter(e)
		key := make([]any, len(w.partitionBy))
		for i, x := range w.partitionBy {
			v, err := x.eval(e)
			if err != nil {
				return nil, err
			}
			key[i] = v.v
		}
		for _, item := range w.orderBy {
			v, err := item.x.eval(e)
			if err != nil {
				return nil, err
			}
			r.keys = append(r.keys, v)
		}
		k := rowKey(key)
		if members[k] == nil {
			partitions = append(partitions, k)
		}
		members[k] = append(members[k], r)
	}
	for _, k := range partitions {
		if err := w.partition(e, members[k], out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// partition ranks the rows of one partition, or gives each the aggregate of all.
func (w *window) partition(e *env, records []record, out []value) *Error {
	if w.aggregate != nil {
		rows := make([][]any, len(records))
		for i, r := range records {
			rows[i] = r.unit.row
		}
		e.scope.group = nil
		total, err := w.aggregate.over(e, rows)
		for _, r := range records {
			out[r.index] = total
		}
		return err
	}
	order := make([]sortKey, len(w.orderBy))
	for i, item := range w.orderBy {
		order[i].descending = item.descending
	}
	if err := sortRecords(records, order); err != nil {
		return err
	}
	rank, dense := 0, 0
	for i, r := range records {
		if i == 0 || !sameKeys(records[i-1].keys, r.keys) {
			rank, dense = i+1, dense+1
		}
		n := map[string]int{"ROW_NUMBER": i + 1, "RANK": rank, "DENSE_RANK": dense}[w.name]
		out[r.index] = value{typ{kind: BigInt}, int64(n)}
	}
	return nil
}

func sameKeys(a, b []value) bool {
	for i := range a {
		if n, err := sortCompare(a[i], b[i]); err != nil || n != 0 {
			return false
		}
	}
	return true
}
