package tsql

import (
	"encoding/hex"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// value is a Go value (see Kind) with its type; a nil v is NULL.
type value struct {
	typ
	v any
}

var null = value{typ: typ{kind: Int, null: true}}

func integer(n int) value { return value{typ{kind: Int}, int64(n)} }

func stringValue(s string) value { return value{text(max(utf8.RuneCountInString(s), 1)), s} }

// truth is the result of a condition: SQL knows a third.
type truth int8

const (
	isFalse truth = iota - 1
	unknown
	isTrue
)

func truthOf(b bool) truth {
	if b {
		return isTrue
	}
	return isFalse
}

// typed makes a value of what a host or a client gave: a Go value and its kind.
func typed(v any, kind Kind) value {
	out := value{typ{kind: kind}, v}
	switch s := v.(type) {
	case string:
		if kind == NVarChar {
			return stringValue(s)
		}
		if kind == Numeric {
			if _, scale, ok := strings.Cut(s, "."); ok {
				out.scale = len(scale)
			}
			out.size = maxPrecision
		}
	case nil:
		out.size = defaultSize(kind)
	}
	return out
}

func defaultSize(kind Kind) int {
	switch kind {
	case Numeric:
		return maxPrecision
	case NVarChar:
		return maxChars
	default:
		return 0
	}
}

// String is the value as CONVERT(nvarchar, …) without a style prints it.
func (v value) String() string {
	switch x := v.v.(type) {
	case string:
		return x
	case int64:
		return strconv.FormatInt(x, 10)
	case bool:
		if x {
			return "1"
		}
		return "0"
	case float64:
		return strconv.FormatFloat(x, 'g', 6, 64)
	case time.Time:
		return formatTime(x, 0)
	case [16]byte:
		return formatGUID(x)
	case []byte:
		return string(x)
	}
	return ""
}

// int is the value as an integer; ok is false for NULL and for other kinds.
func (v value) int() (int64, bool) {
	switch x := v.v.(type) {
	case int64:
		return x, true
	case bool:
		if x {
			return 1, true
		}
		return 0, true
	}
	return 0, false
}

// rat is the value as an exact number.
func (v value) rat() *big.Rat {
	if n, ok := v.int(); ok {
		return new(big.Rat).SetInt64(n)
	}
	switch x := v.v.(type) {
	case string:
		if r, ok := new(big.Rat).SetString(x); ok {
			return r
		}
	case float64:
		if r := new(big.Rat).SetFloat64(x); r != nil {
			return r
		}
	}
	return new(big.Rat)
}

func (v value) float() float64 {
	if f, ok := v.v.(float64); ok {
		return f
	}
	f, _ := v.rat().Float64()
	return f
}

func formatGUID(g [16]byte) string {
	h := strings.ToUpper(hex.EncodeToString(g[:]))
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

func parseGUID(s string) (g [16]byte, ok bool) {
	s = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(s), "{"), "}")
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return g, false
	}
	b, err := hex.DecodeString(strings.ReplaceAll(s, "-", ""))
	return g, err == nil && copy(g[:], b) == len(g)
}
