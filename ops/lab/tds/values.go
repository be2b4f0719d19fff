package tds

import (
	"encoding/binary"
	"math"
	"math/big"
	"strings"
	"time"

	"pchatops/ops/lab/tsql"
)

// value writes a value of a column. One that is not of the column's Go type
// is written as NULL.
func (e *encoder) value(c tsql.Column, v any) {
	switch c.Kind {
	case tsql.NVarChar:
		if s, ok := v.(string); ok {
			e.variable(c.Size, toUTF16(s))
			return
		}
		e.variable(c.Size, nil)
	case tsql.VarBinary:
		b, ok := v.([]byte)
		if ok && b == nil {
			b = []byte{}
		}
		e.variable(c.Size, b)
	case tsql.Numeric:
		if s, ok := v.(string); ok {
			e.fixed(numericBytes(s, c))
			return
		}
		e.u8(0)
	case tsql.DateTime:
		if t, ok := v.(time.Time); ok {
			e.fixed(dateTimeBytes(t))
			return
		}
		e.u8(0)
	case tsql.UniqueIdentifier:
		if g, ok := v.([16]byte); ok {
			g = tsql.SwapGUID(g)
			e.fixed(g[:])
			return
		}
		e.u8(0)
	default:
		e.fixed(numberBytes(c.Kind, v))
	}
}

// fixed writes a value with its length in one byte; none is NULL.
func (e *encoder) fixed(b []byte) {
	e.u8(byte(len(b)))
	e.raw(b)
}

// variable writes a string or binary value; nil is NULL.
func (e *encoder) variable(size int, b []byte) {
	switch {
	case size > 0 && b == nil:
		e.u16(math.MaxUint16)
	case size > 0:
		e.u16(uint16(len(b)))
		e.raw(b)
	case e.protocol < tds72 && b == nil:
		e.u8(0)
	case e.protocol < tds72:
		e.u8(16) // a pointer and a time stamp that nobody follows
		e.raw(make([]byte, 16+8))
		e.u32(uint32(len(b)))
		e.raw(b)
	case b == nil:
		e.u64(math.MaxUint64)
	default:
		e.u64(uint64(len(b)))
		if len(b) > 0 {
			e.u32(uint32(len(b)))
			e.raw(b)
		}
		e.u32(0)
	}
}

// numberBytes is a number in the width of its kind.
func numberBytes(kind tsql.Kind, v any) []byte {
	var n uint64
	switch x := v.(type) {
	case int64:
		n = uint64(x)
	case bool:
		if x {
			n = 1
		}
	case float64:
		n = math.Float64bits(x)
		if kind == tsql.Real {
			n = uint64(math.Float32bits(float32(x)))
		}
	default:
		return nil
	}
	return binary.LittleEndian.AppendUint64(nil, n)[:widths[kind]]
}

// numericBytes is a sign and a magnitude.
func numericBytes(s string, c tsql.Column) []byte {
	digits, negative := strings.CutPrefix(s, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	fraction += strings.Repeat("0", max(c.Scale-len(fraction), 0))
	n, ok := new(big.Int).SetString(whole+fraction[:c.Scale], 10)
	if !ok {
		return nil
	}
	b := make([]byte, numericWidth(c.Size)-1)
	if n.BitLen() > 8*len(b) {
		return nil
	}
	n.FillBytes(b)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	sign := byte(1)
	if negative {
		sign = 0
	}
	return append([]byte{sign}, b...)
}

// day0 is where a datetime counts its days from.
var day0 = time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)

// dateTimeBytes are days, and the 1/300 seconds of the day.
func dateTimeBytes(t time.Time) []byte {
	t = tsql.Tick(t)
	midnight := t.Truncate(24 * time.Hour)
	days := int32((midnight.Unix() - day0.Unix()) / 86400)
	ticks := uint32((t.Sub(midnight)*300 + time.Second/2) / time.Second)
	return binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil, uint32(days)), ticks)
}
