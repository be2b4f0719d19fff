package tsql

import (
	"encoding/binary"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
)

var integerRange = map[Kind][2]int64{
	BigInt: {math.MinInt64, math.MaxInt64}, Int: {math.MinInt32, math.MaxInt32},
	SmallInt: {math.MinInt16, math.MaxInt16}, TinyInt: {0, math.MaxUint8},
}

func toInteger(v value, kind Kind) (any, *Error) {
	n := new(big.Int)
	switch x := v.v.(type) {
	case int64, bool:
		i, _ := v.int()
		n.SetInt64(i)
	case string:
		if v.kind == Numeric {
			r := v.rat()
			n.Quo(r.Num(), r.Denom())
			break
		}
		if s := strings.TrimSpace(x); s != "" {
			if _, ok := n.SetString(s, 10); !ok || strings.Contains(s, "_") {
				return nil, refuse(245, "Conversion failed when converting the nvarchar value '%s' to data type %s.", clip(x, maxIdentifier), kind)
			}
		}
	case float64:
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return nil, overflow(kind)
		}
		new(big.Float).SetFloat64(x).Int(n)
	case []byte:
		var b [8]byte
		if len(x) > 8 {
			x = x[len(x)-8:]
		}
		copy(b[8-len(x):], x)
		n.SetInt64(int64(binary.BigEndian.Uint64(b[:])))
	case time.Time:
		n.SetInt64(int64(math.Floor(days(x))))
	default:
		return nil, clash(v.kind, kind)
	}
	limits := integerRange[kind]
	if v.kind.integer() && (kind == TinyInt || kind == SmallInt) && (n.Int64() < limits[0] || n.Int64() > limits[1]) {
		return nil, refuse(220, "Arithmetic overflow error for data type %s, value = %s.", kind, n)
	}
	if !n.IsInt64() || n.Int64() < limits[0] || n.Int64() > limits[1] {
		if v.kind == NVarChar {
			return nil, refuse(248, "The conversion of the nvarchar value '%s' overflowed an int column.", clip(v.String(), maxIdentifier))
		}
		return nil, overflow(kind)
	}
	return n.Int64(), nil
}

func overflow(kind Kind) *Error {
	return refuse(8115, "Arithmetic overflow error converting expression to data type %s.", kind)
}

func toBit(v value) (any, *Error) {
	if v.kind == NVarChar {
		switch strings.ToLower(strings.TrimSpace(v.String())) {
		case "true":
			return true, nil
		case "false":
			return false, nil
		}
	}
	if v.kind == Real || v.kind == Float || v.kind == Numeric {
		return v.rat().Sign() != 0, nil
	}
	n, err := toInteger(v, BigInt)
	if err != nil {
		if err.Number == 245 {
			err = refuse(245, "Conversion failed when converting the nvarchar value '%s' to data type bit.", clip(v.String(), maxIdentifier))
		}
		return nil, err
	}
	return n.(int64) != 0, nil
}

func toFloat(v value, kind Kind) (any, *Error) {
	switch x := v.v.(type) {
	case string:
		f, err := strconv.ParseFloat(strings.TrimSpace(x), 64)
		if err != nil || strings.ContainsAny(x, "iInNxX_") {
			return nil, refuse(8114, "Error converting data type %s to %s.", v.kind, kind)
		}
		return f, nil
	case int64, bool, float64:
		return v.float(), nil
	case time.Time:
		return days(x), nil
	}
	return nil, clash(v.kind, kind)
}

// toNumeric rounds to the scale of t and refuses what its precision cannot hold.
func toNumeric(v value, t typ) (any, *Error) {
	switch x := v.v.(type) {
	case string:
		// SetString would take fractions, hexadecimal and huge exponents.
		if strings.Trim(strings.TrimSpace(x), "+-0123456789.") != "" || len(x) > 2*maxPrecision {
			return nil, refuse(8114, "Error converting data type %s to numeric.", v.kind)
		}
		if _, ok := new(big.Rat).SetString(strings.TrimSpace(x)); !ok {
			return nil, refuse(8114, "Error converting data type %s to numeric.", v.kind)
		}
		v.v = strings.TrimSpace(x)
	case int64, bool, float64:
	default:
		return nil, clash(v.kind, Numeric)
	}
	s := v.rat().FloatString(t.scale)
	precision := t.size
	if precision == 0 {
		precision = maxPrecision
	}
	if digits := len(strings.TrimLeft(strings.ReplaceAll(strings.TrimPrefix(s, "-"), ".", ""), "0")); digits > precision {
		return nil, refuse(8115, "Arithmetic overflow error converting %s to data type numeric.", v.kind)
	}
	return s, nil
}
