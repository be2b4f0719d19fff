package tsql

import (
	"context"
	"strings"
)

// localTable is a table variable or a temporary table.
type localTable struct{ Rows }

func isLocalTable(name string) bool {
	return strings.HasPrefix(name, "#") || strings.HasPrefix(name, "@")
}

// table finds a table variable or temporary table.
func (f *frame) table(name string) (*localTable, *Error) {
	t := f.find(name)
	if t == nil {
		return nil, refuse(208, "Invalid object name '%s'.", name)
	}
	return t, nil
}

// find gives a table of the session by its name, or nil.
func (f *frame) find(name string) *localTable {
	if strings.HasPrefix(name, "@") {
		return f.tables[fold(name)]
	}
	return f.s.temp[fold(name)]
}

// createTable makes a temporary table with the rows it begins with.
func (f *frame) createTable(name string, rows *Rows) *Error {
	if !strings.HasPrefix(name, "#") {
		return &Error{Number: 262, State: 1, Class: 14, Message: "CREATE TABLE permission denied in database '" + f.s.host.Database() + "'."}
	}
	if f.s.temp[fold(name)] != nil {
		err := refuse(2714, "There is already an object named '%s' in the database.", name)
		err.State = 6
		return err
	}
	for i, c := range rows.Columns {
		if c.Name == "" {
			return refuse(1038, "An object or column name is missing or empty. For SELECT INTO statements, verify each column has a name (column %d).", i+1)
		}
	}
	f.s.temp[fold(name)] = &localTable{Rows{Columns: rows.Columns, Values: append([][]any{}, rows.Values...)}}
	return nil
}

// insert adds rows, converted to the types of the columns.
func (t *localTable) insert(names []string, rows *Rows) *Error {
	targets, err := t.targets(names)
	if err != nil {
		return err
	}
	if len(targets) != len(rows.Columns) && len(rows.Columns) > 0 {
		return refuse(213, "Column name or number of supplied values does not match table definition.")
	}
	if len(t.Values)+len(rows.Values) > maxRows {
		return tooBig()
	}
	var added [][]any
	for _, row := range rows.Values {
		out := make([]any, len(t.Columns))
		for i, at := range targets {
			v, err := convert(value{typeOf(rows.Columns[i]), row[i]}, typeOf(t.Columns[at]))
			if err != nil {
				return err
			}
			out[at] = v.v
		}
		added = append(added, out)
	}
	t.Values = append(t.Values, added...)
	return nil
}

// targets are the positions of named columns; no names: all of them.
func (t *localTable) targets(names []string) ([]int, *Error) {
	var out []int
	if names == nil {
		for i := range t.Columns {
			out = append(out, i)
		}
		return out, nil
	}
	for _, name := range names {
		at := -1
		for i, c := range t.Columns {
			if strings.EqualFold(c.Name, name) {
				at = i
			}
		}
		if at < 0 {
			return nil, refuse(207, "Invalid column name '%s'.", name)
		}
		out = append(out, at)
	}
	return out, nil
}

func (t *localTable) delete(match func([]Column, []any) bool) int {
	var kept [][]any
	for _, row := range t.Values {
		if !match(t.Columns, row) {
			kept = append(kept, row)
		}
	}
	n := len(t.Values) - len(kept)
	t.Values = kept
	return n
}

// collector is the Output of an EXEC whose rows go into a table.
type collector struct {
	Output
	rows *Rows
	err  *Error
}

// Rows keeps a result set instead of sending it.
func (c *collector) Rows(rows *Rows) {
	switch {
	case c.rows == nil:
		c.rows = &Rows{Columns: rows.Columns, Values: append([][]any{}, rows.Values...)}
	case len(c.rows.Columns) != len(rows.Columns):
		c.err = refuse(213, "Column name or number of supplied values does not match table definition.")
	case len(c.rows.Values)+len(rows.Values) > maxRows:
		c.err = tooBig()
	default:
		c.rows.Values = append(c.rows.Values, rows.Values...)
	}
}

// Done is not sent: the INSERT has one of its own.
func (c *collector) Done(int, bool) {}

// Returned is not sent either.
func (c *collector) Returned(int) {}

// collect runs an EXEC for its rows.
func (f *frame) collect(ctx context.Context, st stmt) (*Rows, flow, *Error) {
	c := &collector{Output: f.out}
	outer := f.out
	f.out = c
	how, err := f.run(ctx, st)
	f.out = outer
	if err == nil {
		err = c.err
	}
	if c.rows == nil {
		c.rows = &Rows{} // an EXEC without a result set adds nothing
	}
	return c.rows, how, err
}
