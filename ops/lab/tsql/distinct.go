package tsql

import (
	"fmt"
	"strings"
	"time"
)

// rowKey is equal for rows that SQL holds for equal.
func rowKey(row []any) string {
	var b strings.Builder
	for _, v := range row {
		switch x := v.(type) {
		case string:
			v = fold(strings.TrimRight(x, " "))
		case time.Time:
			v = x.UnixNano()
		}
		fmt.Fprintf(&b, "%T%v\x00", v, v)
	}
	return b.String()
}

func distinctRows(rows [][]any) [][]any {
	seen := map[string]bool{}
	var out [][]any
	for _, row := range rows {
		if k := rowKey(row); !seen[k] {
			seen[k] = true
			out = append(out, row)
		}
	}
	return out
}

func distinctRecords(records []record) []record {
	seen := map[string]bool{}
	var out []record
	for _, r := range records {
		if k := rowKey(r.values); !seen[k] {
			seen[k] = true
			out = append(out, r)
		}
	}
	return out
}
