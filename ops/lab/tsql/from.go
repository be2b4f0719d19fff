package tsql

// source is something in a FROM clause.
type source interface {
	// bind reads the source. In typing only its columns matter.
	bind(e *env) (*relation, *Error)
}

// relation is a bound source: its tables side by side, and their rows.
type relation struct {
	tables []boundTable
	rows   [][]any
}

func (r *relation) width() int { return (&scope{tables: r.tables}).width() }

// named makes a relation of one table.
func named(names []string, rows *Rows) *relation {
	return &relation{[]boundTable{{names: names, columns: rows.Columns}}, rows.Values}
}

// beside puts the tables of b after those of a.
func beside(a, b *relation) []boundTable {
	out := append([]boundTable{}, a.tables...)
	for _, t := range b.tables {
		t.at += a.width()
		out = append(out, t)
	}
	return out
}

// tableSource is a view, a table, a CTE, @table or #table.
type tableSource struct {
	parts []string
	alias string
	line  int32
}

func (s *tableSource) bind(e *env) (*relation, *Error) {
	names := s.parts
	if s.alias != "" {
		names = []string{s.alias}
	}
	rows, err := s.read(e)
	if err != nil {
		if err.Line == 0 {
			err.Line = s.line
		}
		return nil, err
	}
	return named(names, rows), nil
}

func (s *tableSource) read(e *env) (*Rows, *Error) {
	name := s.parts[len(s.parts)-1]
	if len(s.parts) == 1 {
		for c := e.ctes; c != nil; c = c.outer {
			if fold(c.name) == fold(name) {
				return c.rows, nil
			}
		}
	}
	if isLocalTable(name) {
		rows, err := e.frame.table(name)
		if err != nil {
			return nil, err
		}
		return &rows.Rows, nil
	}
	return e.view(s.parts)
}

// derivedTable is (SELECT …) AS alias (columns).
type derivedTable struct {
	query   *query
	alias   string
	columns []string
}

func (s *derivedTable) bind(e *env) (*relation, *Error) {
	rows, err := s.query.rows(e)
	if err != nil {
		return nil, err
	}
	rows, err = renamed(rows, s.columns, s.alias)
	if err != nil {
		return nil, err
	}
	return named([]string{s.alias}, rows), nil
}

// renamed gives the columns of a derived table or CTE the names listed for it.
func renamed(rows *Rows, names []string, alias string) (*Rows, *Error) {
	out := &Rows{Columns: append([]Column{}, rows.Columns...), Values: rows.Values}
	if len(names) > 0 && len(names) != len(out.Columns) {
		return nil, refuse(8158, "'%s' has more columns than were specified in the column list.", alias)
	}
	for i := range out.Columns {
		if len(names) > 0 {
			out.Columns[i].Name = names[i]
		}
		if out.Columns[i].Name == "" {
			return nil, refuse(8155, "No column name was specified for column %d of '%s'.", i+1, alias)
		}
	}
	return out, nil
}

// valuesTable is (VALUES (…), (…)) AS alias (columns).
type valuesTable struct {
	rows    [][]expr
	alias   string
	columns []string
}

func (s *valuesTable) bind(e *env) (*relation, *Error) {
	rows, err := valueRows(e, s.rows)
	if err != nil {
		return nil, err
	}
	if rows, err = renamed(rows, s.columns, s.alias); err != nil {
		return nil, err
	}
	return named([]string{s.alias}, rows), nil
}

// valueRows evaluates rows of expressions to columns of one type each.
func valueRows(e *env, list [][]expr) (*Rows, *Error) {
	types := make([]typ, len(list[0]))
	for i := range types {
		types[i] = null.typ
	}
	var rows [][]value
	for _, exprs := range list {
		if len(exprs) != len(types) {
			return nil, refuse(10709, "The number of columns for each row in a table value constructor must be the same.")
		}
		row := make([]value, len(exprs))
		for i, x := range exprs {
			v, err := x.eval(e)
			if err != nil {
				return nil, err
			}
			row[i], types[i] = v, promote(types[i], v.typ)
		}
		rows = append(rows, row)
	}
	out := &Rows{}
	for _, t := range types {
		out.Columns = append(out.Columns, t.column(""))
	}
	for _, row := range rows {
		values, err := convertRow(row, types)
		if err != nil {
			return nil, err
		}
		out.Values = append(out.Values, values)
	}
	return out, nil
}

func convertRow(row []value, types []typ) ([]any, *Error) {
	out := make([]any, len(row))
	for i, v := range row {
		c, err := convert(v, types[i])
		if err != nil {
			return nil, err
		}
		out[i] = c.v
	}
	return out, nil
}
