package tsql

import (
	"bytes"
	"cmp"
	"strings"
	"time"
)

// compare orders two values that are not NULL, by T-SQL's rules of precedence.
func compare(a, b value) (int, *Error) {
	if a.kind == NVarChar && b.kind == NVarChar {
		return compareText(a, b), nil
	}
	t := promote(a.typ, b.typ)
	if t.kind == Numeric || t.kind.integer() {
		// Exact numbers of any size compare without rounding either.
		t.size, t.scale = maxPrecision, max(a.scale, b.scale)
	}
	a, err := convert(a, t)
	if err != nil {
		return 0, err
	}
	if b, err = convert(b, t); err != nil {
		return 0, err
	}
	switch x := a.v.(type) {
	case int64:
		return cmp.Compare(x, b.v.(int64)), nil
	case float64:
		return cmp.Compare(x, b.v.(float64)), nil
	case time.Time:
		return x.Compare(b.v.(time.Time)), nil
	case [16]byte:
		y := b.v.([16]byte)
		return bytes.Compare(x[:], y[:]), nil
	case []byte:
		return bytes.Compare(x, b.v.([]byte)), nil
	case bool:
		m, _ := a.int()
		n, _ := b.int()
		return cmp.Compare(m, n), nil
	}
	if t.kind == Numeric {
		return a.rat().Cmp(b.rat()), nil
	}
	return compareText(a, b), nil
}

// compareText compares as the server's collation does: case and trailing
// blanks count for nothing.
func compareText(a, b value) int {
	x, y := strings.TrimRight(a.v.(string), " "), strings.TrimRight(b.v.(string), " ")
	if a.exact || b.exact {
		return strings.Compare(x, y)
	}
	return strings.Compare(fold(x), fold(y))
}

func fold(s string) string { return strings.ToLower(s) }
