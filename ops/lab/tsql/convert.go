package tsql

import (
	"encoding/binary"
	"encoding/hex"
	"strings"
	"time"
	"unicode/utf8"
)

// maxPrecision is the most digits a numeric holds.
const maxPrecision = 38

// convert gives v as a value of type t, as an implicit conversion, CAST or an
// assignment does.
func convert(v value, t typ) (value, *Error) {
	if v.v == nil || t.null || t.base == "sql_variant" {
		if v.v != nil {
			return v, nil
		}
		t.null = false
		return value{typ: t}, nil
	}
	out := value{typ: t}
	var err *Error
	switch t.kind {
	case NVarChar:
		out.v = fit(v.String(), t)
	case Int, BigInt, SmallInt, TinyInt:
		out.v, err = toInteger(v, t.kind)
	case Bit:
		out.v, err = toBit(v)
	case Real, Float:
		out.v, err = toFloat(v, t.kind)
	case Numeric:
		out.v, err = toNumeric(v, t)
	case DateTime:
		out.v, err = toTime(v, t)
	case UniqueIdentifier:
		out.v, err = toGUID(v)
	case VarBinary:
		out.v = toBinary(v, t)
	}
	return out, err
}

// fit cuts or pads a string to a type's size.
func fit(s string, t typ) string {
	if t.size == 0 {
		return s
	}
	n := utf8.RuneCountInString(s)
	if n > t.size {
		return clip(s, t.size)
	}
	if t.fixed() {
		return s + strings.Repeat(" ", t.size-n)
	}
	return s
}

func clash(from, to Kind) *Error {
	return refuse(206, "Operand type clash: %s is incompatible with %s", from, to)
}

func toGUID(v value) (any, *Error) {
	switch x := v.v.(type) {
	case [16]byte:
		return x, nil
	case string:
		if g, ok := parseGUID(x); ok && v.kind == NVarChar {
			return g, nil
		}
		return nil, refuse(8169, "Conversion failed when converting from a character string to uniqueidentifier.")
	case []byte:
		var g [16]byte
		copy(g[:], x)
		return SwapGUID(g), nil
	}
	return nil, clash(v.kind, UniqueIdentifier)
}

// SwapGUID turns the printed order of a GUID into the stored one, and back.
func SwapGUID(g [16]byte) [16]byte {
	g[0], g[1], g[2], g[3] = g[3], g[2], g[1], g[0]
	g[4], g[5], g[6], g[7] = g[5], g[4], g[7], g[6]
	return g
}

func toBinary(v value, t typ) []byte {
	var b []byte
	switch x := v.v.(type) {
	case []byte:
		b = x
	case string:
		for _, r := range x {
			b = binary.LittleEndian.AppendUint16(b, uint16(r))
		}
	case [16]byte:
		g := SwapGUID(x)
		b = g[:]
	default:
		n, _ := v.int()
		b = binary.BigEndian.AppendUint64(nil, uint64(n))
		if width := map[Kind]int{Int: 4, SmallInt: 2, TinyInt: 1, Bit: 1}[v.kind]; width > 0 {
			b = b[8-width:]
		}
	}
	if t.size > 0 && len(b) > t.size {
		b = b[:t.size]
	}
	return b
}

// restyle is convert with the style of CONVERT's third argument.
func restyle(v value, t typ, style int) (value, *Error) {
	switch x := v.v.(type) {
	case time.Time:
		if t.kind == NVarChar {
			if styles[style] == "" {
				return value{}, refuse(281, "%d is not a valid style number when converting from datetime to a character string.", style)
			}
			return value{t, fit(formatTime(x, style), t)}, nil
		}
	case []byte:
		if t.kind == NVarChar && (style == 1 || style == 2) {
			s := strings.ToUpper(hex.EncodeToString(x))
			if style == 1 {
				s = "0x" + s
			}
			return value{t, fit(s, t)}, nil
		}
	case string:
		if t.kind == VarBinary && (style == 1 || style == 2) {
			b, err := hex.DecodeString(strings.TrimPrefix(strings.TrimPrefix(x, "0x"), "0X"))
			if err != nil {
				return value{}, refuse(8114, "Error converting data type %s to %s.", v.kind, t.kind)
			}
			return value{t, b}, nil
		}
	}
	return convert(v, t)
}
