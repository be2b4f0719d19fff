package world

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/world/media"
)

// table is a result set under construction.
type table struct{ *tsql.Rows }

var kinds = map[string]tsql.Kind{
	"nvarchar": tsql.NVarChar, "int": tsql.Int, "bigint": tsql.BigInt, "smallint": tsql.SmallInt, "tinyint": tsql.TinyInt,
	"bit": tsql.Bit, "datetime": tsql.DateTime, "numeric": tsql.Numeric, "uniqueidentifier": tsql.UniqueIdentifier,
	"varbinary": tsql.VarBinary, "real": tsql.Real, "float": tsql.Float,
}

// newTable reads its columns as a CREATE TABLE would list them:
// "name sysname, database_id int".
func newTable(columns string) table {
	t := table{&tsql.Rows{}}
	for _, c := range strings.Split(columns, ",") {
		name, kind, ok := strings.Cut(strings.TrimSpace(c), " ")
		if !ok {
			panic("world: column without a type: " + c)
		}
		t.Columns = append(t.Columns, column(name, kind))
	}
	return t
}

func column(name, kind string) tsql.Column {
	if kind == "sysname" {
		kind = "nvarchar(128)"
	}
	kind, size, _ := strings.Cut(strings.TrimSuffix(kind, ")"), "(")
	k, ok := kinds[kind]
	if !ok {
		panic(fmt.Sprintf("world: column %s has the unknown type %s", name, kind))
	}
	n, _ := strconv.Atoi(size) // none, or max: 0
	return tsql.Column{Name: name, Kind: k, Size: n}
}

// add appends a row of plain Go values.
func (t table) add(values ...any) {
	if len(values) != len(t.Columns) {
		panic(fmt.Sprintf("world: %d values for %d columns (%s …)", len(values), len(t.Columns), t.Columns[0].Name))
	}
	row := make([]any, len(values))
	for n, v := range values {
		row[n] = value(v)
	}
	t.Values = append(t.Values, row)
}

// value turns a Go value into one a column can hold; what is empty is NULL.
func value(v any) any {
	switch v := v.(type) {
	case int:
		return int64(v)
	case media.LSN:
		return v.Value()
	case media.GUID:
		return v.Value()
	case time.Time:
		if v.IsZero() {
			return nil
		}
		return v.Truncate(10 * time.Millisecond)
	}
	return v
}

// without drops columns that a release does not have.
func (t table) without(names ...string) {
	for n := len(t.Columns) - 1; n >= 0; n-- {
		if !slices.Contains(names, t.Columns[n].Name) {
			continue
		}
		t.Columns = slices.Delete(t.Columns, n, n+1)
		for r := range t.Values {
			t.Values[r] = slices.Delete(t.Values[r], n, n+1)
		}
	}
}

// orNull is a string column's value; empty is NULL.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// digits is a number for a numeric column.
func digits(n int64) string { return strconv.FormatInt(n, 10) }
