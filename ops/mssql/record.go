package mssql

import (
	"database/sql"
	"fmt"
	"strings"
	"time"

	mssql "github.com/microsoft/go-mssqldb"

	"pchatops/ops/chain"
)

// What a server may send: more than any honest answer, less than what hurts.
const (
	maxRows = 200_000
	maxText = 8 << 10
)

// record is one row by column name. Columns are found by name because their
// number and order differ between versions.
type record map[string]any

// records reads all result sets of a reply to its end, one after the other: a
// reply that is left half read would be cancelled by the driver, and errors
// that follow the rows would be missed.
func records(rows *sql.Rows) ([]record, error) {
	var out []record
	for {
		types, err := rows.ColumnTypes()
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			if len(out) == maxRows {
				return nil, fmt.Errorf("the reply has more than %d rows", maxRows)
			}
			r, err := scan(rows, types)
			if err != nil {
				return nil, err
			}
			out = append(out, r)
		}
		if !rows.NextResultSet() {
			return out, rows.Err()
		}
	}
}

func scan(rows *sql.Rows, types []*sql.ColumnType) (record, error) {
	values, into := make([]any, len(types)), make([]any, len(types))
	for i := range values {
		into[i] = &values[i]
	}
	if err := rows.Scan(into...); err != nil {
		return nil, err
	}
	r := make(record, len(types))
	for i, t := range types {
		r[strings.ToLower(t.Name())] = plain(values[i], t.DatabaseTypeName())
	}
	return r, nil
}

// plain makes text of what the driver gives as bytes: exact numbers and GUIDs.
func plain(v any, kind string) any {
	b, ok := v.([]byte)
	if !ok {
		return v
	}
	if kind == "UNIQUEIDENTIFIER" {
		var id mssql.UniqueIdentifier
		if id.Scan(b) != nil {
			return nil
		}
		return id.String()
	}
	return string(b)
}

// text gives a column as text without the padding of char columns.
func (r record) text(column string) string {
	s, _ := r[column].(string)
	return strings.TrimRight(s[:min(len(s), maxText)], " \x00")
}

// bytes gives a column of bytes.
func (r record) bytes(column string) []byte {
	s, _ := r[column].(string)
	return []byte(s)
}

// int gives a whole number, or missing for NULL and for what is none.
func (r record) int(column string, missing int64) int64 {
	switch v := r[column].(type) {
	case int64:
		return v
	case bool:
		if v {
			return 1
		}
		return 0
	}
	return missing
}

func (r record) is(column string) bool { return r.int(column, 0) != 0 }

// percent gives how much of a request is done, 0 where the server does not tell.
func (r record) percent() float64 {
	f, _ := r["percent_complete"].(float64)
	return f
}

func (r record) time(column string) time.Time {
	t, _ := r[column].(time.Time)
	return t
}

// minutes and seconds give a span, or -1 for NULL.
func (r record) minutes(column string) time.Duration { return r.span(column, time.Minute) }
func (r record) seconds(column string) time.Duration { return r.span(column, time.Second) }

func (r record) span(column string, unit time.Duration) time.Duration {
	if n := r.int(column, -1); n >= 0 {
		return time.Duration(n) * unit
	}
	return -1
}

// lsn gives a numeric(25,0); what is none is unknown.
func (r record) lsn(column string) chain.LSN {
	l, err := chain.ParseLSN(r.text(column))
	if err != nil {
		return chain.LSN{}
	}
	return l
}
